"""The registrar's pages, one file a thought."""
