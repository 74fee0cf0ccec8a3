"""Random histories through the services: the order of recording does not matter, and lines tell what accounts tell."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from invoicing.models import Invoice
from law.account.decompte import Decompte
from law.account.facts import ClaimKind
from legalcity.lib.clock import today
from recoveries.court.tests.transfers import overdue
from recoveries.ledger.checking import ledger_check
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.models import Entry
from recoveries.ledger.posting import Source
from recoveries.ledger.reductions import credit_note_record
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Line, Recovery
from tests.factories import Api, case_id

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
BUSINESS = {"recovery_late_interest": True, "recovery_interest_rate": "no"}
RATE = {"recovery_interest_rate": "yes", "recovery_interest_rate_percent": "25"}
FLAT = Decimal("40.00")
LATE = (200, 120, 60)  # days: the invoices of each history, 500.00 each
few_examples = hypothesis_settings(
    max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)


class Fact(NamedTuple):
    """Something that happened `days_ago`; `place`: of an invoice. A payment may be `undone` once all is recorded."""

    kind: str
    days_ago: int
    cents: int
    place: int
    undone: bool
    turn: int  # in which order it is recorded


FACTS = st.lists(
    st.builds(
        Fact,
        st.sampled_from(["payment", "payment", "payment", "credit note", "debt"]),
        st.integers(0, 59),
        st.integers(1, 49_999),
        st.integers(0, 2),
        st.booleans(),
        st.integers(0, 99),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture(autouse=True)
def day(db: None) -> Iterator[None]:
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


def filed(api: Api) -> int:
    invoices = [overdue(days, invoice_number=f"F-{place}", invoice_amount="500.00") for place, days in enumerate(LATE)]
    return case_id(api, recovery=BUSINESS, invoices=invoices)


def recorded(case: int, facts: Sequence[Fact]) -> None:
    """Record facts in this order; of an invoice one credit note is taken."""
    noted: set[int] = set()
    back = []
    for fact in facts:
        on, amount = today() - timedelta(fact.days_ago), Decimal(fact.cents) / 100
        if fact.kind == "payment":
            payment = acompte_record(
                recovery_id=case, amount=amount, day=on, reference=f"F-{fact.place}", confirmed=True, by=None
            )
            back += [payment.pk] if fact.undone else []
        elif fact.kind == "debt":
            dette_record(recovery_id=case, label=f"Debt {fact!r}", amount=amount, day=on, by=None)
        elif fact.place not in noted:
            noted.add(fact.place)
            invoice = Invoice.objects.get(recovery_id=case, invoice_number=f"F-{fact.place}")
            values = {"amount": amount, "day": on, "by": None, "source": Source.STAFF}
            credit_note_record(recovery_id=case, invoice_id=invoice.pk, **values)
    for pk in back:
        acompte_reverse(recovery_id=case, acompte_id=pk, reason=Entry.Reason.MISTAKE, by=None)


def account(case: int, on: date) -> Decompte:
    return case_decompte(with_terms(Recovery.objects).get(pk=case), on=on)


def told(case: int, on: date) -> Any:
    """What an account says, without the ids of its rows."""
    found = account(case, on)
    claims = [
        (row.claim.number, row.segments, row.left, [note.amount for note in row.credit_notes]) for row in found.claims
    ]
    payments = [
        (
            row.payment.on,
            row.payment.amount,
            row.payment.state,
            [(part.number, part.amounts) for part in row.allocations],
        )
        for row in found.payments
    ]
    return found.total, found.surplus, found.per_day, found.penalty, claims, payments


@few_examples
@given(facts=FACTS)
def test_the_order_of_recording_does_not_matter(owner: Api, facts: list[Fact]) -> None:
    notes = {fact.place: fact for fact in facts if fact.kind == "credit note"}
    facts = [fact for fact in facts if fact.kind != "credit note" or notes[fact.place] is fact]
    as_it_came, by_day = filed(owner), filed(owner)
    recorded(as_it_came, sorted(facts, key=lambda fact: fact.turn))
    recorded(by_day, sorted(facts, key=lambda fact: (-fact.days_ago, fact)))
    for on in (today() - timedelta(30), today(), today() + timedelta(40)):
        assert told(as_it_came, on) == told(by_day, on)


@few_examples
@given(facts=FACTS)
def test_lines_tell_what_the_account_tells(owner: Api, facts: list[Fact]) -> None:
    case = filed(owner)
    recorded(case, sorted(facts, key=lambda fact: fact.turn))
    assert_told_by_lines(case)


@few_examples
@given(facts=FACTS, since=FACTS, amount=st.integers(1, 99_999), days=st.integers(1, 240))
def test_what_a_client_asks_for_more_spends_nothing_that_was_over(
    owner: Api, facts: list[Fact], since: list[Fact], amount: int, days: int
) -> None:
    case = filed(owner)
    recorded(case, facts)
    over = account(case, today()).surplus
    asked = {"invoice_amount": f"{500 + Decimal(amount) / 100:.2f}"}
    first = Invoice.objects.filter(recovery_id=case).order_by("pk")[0].pk
    for call, path, body in (
        (owner.post, "/invoices", overdue(days, invoice_number="N", **asked)),
        (owner.put, f"/invoices/{first}", asked),
        (owner.put, "", {"recovery_late_interest": True, **RATE}),
    ):
        call(f"/api/recoveries/{case}{path}", body)  # Refused on a case that is paid
        assert account(case, today()).surplus == over
        assert_told_by_lines(case)
    recorded(case, [fact for fact in since if fact.kind == "payment"])
    assert_told_by_lines(case)


def assert_told_by_lines(case: int) -> None:
    assert ledger_check(recovery_id=case, repair=False)[0] == frozenset()
    found, net = account(case, today()), nets(case)
    for row in found.payments:
        assert lines_of_payment(case, row.payment.id) == {
            (head, part.claim[1]): amount
            for part in row.allocations
            for head, amount in part.amounts._asdict().items()
            if amount
        }
    received = sum((row.payment.amount for row in found.payments if not row.is_reversed), Decimal(0))
    over = -net["suspense", "surplus"]
    assert net["bank", ""] == received
    # Interest and indemnities are reckoned, not posted: of them lines hold what was paid, never more than ran.
    for row in found.claims:
        if row.claim.kind == ClaimKind.INVOICE:
            ran = sum((segment.interest for segment in row.segments), Decimal(0))
            paid = lines_of_claim(case, row.claim.id)
            assert (paid["interest"], paid["indemnity"]) == (ran - row.left.interest, FLAT - row.left.indemnity)
    # Principal is posted as owed: what lines leave of it is what is left, and what is over waits in suspense.
    assert net["debtor", "principal"] == found.principal
    assert over == found.surplus
    assert sum(net.values()) == 0


def nets(case: int) -> defaultdict[tuple[str, str], Decimal]:
    """Debit less credit, by account and head."""
    found: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in Line.objects.filter(posting__recovery_id=case):
        found[line.account, line.head] += line.debit - line.credit
    return found


def lines_of_claim(case: int, claim: int) -> defaultdict[str, Decimal]:
    """What was paid of an invoice, by head."""
    found: defaultdict[str, Decimal] = defaultdict(Decimal)
    lines = Line.objects.filter(posting__recovery_id=case, account="debtor", claim_id=claim, claim_kind="invoice")
    for line in lines:
        found[line.head] += line.credit - line.debit
    return found


def lines_of_payment(case: int, payment: int) -> dict[tuple[str, int], Decimal]:
    """What all postings of a payment leave of it, by head and claim."""
    found: defaultdict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for line in Line.objects.filter(posting__recovery_id=case, account="debtor").select_related("posting__reverses"):
        posting = line.posting.reverses or line.posting
        if posting.facts.get("payment", {}).get("id") == payment:
            found[line.head, line.claim_id] += line.credit - line.debit
    return {key: amount for key, amount in found.items() if amount}
