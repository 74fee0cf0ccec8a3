"""The law's account of a case's facts, on a day, at the rates that are known."""

from dataclasses import replace
from datetime import date

from law.account.decompte import BeforeFirstDay, Decompte, decompte, to_come
from law.account.facts import Facts
from law.interest import RateMissing
from recoveries.ledger.rate_book import account_rates


def reckoned(facts: Facts, on: date) -> Decompte | RateMissing:
    """What is owed on the day `on`; the missing rate where there is one. Before the first claim nothing is owed."""
    rates = account_rates()
    try:
        return decompte(facts, on, rates, known_on=on)
    except BeforeFirstDay:
        nothing = decompte(replace(facts, claims=()), on, rates, known_on=on)
        return replace(nothing, to_come=to_come(facts, on))
    except RateMissing as missing:
        return missing
