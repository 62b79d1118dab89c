"""How a system proves who it is: tokens for its secret, and requests with a token."""
