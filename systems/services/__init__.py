"""What is written in the room, each write allowed, locked and recorded."""
