"""An installation in which agencies try their systems (GRS_SANDBOX=1): nothing in it is real, nothing
leaves it, and its record is its own. An agency's engineer plays the citizen and the time by the API.
"""
