"""The pages of the room: the registrars', and those of an office."""
