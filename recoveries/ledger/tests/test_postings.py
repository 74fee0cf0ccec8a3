"""The ledger of a case: what is posted by what people do, and that nothing takes it back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from law.account.lines import LedgerAccount
from law.account.lines import Line as Told
from recoveries.desk.tests.pages import case_of
from recoveries.ledger.drafting import Draft
from recoveries.ledger.gathering import told_of, with_terms
from recoveries.ledger.line_writing import Unbalanced
from recoveries.ledger.models import Entry
from recoveries.ledger.posting import Source, drafts_write
from recoveries.ledger.rate_services import rates_load
from recoveries.ledger.reckoning import reckoned
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record
from recoveries.models import Acompte, CaseBalance, Line, Posting, Recovery
from tests.factories import Api

pytestmark = pytest.mark.django_db
F1 = {
    "invoice_number": "F1",
    "invoice_date": "2026-02-13",
    "invoice_due_date": "2026-03-15",
    "invoice_amount": "6000.00",
}
F2 = {
    "invoice_number": "F2",
    "invoice_date": "2026-04-30",
    "invoice_due_date": "2026-05-30",
    "invoice_amount": "2400.00",
}


@pytest.fixture
def case(owner: Api) -> Recovery:
    rates_load()
    interest = {"assign_to_me": False, "recovery_late_interest": True, "recovery_interest_rate": "no"}
    return case_of(owner, recovery=interest, invoices=[F1, F2])


def paid(case: Recovery, amount: str, day: date, **values: Any) -> Acompte:
    values = {"confirmed": True, "by": None, **values}
    return acompte_record(recovery_id=case.pk, amount=Decimal(amount), day=day, **values)


def due(case: Recovery, day: date) -> Decimal:
    account = reckoned(told_of(with_terms(Recovery.objects).get(pk=case.pk)).facts, day)
    return account.total.due


def kinds(case: Recovery) -> list[str]:
    return [row.kind for row in Posting.objects.filter(recovery=case)]


def test_worked_example(case: Recovery) -> None:
    paid(case, "1500.00", date(2026, 6, 10))
    told = [due(case, day) for day in (date(2026, 6, 10), date(2026, 10, 5), date(2026, 11, 28))]
    assert told == [Decimal("7162.55"), Decimal("7442.76"), Decimal("7572.53")]
    assert kinds(case) == ["claim", "payment"]
    lines = Line.objects.filter(posting__kind="payment").values_list("account", "head", "debit", "credit")
    assert list(lines) == [
        ("bank", "", Decimal("1500.00"), Decimal(0)),
        ("debtor", "principal", Decimal(0), Decimal("1326.24")),
        ("debtor", "interest", Decimal(0), Decimal("173.76")),
    ]


def test_a_payment_and_its_reversal_are_nothing(case: Recovery) -> None:
    before = [due(case, day) for day in (date(2026, 6, 10), date(2026, 11, 28))]
    payment = paid(case, "1500.00", date(2026, 6, 10))
    later = paid(case, "300.00", date(2026, 7, 1))
    acompte_reverse(recovery_id=case.pk, acompte_id=payment.pk, reason=Entry.Reason.MISTAKE, by=None)
    acompte_reverse(recovery_id=case.pk, acompte_id=later.pk, reason=Entry.Reason.MISTAKE, by=None)
    assert [due(case, day) for day in (date(2026, 6, 10), date(2026, 11, 28))] == before
    sums = Line.objects.filter(posting__recovery=case, account="bank").aggregate(Sum("debit"), Sum("credit"))
    assert sums["debit__sum"] == sums["credit__sum"]


def test_a_payment_that_comes_late_lays_the_later_ones_anew(case: Recovery) -> None:
    later = paid(case, "6000.00", date(2026, 7, 1))
    paid(case, "1500.00", date(2026, 6, 10))
    assert kinds(case) == ["claim", "payment", "payment", "reversal", "payment"]
    anew = Posting.objects.get(recovery=case, supersedes__isnull=False)
    assert anew.facts["payment"]["id"] == later.pk
    assert anew.supersedes.reversal.reason == "reallocated"


def test_the_balance_stands_on_the_case(case: Recovery) -> None:
    balance = CaseBalance.objects.get(recovery=case)
    assert balance.due == due(case, balance.on)
    paid(case, "1500.00", date(2026, 6, 10))
    balance.refresh_from_db()
    assert balance.due == due(case, balance.on)


@pytest.mark.parametrize("model", [Posting, Line])
def test_the_database_refuses_to_change_or_remove_what_was_posted(case: Recovery, model: type) -> None:
    table = model._meta.db_table
    for sql in (f"UPDATE {table} SET id = id + 1000000", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_lines_that_do_not_add_up_are_written_on_neither_database(case: Recovery) -> None:
    one = Told(LedgerAccount.BANK, None, None, Decimal("10.00"), Decimal(0), "")
    draft = Draft(kind=Posting.Kind.PAYMENT, on=date(2026, 6, 10), facts={}, lines=(one,))
    before = Posting.objects.count(), Line.objects.count()
    with pytest.raises(Unbalanced), transaction.atomic():
        drafts_write([(case, draft)], {}, by=None, source=Source.SYSTEM)
    assert (Posting.objects.count(), Line.objects.count()) == before
