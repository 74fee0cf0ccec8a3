"""Users, their API keys and their tokens."""
