"""The guard of letters, reason by reason, both ways."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from law.letters_guard import Facts, protected_until, refusals
from law.limitation import LastDays, Starts
from law.parties import Party
from law.vocabulary import Matter

ON = date(2026, 11, 28)
FREE = Facts(
    is_open=True,
    has_firm=True,
    has_creditor=True,
    due=Decimal("100.00"),
    is_later=False,
    is_barred=False,
    is_held=False,
    is_in_dispute=False,
    has_changed=False,
    last_letter=None,
    pause=7,
)
PERSON, COMPANY, UNKNOWN = Party("particular", "FR"), Party("commercial", "FR"), Party(None, "FR")


def test_a_letter_that_nothing_speaks_against_may_leave() -> None:
    assert refusals(FREE, ON) == ()
    assert refusals(replace(FREE, is_later=True, is_barred=True), ON) == ()  # Of several claims one is due.


@pytest.mark.parametrize(
    ("facts", "code", "article"),
    [
        ({"has_firm": False}, "firm", "art. R124-4 CPCE"),
        ({"has_creditor": False}, "creditor", "art. R124-4 CPCE"),
        ({"is_open": False}, "nothing_due", ""),
        ({"due": Decimal(0)}, "nothing_due", ""),
        ({"due": Decimal(0), "is_later": True}, "not_due", "art. 1305-2 C. civ."),
        ({"due": Decimal(0), "is_later": True, "is_barred": True}, "barred", "art. L218-2 C. conso."),
        ({"is_in_dispute": True}, "dispute", "art. 1412 CPC"),
        ({"has_changed": True}, "figures", ""),
        ({"last_letter": date(2026, 11, 22)}, "rhythm", "art. L121-6 C. conso."),
    ],
)
def test_each_reason_keeps_it_in(facts: dict[str, Any], code: str, article: str) -> None:
    [reason] = refusals(replace(FREE, **facts), ON)
    assert (reason.code, reason.article) == (code, article)
    assert str(reason)


def test_the_pause_ends_on_its_last_day_and_0_is_none() -> None:
    assert refusals(replace(FREE, last_letter=date(2026, 11, 21)), ON) == ()
    assert refusals(replace(FREE, last_letter=ON, pause=0), ON) == ()


@pytest.mark.parametrize(
    ("creditor", "debtor", "last"),
    [
        (COMPANY, PERSON, date(2026, 11, 28)),
        (COMPANY, UNKNOWN, date(2026, 11, 28)),
        (COMPANY, None, date(2026, 11, 28)),
        (PERSON, PERSON, date(2029, 11, 28)),
    ],
)
def test_a_claim_against_a_consumer_is_barred_after_its_last_day(creditor: Party, debtor: Party, last: date) -> None:
    day = date(2024, 11, 28)
    due, parties = Starts(day, day), {"creditor": creditor, "debtor": debtor, "matter": Matter.ORDINARY}
    after, restart = last.replace(month=12, day=1), (date(2026, 1, 5),)
    assert protected_until(due, **parties) == LastDays(last, last, is_paid=False)
    paid = protected_until(due, payments=restart, **parties)
    assert paid
    assert (paid.is_barred(after), paid.is_doubtful(last), paid.is_doubtful(after)) == (False, False, True)
    recognised = protected_until(due, acknowledged=restart, **parties)
    assert recognised
    assert not recognised.is_doubtful(after)


def test_a_claim_against_a_business_is_not_barred_here() -> None:
    parties = {"creditor": COMPANY, "debtor": COMPANY, "matter": Matter.ORDINARY}
    assert protected_until(Starts(date(2000, 1, 1), date(2000, 1, 1)), **parties) is None
