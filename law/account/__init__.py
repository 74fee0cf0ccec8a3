"""The account of a case on a day."""
