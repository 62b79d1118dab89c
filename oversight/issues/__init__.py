"""Systemic issues: what many cases have in common, whose it is to put right, and whether it helped."""
