"""Cities that speak Open311: cases are handed to them, and what they say of these comes back."""
