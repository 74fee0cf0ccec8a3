"""What is posted and owed when a case is opened is what its records and its account come to, though none are made."""

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
from recoveries.ledger.drafting import claims_opened
from recoveries.ledger.posting import Source
from recoveries.ledger.posting_models import CaseBalance, Posting
from recoveries.ledger.rate_book import account_rates
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.records import records_of
from recoveries.models import Recovery
from tests.factories import Api, ApiUserFactory, file_case

pytestmark = pytest.mark.django_db
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


@pytest.mark.parametrize("paid", ["0.00", "40.25", "100.00"])
def test_what_is_posted_at_first_is_what_is_posted_of_claims_later(paid: str) -> None:
    part_paid = {"invoice_amount": "100.00", "invoice_part_paid": True, "invoice_part_paid_amount": paid}
    api = Api.of(ApiUserFactory())
    opened = file_case(api, invoices=[{}, part_paid, {"invoice_date": "2025-02-01", "performed_on": "2025-03-01"}])
    posting = Posting.objects.get(recovery_id=opened["recovery"]["id"])
    (draft,) = claims_opened(list(records_of(posting.recovery_id).claims.values()))
    assert (posting.kind, posting.effective_on, posting.facts) == (draft.kind, draft.on, draft.facts)
    written = posting.lines.order_by("pk").values_list(
        "account", "head", "claim_kind", "claim_id", "debit", "credit", "article"
    )
    assert list(written) == [
        (line.account, line.head, *(line.claim or ()), line.debit, line.credit, line.article) for line in draft.lines
    ]
    assert (posting.by_id, posting.reason, posting.source) == (api.user.pk, "", Source.API)


def test_a_case_without_invoices_has_a_balance_and_no_posting() -> None:
    opened = file_case(Api.of(ApiUserFactory()), invoices=[])
    case_id = opened["recovery"]["id"]
    assert not Posting.objects.filter(recovery_id=case_id).exists()
    assert CaseBalance.objects.get(recovery_id=case_id).due == 0
