"""What is recorded after a transfer: on the claims that were left behind, and late on those that went to court."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

import pytest
import time_machine
from django.db.models import F, Sum
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from law.account.decompte import Decompte
from legalcity.lib.clock import today
from legalcity.lib.errors import Forbidden, Invalid
from legalcity.lib.money import rounded
from recoveries.court.tests.transfers import overdue, transferable, transferred
from recoveries.desk.reads.journal import Journal, journal_totals
from recoveries.desk.reads.portfolio import Question, portfolio
from recoveries.ledger.checking import ledger_check
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.held import held_by_client
from recoveries.ledger.models import Entry
from recoveries.ledger.posting import Source
from recoveries.ledger.rate_services import rates_load
from recoveries.ledger.reductions import credit_note_record, posting_reverse, refund_record
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record
from recoveries.models import Acompte, FormalNotice, Line, Posting, Recovery
from tests.backoffice import act, browser_of, chief
from tests.factories import Api, case_id, detail

pytestmark = pytest.mark.django_db

UNPAID = Entry.Reason.UNPAID
BUSINESS = {"recovery_late_interest": True, "recovery_interest_rate": "no"}
CLAIMS = [{"invoice_number": "F-1", "days": 100}, {"invoice_number": "F-2", "days": 90}]
FUTURE = {"invoice_number": "LATER", "days": -10, "invoice_date": "2026-08-01", "invoice_amount": "300.00"}


@pytest.fixture(autouse=True)
def autumn(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("recoveries.desk.reads.portfolio.KEPT", 0)
    rates_load()
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


def account(case: int, on: date | None = None) -> Decompte:
    return case_decompte(with_terms(Recovery.objects).get(pk=case), on=on)


def paid(case: int, amount: str, *, days_ago: int = 30, **values: Any) -> Acompte:
    day = today() - timedelta(days_ago)
    sent = {"recovery_id": case, "amount": Decimal(amount), "day": day, "confirmed": True, "by": None, **values}
    return acompte_record(**sent)


def received() -> Decimal:
    months = portfolio(Question(date(2026, 9, 1), date(2026, 11, 1))).months
    return sum((month.received for month in months), Decimal(0))


def assert_whole(*cases: int) -> None:
    for case in cases:
        assert ledger_check(recovery_id=case, repair=False)[0] == frozenset()


def test_a_notice_of_what_was_left_behind_is_entered_on_the_old_case(owner: Api) -> None:
    case = transferable(owner, invoices=[*CLAIMS, FUTURE])
    copy = transferred(owner, case)
    office, left = browser_of(chief()), Recovery.objects.get(pk=case)
    days = {"sent_on": "2026-11-02", "received_on": "2026-11-05"}
    sent = {"channel": "registered", "state": "received", **days}
    assert act(office, left, "notice-received", **sent).status_code == 302
    assert FormalNotice.objects.filter(recovery=case).exclude(sent_on=None).count() == 1
    assert not FormalNotice.objects.filter(recovery=copy, received_on=date(2026, 11, 5)).exists()
    assert_whole(case, copy)
    whole = transferable(owner, invoices=CLAIMS)
    transferred(owner, whole)
    assert act(office, Recovery.objects.get(pk=whole), "notice-received", **sent).status_code == 302
    assert not FormalNotice.objects.filter(recovery=whole, received_on=date(2026, 11, 5)).exists()


def test_what_is_over_of_a_payment_that_stayed_is_given_back_on_the_old_case(owner: Api) -> None:
    case = transferable(owner, invoices=[*CLAIMS, FUTURE])
    later = Recovery.objects.get(pk=case).invoices.get(invoice_number="LATER")
    stays = paid(case, "200.00", invoice_id=later.pk)
    copy = transferred(owner, case)
    cut = {"invoice_id": later.pk, "amount": Decimal("150.00"), "day": today()}
    credit_note_record(recovery_id=case, **cut, by=None, source=Source.STAFF)
    assert account(case).surplus == Decimal("50.00")
    with pytest.raises(Invalid):
        refund_record(recovery_id=case, payment_id=stays.pk, amount=Decimal("50.01"), day=today(), by=None)
    before = account(copy).total
    assert [held.to_hand_over for held in held_by_client()] == [Decimal("150.00")]
    refund_record(recovery_id=case, payment_id=stays.pk, amount=Decimal("50.00"), day=today(), by=None)
    assert (account(case).surplus, account(case).owed, account(copy).total) == (0, 0, before)
    assert account(case, today() - timedelta(1)).surplus == 0
    assert_whole(case, copy)


def test_what_is_over_of_a_payment_of_which_a_part_stayed_is_not_handed_over(owner: Api) -> None:
    invoices = [{"invoice_number": "F-1", "days": 100}, {"invoice_number": "F-2", "days": 10}, FUTURE]
    case = transferable(owner, invoices=invoices)
    owed = account(case, today() - timedelta(74)).total.due
    shared = paid(case, str(owed + 20), days_ago=74)  # All of F-1, and 20 of what is not due yet
    copy = transferred(owner, case)
    whole = account(copy).total
    paid(case, "300.00", days_ago=80)  # Comes late, and first: the 20 met nothing
    assert (account(case).owed, account(case).surplus, account(copy).total) == (0, 20, whole)
    assert [held.to_hand_over for held in held_by_client()] == [owed + 300]
    assert_whole(case, copy)
    acompte_reverse(recovery_id=case, acompte_id=shared.pk, reason=UNPAID, by=None)
    assert (account(case).owed, account(case).surplus, account(copy).total.due) == (0, 0, whole.due + owed)
    assert [held.to_hand_over for held in held_by_client()] == [300]
    sums = Line.objects.filter(posting__recovery=case).values_list("account")
    nets = {name: rounded(Decimal(str(net))) for name, net in sums.annotate(net=Sum(F("debit") - F("credit")))}
    assert {name: net for name, net in nets.items() if net} == {"bank": 300, "creditor": -300}
    assert_whole(case, copy)


def test_what_was_left_behind_can_be_paid(owner: Api) -> None:
    case = transferable(owner, invoices=[*CLAIMS, FUTURE])
    transferred(owner, case)
    left = Recovery.objects.get(pk=case)
    sent = {"amount": "120", "day": "2026-10-29", "reference": "VIR"}
    assert act(browser_of(chief()), left, "record-payment", **sent).status_code == 302
    [row] = account(case).payments
    assert [(part.number, part.amounts.due) for part in row.allocations] == [("LATER", Decimal("120.00"))]
    assert [one.principal for one in account(case).not_due] == [Decimal("180.00")]
    gone = left.invoices.get(invoice_number="F-1").pk
    with pytest.raises(Invalid):
        paid(case, "1.00", invoice_id=gone)
    note = {"amount": Decimal(1), "day": today(), "by": None, "source": Source.STAFF}
    with pytest.raises(Invalid):
        credit_note_record(recovery_id=case, invoice_id=gone, **note)
    acompte_reverse(recovery_id=case, acompte_id=row.payment.id, reason=UNPAID, by=None)
    assert account(case).owed == Decimal("300.00")
    assert received() == 0
    assert_whole(case)


def test_a_payment_on_claims_that_were_settled_can_be_taken_back_in_court(owner: Api) -> None:
    case = transferable(owner, recovery=BUSINESS, invoices=CLAIMS)
    days = [today() - timedelta(days) for days in (40, 30, 1)]
    unpaid = [account(case, day).total for day in days]
    owed = account(case, today() - timedelta(35)).claims[0].left.due
    bounced = paid(case, str(owed), reference="F-1", days_ago=35)
    copy = transferred(owner, case)
    assert not Acompte.objects.filter(recovery=copy).exists()
    with pytest.raises(Forbidden, match="goes on as"):
        acompte_reverse(recovery_id=case, acompte_id=bounced.pk, reason=UNPAID, by=None)
    sent = {"entry": bounced.pk, "reason": "unpaid"}
    assert act(browser_of(chief()), Recovery.objects.get(pk=copy), "reverse-payment", **sent).status_code == 302
    for each in (case, copy):
        assert [account(each, day).total for day in days] == unpaid
    assert received() == 0
    assert_whole(case, copy)


def test_what_is_owed_in_court_again_is_listed_there(owner: Api) -> None:
    """Two payments settled it before the transfer, and the second one bounced: one sum, in the list and the account."""
    case = transferable(owner, recovery=BUSINESS, invoices=CLAIMS)
    paid(case, "60.00", reference="F-1", days_ago=35)
    owed = account(case).claims[0].left.due
    bounced = paid(case, str(owed), reference="F-1", days_ago=0)
    credited = Recovery.objects.get(pk=case).invoices.get(invoice_number="F-1").pk
    credit_note_record(
        recovery_id=case, invoice_id=credited, amount=Decimal("1.00"), day=today(), by=None, source=Source.STAFF
    )
    days = [today() - timedelta(days) for days in (50, 33, 1, 0)]
    copy = transferred(owner, case)
    assert numbers(owner, copy) == ["F-2"]
    there = Acompte.objects.get(recovery=copy, moved_from=bounced)  # 1.00 of it was over
    acompte_reverse(recovery_id=copy, acompte_id=there.pk, reason=UNPAID, by=None)
    assert numbers(owner, copy) == ["F-1", "F-2"] == [row.claim.number for row in account(copy).claims]
    told = {row["number"]: row for row in owner.data("GET", f"/api/recoveries/{copy}/decompte")["claims"]}
    ids = {row["invoice_number"]: row["id"] for row in detail(owner, copy)["invoices"]}
    assert {number: row["id"] for number, row in told.items()} == ids
    assert told["F-1"]["left"]["principal"] == str(account(copy).claims[0].left.principal)
    assert [account(case, day).total for day in days[:-1]] == [account(copy, day).total for day in days[:-1]]
    assert account(copy).payments[0].allocations[0].number == "F-1"
    assert detail(owner, copy)["amount"] == "200.00"
    assert_whole(case, copy)
    paid(copy, str(account(copy).claims[0].left.due), invoice_id=ids["F-1"], days_ago=0)
    assert [row.claim.number for row in account(copy).claims if any(row.left)] == ["F-2"]
    assert_whole(case, copy)


def numbers(owner: Api, case: int) -> list[str]:
    return sorted(row["invoice_number"] for row in detail(owner, case)["invoices"])


def test_a_payment_that_went_in_part_is_taken_back_in_both_cases(owner: Api) -> None:
    case = transferable(owner, invoices=[*CLAIMS, FUTURE])
    bounced = paid(case, "120.00", reference="LATER", days_ago=0)
    paid(case, "150.00")
    copy = transferred(owner, case)
    acompte_reverse(recovery_id=copy, acompte_id=Acompte.objects.get(recovery=copy).pk, reason=UNPAID, by=None)
    assert (account(case).owed, account(copy).owed) == (Decimal("180.00"), Decimal("280.00"))
    acompte_reverse(recovery_id=case, acompte_id=bounced.pk, reason=UNPAID, by=None)
    assert (account(case).owed, account(copy).owed, received()) == (Decimal("300.00"), Decimal("280.00"), Decimal(0))
    with pytest.raises(Forbidden, match="already"):
        acompte_reverse(recovery_id=case, acompte_id=bounced.pk, reason=UNPAID, by=None)
    assert_whole(case, copy)


def test_a_credit_note_that_came_along_can_be_taken_back(owner: Api) -> None:
    case = transferable(owner, invoices=[*CLAIMS, FUTURE])
    invoice = Recovery.objects.get(pk=case).invoices.get(invoice_number="F-1").pk
    note = {"amount": Decimal(30), "day": today(), "by": None, "source": Source.STAFF}
    first = credit_note_record(recovery_id=case, invoice_id=invoice, **note)
    copy = transferred(owner, case)
    with pytest.raises(Forbidden, match="taken back there"):
        posting_reverse(recovery_id=case, posting_id=first.id, reason="x", by=None)
    there = Posting.objects.reversible().get(recovery=copy)
    posting_reverse(recovery_id=copy, posting_id=there.pk, reason="x", by=None)
    assert account(copy).total.principal == Decimal("200.00")
    assert_whole(case, copy)


def test_the_journal_has_each_sum_once_on_every_day(owner: Api) -> None:
    case, office = transferable(owner, invoices=[*CLAIMS, FUTURE]), chief()
    paid(case, "150.00")

    def sums(last: date) -> list[tuple[str, Decimal]]:
        asked = Journal(user=office, first=date(2026, 1, 1), last=last)
        return [(total.account, total.debit - total.credit) for total in journal_totals(asked)]

    days = [today() - timedelta(days) for days in (70, 30, 1, 0)]
    before = [sums(day) for day in days]
    transferred(owner, case)
    assert [sums(day) for day in days] == before


class Fact(NamedTuple):
    """A payment of what went (`in_court`) or stayed; `is_late`: recorded after that. It may be taken back then."""

    days_ago: int
    cents: int
    is_late: bool
    in_court: bool
    undone: bool


FACTS = st.lists(
    st.builds(Fact, st.integers(0, 60), st.integers(1, 4_999), st.booleans(), st.booleans(), st.booleans()),
    min_size=1,
    max_size=6,
)


@pytest.mark.same_everywhere
@hypothesis_settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(facts=FACTS)
def test_both_cases_together_owe_what_one_would_on_every_day(owner: Api, facts: list[Fact]) -> None:
    """Each payment names its claim, and none is more than that."""
    invoices = [overdue(**each) for each in ({**CLAIMS[0], "invoice_amount": "900.00"}, CLAIMS[1], FUTURE)]
    one, case = (case_id(owner, recovery=BUSINESS, invoices=invoices) for _ in range(2))
    undone: list[tuple[int, int]] = []
    copy = 0
    for fact in sorted(facts, key=lambda fact: fact.is_late):
        if fact.is_late and not copy:
            copy = transferred(owner, case)
        there, named = (copy or case, "F-1") if fact.in_court else (case, "LATER")
        told = {"amount": f"{fact.cents / 100:.2f}", "days_ago": fact.days_ago, "reference": named}
        alone, payment = (paid(each, **told).pk for each in (one, there))
        undone += [(alone, payment)] if fact.undone else []
    copy = copy or transferred(owner, case)
    for alone, payment in undone:
        acompte_reverse(recovery_id=one, acompte_id=alone, reason=UNPAID, by=None)
        row = Acompte.objects.filter(moved_from=payment).first() or Acompte.objects.get(pk=payment)
        acompte_reverse(recovery_id=row.recovery_id, acompte_id=row.pk, reason=UNPAID, by=None)
    for days in (-50, -30, -1, 0, 9):
        day = today() + timedelta(days)
        before, here, court = account(one, day), account(case, day), account(copy, day)
        both = (here,) if days < 0 else (here, court)
        for owed in (attrgetter("owed"), attrgetter("surplus"), attrgetter("total.due"), attrgetter("total.interest")):
            assert sum(map(owed, both)) == owed(before)
    assert_whole(case, copy)
