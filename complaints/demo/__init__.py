"""A small country to look around in: people for each role, and cases at every stage."""
