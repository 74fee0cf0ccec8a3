"""The case: its life, its parties, its comments, its money."""
