"""How right the router is, measured on complaints whose agency is known."""
