"""What clients are told by e-mail of what happened, at once or together, and staff of what waits for them."""
