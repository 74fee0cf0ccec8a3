"""The same letter to the debtors of many cases: reviewed case by case, then sent."""
