"""Agencies' own systems: how they join, what they are told, what they bring, and their past."""
