"""Issues of the demonstration, by country: one that is fixed and public, one that is under way."""
