"""Figures for everybody: pages, open data, an API; nothing of it points at a person."""
