"""What happened: one row for each fact, written once, in the transaction of its change."""
