"""The money of a case: payments and debts, rates, what is due on a day."""
