"""The balance of a case that was just opened is the one that its account comes to, though no account is made."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from law.account.facts import Claim, Demand, Facts
from law.account.flat import flat_sums
from law.parties import Quality
from law.tests.accounts import case, debt, eur, invoice, paid
from recoveries.ledger.balances import KEPT, balance_of, balance_opened
from recoveries.ledger.rate_book import account_rates
from recoveries.ledger.reckoning import reckoned
from recoveries.models import Recovery

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
TODAY = date(2026, 6, 15)
NEAR = st.sampled_from([-400, -31, -30, -29, -1, 0, 1, 2, 40])
INVOICES = st.lists(
    st.tuples(
        NEAR, st.none() | st.integers(1, 60), st.sampled_from(["0.01", "100.00", "999999999999.99"]), st.booleans()
    )
)
QUALITIES = st.sampled_from(Quality)


def claims(drawn: Sequence[tuple[int, int | None, str, bool]]) -> list[Claim]:
    found = []
    for place, (issued, to_pay, amount, is_paid) in enumerate(drawn, start=1):
        day = TODAY + timedelta(days=issued)
        due = None if to_pay is None else str(day + timedelta(days=to_pay))
        found.append(invoice(place, amount, due, str(day), part_paid=eur(amount if is_paid else "0.00")))
    return found


def rows(facts: Facts) -> tuple[list[Any], list[Any]]:
    opened = Recovery(pk=25, owner_id=7)
    both = balance_opened(opened, facts, TODAY), balance_of(opened, reckoned(facts, TODAY), TODAY)
    short, whole = ([(name, repr(getattr(row, name))) for name in ("pk", "owner_id", *KEPT)] for row in both)
    return short, whole


@hypothesis_settings(deadline=None)
@given(INVOICES, QUALITIES, QUALITIES, st.booleans())
@example([(0, 1, "100.00", True)], Quality.PROFESSIONAL, Quality.PROFESSIONAL, False)
@example([(1, None, "100.00", False)], Quality.PROFESSIONAL, Quality.PROFESSIONAL, False)
def test_the_balance_of_an_opened_case_is_that_of_its_account(
    drawn: Sequence[tuple[int, int | None, str, bool]], creditor: Quality, debtor: Quality, late_interest: bool
) -> None:
    short, whole = rows(
        case(*claims(drawn), creditor=creditor, debtor=debtor, demand=Demand(late_interest=late_interest))
    )
    assert short == whole


@pytest.mark.parametrize(
    "facts",
    [
        case(debt(1, "100.00", "2026-01-01")),
        case(invoice(1, "100.00", "2026-02-01"), payments=(paid(1, "1.00", "2026-03-01"),)),
        case(invoice(1, "100.00", "2026-02-01"), demand=Demand(late_interest=True)),
    ],
)
def test_what_is_more_than_invoices_takes_an_account(facts: Facts) -> None:
    assert flat_sums(facts, TODAY, account_rates()) is None
    short, whole = rows(facts)
    assert short == whole
