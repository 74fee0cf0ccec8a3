"""What goes out to debtors: written, kept as it went, sent once."""
