"""What registrars fill in."""
