"""Whose case is this: rules, a pure engine, and the reasons for each decision."""
