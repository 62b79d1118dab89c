"""Reading clusters and flags."""
