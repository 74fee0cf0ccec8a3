"""`check_ledger`: the ledger of each case held against records, law and kept balance; what differs is posted."""

from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from invoicing.models import Invoice
from recoveries.ledger import checking
from recoveries.ledger.balances import balance_terms
from recoveries.ledger.rate_book import rate_book
from recoveries.ledger.services import acompte_record
from recoveries.ledger.tests.before import ledgers_vanish, unguarded
from recoveries.models import Acompte, CaseBalance, EcbRate, Line, Posting, Recovery
from tests.factories import Api, bare_case_id, case_id

pytestmark = pytest.mark.django_db
BUSINESS = {"recovery_late_interest": True, "recovery_interest_rate": "no"}


def said(*flags: str) -> str:
    out = StringIO()
    call_command("check_ledger", *flags, stdout=out)
    return out.getvalue()


def refused(*flags: str) -> tuple[str, str]:
    out = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("check_ledger", *flags, stdout=out)
    return out.getvalue(), str(raised.value)


@pytest.fixture
def case(owner: Api) -> int:
    found = case_id(owner, recovery=BUSINESS, invoices=[{"invoice_amount": "1000.00"}])
    acompte_record(recovery_id=found, amount=Decimal(200), day=date(2025, 12, 1), confirmed=True, by=None)
    return found


def posted() -> list[dict[str, Any]]:
    return [*Posting.objects.order_by("pk").values(), *Line.objects.order_by("pk").values()]


def assert_mended(*findings: str) -> None:
    """It is found, repaired without a change of what was posted or of the case, and found no more."""
    before, updated = posted(), list(Recovery.objects.values_list("pk", "updated_at"))
    told = "1 cases differed: " + ", ".join(f"1 with {finding}" for finding in findings)
    assert refused() == (f"{told}\n", "run again with --repair")
    assert posted() == before
    assert said("--repair") == f"{told}, all repaired\n"
    assert [row for row in before if row not in posted()] == []
    assert list(Recovery.objects.values_list("pk", "updated_at")) == updated
    assert said() == "0 cases differed\n"


def test_what_agrees_is_left_alone(owner: Api, case: int) -> None:
    bare_case_id(owner)
    before = [*posted(), *CaseBalance.objects.values()]
    assert said() == "0 cases differed\n"
    assert said("--repair") == "0 cases differed, all repaired\n"
    assert [*posted(), *CaseBalance.objects.values()] == before


def test_a_payment_that_was_not_posted(case: int) -> None:
    Acompte.objects.create(recovery_id=case, amount=Decimal(10), date=date(2026, 1, 5))
    assert_mended("records that are not posted")


def test_an_invoice_that_was_changed_by_hand(case: int) -> None:
    Recovery.objects.get(pk=case).acomptes.update(reference="x")  # What nothing hangs on
    Invoice.objects.filter(recovery_id=case).update(invoice_number="OTHER")
    assert_mended("records that are not posted")


def test_an_invoice_that_was_removed_by_hand(case: int) -> None:
    Invoice.objects.filter(recovery_id=case).delete()
    assert_mended("records that are not posted")


def test_a_case_without_a_ledger(case: int) -> None:
    ledgers_vanish()
    before = "1 cases differed: 1 with records that are not posted, 1 with a wrong balance"
    assert refused()[0] == f"{before}\n"
    assert said("--repair") == f"{before}, all repaired\n"
    assert set(Posting.objects.values_list("source", flat=True)) == {"before"}
    assert said() == "0 cases differed\n"


def test_a_case_without_a_balance(owner: Api) -> None:
    CaseBalance.objects.filter(pk=bare_case_id(owner)).delete()
    assert_mended("a wrong balance")


@pytest.mark.parametrize(
    "wrong",
    [
        *({name: Decimal(7)} for name in checking.SUMS),
        {"is_provisional": ~F("is_provisional")},
        {"missing_on": date(2026, 1, 1)},
    ],
)
def test_each_column_of_a_balance(case: int, wrong: dict[str, Any]) -> None:
    CaseBalance.objects.filter(pk=case).update(**wrong)
    assert_mended("a wrong balance")


def test_a_balance_that_is_missing(case: int) -> None:
    CaseBalance.objects.all().delete()
    assert_mended("a wrong balance")


def test_a_balance_that_would_never_be_rolled(case: int) -> None:
    CaseBalance.objects.filter(pk=case).update(next_change=None)
    assert_mended("a wrong balance")


def test_what_payments_meet_at_another_rate(case: int) -> None:
    EcbRate.objects.filter(valid_from=date(2025, 7, 1)).update(rate_percent=Decimal("1.00"))
    rate_book.forget()
    CaseBalance.objects.update(terms=balance_terms())  # As if the roll had not come to the payments
    assert_mended("payments that met something else", "a wrong balance")


def test_lines_that_do_not_add_up_are_told_and_left(case: int) -> None:
    line = Line.objects.filter(posting__recovery_id=case, account="debtor").first()
    with unguarded():
        Line.objects.create(posting=line.posting, account="bank", debit=Decimal("0.01"))
    told = "1 with lines that do not add up"
    assert refused() == (
        f"case {case}: lines that do not add up\n1 cases differed: {told}\n",
        "run again with --repair",
    )
    assert refused("--repair")[1] == "1 cases cannot be repaired"


def test_only_cases_from_an_id_on(owner: Api, case: int) -> None:
    later = case_id(owner)
    CaseBalance.objects.update(due=Decimal(7))
    assert refused("--from", str(later))[0] == "1 cases differed: 1 with a wrong balance\n"
    assert refused()[0] == "2 cases differed: 2 with a wrong balance\n"


def test_who_stops_it_is_told_where_to_go_on(case: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(**_: Any) -> None:
        raise KeyboardInterrupt

    CaseBalance.objects.update(due=Decimal(7))
    monkeypatch.setattr("recoveries.management.commands.check_ledger.ledger_check", stopped)
    assert refused()[1] == f"stopped: go on with --from {case}"


def test_what_was_true_again_under_the_lock_is_no_finding(case: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "recoveries.management.commands.check_ledger.ledgers_checked", lambda **_: iter([([case], [case, 10**9])])
    )
    assert said() == "0 cases differed\n"


def test_comparing_locks_nothing_and_takes_as_many_statements_for_many_cases(owner: Api, case: int) -> None:
    def told() -> list[str]:
        with CaptureQueriesContext(connection) as caught:
            said()
        return [query["sql"] for query in caught]

    few = told()
    for _ in range(8):
        case_id(owner)
    many = told()
    assert len(many) == len(few)
    assert not any("FOR UPDATE" in sql or sql.startswith("UPDATE") for sql in many)


def test_cases_beyond_the_first_set_are_compared_too(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "AT_ONCE", 2)
    cases = [case_id(owner) for _ in range(5)]
    CaseBalance.objects.filter(pk=cases[-1]).update(due=Decimal(7))
    assert refused()[0] == "1 cases differed: 1 with a wrong balance\n"


def test_progress_is_for_people_alone(case: int, capfd: pytest.CaptureFixture[str]) -> None:
    said()
    assert "cases/s" not in capfd.readouterr().err


def test_a_fresh_demonstration_agrees() -> None:
    call_command("seed_demo", "--cases", "40", stdout=StringIO())
    assert Line.objects.exists()
    assert said() == "0 cases differed\n"
