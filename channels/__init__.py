"""How words come in and go out: one folder a channel."""
