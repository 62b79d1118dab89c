"""Officers' pages: the inbox, a case with its next moves, the verification desk."""
