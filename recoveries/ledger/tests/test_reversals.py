"""Payments and debts that are taken back, and payments that look like a mistake."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import AuditEvent, User
from legalcity.lib.clock import today
from legalcity.lib.errors import Forbidden, Invalid
from recoveries.court.transfer import eligibility_of
from recoveries.desk.reads.portfolio import Question, portfolio
from recoveries.desk.tests.pages import act_page, case_of, office_of, opened, words
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.models import Entry
from recoveries.ledger.payment_record import payment_record
from recoveries.ledger.rate_book import rate_book
from recoveries.ledger.reversals import acompte_reverse, dette_reverse
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Acompte, Dette, EcbRate, Recovery
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api, detail
from tests.races import at_once

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 10)
MISTAKE = Entry.Reason.MISTAKE


@pytest.fixture
def office(db: None) -> Client:
    return browser_of(chief())


@pytest.fixture
def case(owner: Api) -> Recovery:
    interest = {"assign_to_me": False, "recovery_late_interest": True, "recovery_interest_rate": "no"}
    return case_of(owner, recovery=interest, invoices=[{"invoice_amount": "1000.00"}])


def paid(case: Recovery, amount: str = "300.00", **values: Any) -> Acompte:
    return acompte_record(**{"recovery_id": case.pk, "amount": Decimal(amount), "day": DAY, "by": None, **values})


def reverse(payment: Acompte, reason: Entry.Reason = MISTAKE) -> Acompte:
    return acompte_reverse(recovery_id=payment.recovery_id, acompte_id=payment.pk, reason=reason, by=None)


def statements(case: Recovery) -> list[tuple[Decimal, ...]]:
    """What is owed on some days, by head."""
    fresh = with_terms(Recovery.objects).get(pk=case.pk)
    told = [case_decompte(fresh, on=day) for day in (DAY - timedelta(1), DAY, DAY + timedelta(90))]
    return [(*one.total, one.surplus) for one in told]


def everywhere(case: Recovery) -> list[Any]:
    """All that a payment tells in: sums, the statement, limitation, the payment record, the portfolio."""
    fresh = Recovery.objects.select_related("customer", "debtor").get(pk=case.pk)
    record = payment_record(siren="123456789", company_id=0, owner_id=case.owner_id, today=today())
    months = portfolio(Question(date(2026, 6, 1), date(2026, 6, 1))).months
    return [
        (fresh.amount, fresh.amount_torecover),
        statements(case),
        [reason.code for reason in eligibility_of(fresh, date(2031, 1, 1)).reasons],
        record,
        [month.received for month in months],
    ]


@pytest.fixture
def uncached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recoveries.desk.reads.portfolio.KEPT", 0)


# --- what a reversal does --------------------------------------------------------------------------------------------


def test_to_pay_and_reverse_is_nothing_wherever_payments_count(uncached: None, case: Recovery) -> None:
    before = everywhere(case)
    payment = paid(case)
    between = everywhere(case)
    assert all(was != is_now for was, is_now in zip(before, between, strict=True))
    reverse(payment)
    assert everywhere(case) == before


def test_a_debt_that_was_reversed_is_not_owed(case: Recovery) -> None:
    before, sums = statements(case), (case.amount, case.amount_torecover)
    debt = dette_record(recovery_id=case.pk, label="Deposit", amount=Decimal(50), day=date(2026, 1, 2), by=None)
    assert statements(case) != before
    dette_reverse(recovery_id=case.pk, dette_id=debt.pk, reason=MISTAKE, by=None)
    assert statements(case) == before
    case.refresh_from_db()
    assert (case.amount, case.amount_torecover) == sums


def test_the_client_sees_what_was_reversed_and_when_but_no_second_payment(owner: Api, case: Recovery) -> None:
    kept, gone = paid(case, "10.00"), paid(case, "20.00")
    debt = dette_record(recovery_id=case.pk, label="Deposit", amount=Decimal(50), day=date(2026, 1, 2), by=None)
    reversal = reverse(gone)
    dette_reverse(recovery_id=case.pk, dette_id=debt.pk, reason=MISTAKE, by=None)
    shown = detail(owner, case.pk)
    assert [(row["id"], row["reversed_at"] is not None) for row in shown["acomptes"]] == [
        (kept.pk, False),
        (gone.pk, True),
    ]
    assert shown["acomptes"][1]["reversed_at"] == f"{reversal.created_at:%Y-%m-%dT%H:%M:%S.%fZ}"
    assert list(shown["acomptes"][0])[-2:] == ["created_at", "reversed_at"]
    assert [(row["label"], row["reversed_at"] is not None) for row in shown["dettes"]] == [("Deposit", True)]
    assert shown["amount_torecover"] == "990.00"


# --- what is refused -------------------------------------------------------------------------------------------------


def test_nothing_is_reversed_twice_nor_a_reversal_nor_that_of_another_case(owner: Api, case: Recovery) -> None:
    payment = paid(case)
    reversal = reverse(payment)
    for row in (payment, reversal):
        with pytest.raises(Forbidden):
            reverse(row)
    with pytest.raises(Acompte.DoesNotExist):
        acompte_reverse(recovery_id=case_of(owner).pk, acompte_id=payment.pk, reason=MISTAKE, by=None)
    assert Acompte.objects.count() == 2


def test_the_database_holds_one_reversal_and_its_reason(case: Recovery) -> None:
    payment = paid(case)
    reverse(payment)
    values = {"recovery": case, "amount": 1, "date": DAY}
    for wrong in ({"reverses": payment, "reason": "mistake"}, {"reason": "mistake"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Acompte.objects.create(**values, **wrong)


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="races need PostgreSQL")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_who_reverse_at_once_one_wins(owner: Api) -> None:
    case = case_of(owner)
    payment = paid(case, "30.00")
    told = []

    def attempt(_number: int) -> None:
        try:
            told.append(reverse(payment).pk)
        except Forbidden as error:
            told.append(str(error.message))

    at_once(4, attempt)
    assert sorted(map(type, told), key=str) == [int, str, str, str]
    assert Acompte.objects.filter(reverses=payment).count() == 1
    case.refresh_from_db()
    assert case.amount_torecover == Decimal("100.00")


# --- the acts --------------------------------------------------------------------------------------------------------


def test_staff_reverse_a_payment_from_its_row_with_a_reason(office: Client, case: Recovery) -> None:
    payment, other = paid(case), paid(case, "20.00")
    assert f"reverse-payment/?entry={payment.pk}" in opened(office, case)
    form = act_page(office, case, "reverse-payment", f"?entry={payment.pk}").context["form"]
    assert [value for value, _label in form.fields["entry"].widget.choices] == [payment.pk]
    assert act(office, case, "reverse-payment", entry=payment.pk, reason="").status_code == 200
    assert act(office, case, "reverse-payment", entry=payment.pk, reason="rejected").status_code == 302
    assert act(office, case, "reverse-payment", entry=payment.pk, reason="rejected").status_code == 200
    page = words(opened(office, case))
    assert "300.00 € reversed : rejected by the bank" in page.replace("reversed:", "reversed :")
    assert "Payment (acompte) reversed: 300.00 € rejected by the bank" in page
    reversal = Acompte.objects.get(reverses=payment)
    added = AuditEvent.objects.get(action="added", object_type="recoveries.acompte", object_id=str(reversal.pk))
    assert added.actor_id == User.objects.get(email="chief@example.com").pk
    assert not hasattr(other, "reversal")


def test_staff_reverse_a_debt(office: Client, case: Recovery) -> None:
    debt = dette_record(recovery_id=case.pk, label="Deposit", amount=Decimal(50), day=date(2026, 1, 2), by=None)
    assert act(office, case, "reverse-debt", entry=debt.pk, reason="mistake").status_code == 302
    assert Dette.objects.get(reverses=debt).reason == "mistake"
    assert "Debt (dette) reversed: 50.00 €" in words(opened(office, case))


@pytest.mark.parametrize("entry", ["", "0", "x", "9" * 30, "\x00"])
def test_what_is_not_there_is_not_reversed(office: Client, case: Recovery, entry: str) -> None:
    paid(case)
    assert act(office, case, "reverse-payment", entry=entry, reason="mistake").status_code == 200
    assert act_page(office, case, "reverse-payment", f"?entry={entry}")
    assert not Acompte.objects.exclude(reverses=None).exists()


def test_who_may_not_record_payments_may_not_reverse_them(case: Recovery) -> None:
    payment = paid(case)
    answer = act(office_of("auditor"), case, "reverse-payment", entry=payment.pk, reason="mistake")
    assert answer.status_code == 403
    assert "reverse-payment" not in opened(office_of("auditor"), case)


def sent_once(browser: Client, case: Recovery, **sent: str) -> Any:
    """The page that shows what a payment would meet."""
    token = act_page(browser, case, "record-payment").context["token"]
    return browser.post(page_of(Recovery, "action", case.pk, "record-payment"), {"form_token": token, **sent})


# --- payments that look like a mistake -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"amount": "9999.00", "reference": "VIR 2"}, "This is more than is owed today"),
        ({"amount": "300.00", "reference": "VIR 1"}, "stands on the case already"),
    ],
)
def test_a_payment_that_looks_like_a_mistake_is_asked_about(
    office: Client, case: Recovery, sent: dict[str, str], sentence: str
) -> None:
    paid(case, reference="VIR 1")
    sent = {**sent, "day": DAY.isoformat()}
    asked = sent_once(office, case, **sent)
    assert asked.status_code == 200
    assert sentence in words(asked.content.decode())
    assert Acompte.objects.count() == 1
    assert act(office, case, "record-payment", **sent).status_code == 302
    assert Acompte.objects.count() == 2


def test_a_doubt_that_came_up_after_the_form_was_shown_is_asked_about(office: Client, case: Recovery) -> None:
    sent = {"amount": "300.00", "reference": "VIR 1", "day": DAY.isoformat()}
    shown = sent_once(office, case, **sent)
    paid(case, reference="VIR 1")  # A colleague was faster.
    confirmed = {**sent, "seen": shown.context["form"].data["seen"], "form_token": shown.context["token"]}
    answer = office.post(page_of(Recovery, "action", case.pk, "record-payment"), confirmed)
    assert "stands on the case already" in words(answer.content.decode())
    assert Acompte.objects.count() == 1


def test_interest_is_owed_too(case: Recovery) -> None:
    """1,000.00 of principal, and interest and 40 EUR beside it: a payment of 1,010.00 is not too much."""
    assert paid(case, "1010.00").amount == Decimal("1010.00")


def test_a_payment_is_asked_about_even_where_no_rate_is_known(owner: Api) -> None:
    EcbRate.objects.all().delete()
    rate_book.forget()
    interest = {"assign_to_me": False, "recovery_late_interest": True, "recovery_interest_rate": "no"}
    case = case_of(owner, recovery=interest)
    assert paid(case, "100.00").amount == 100
    with pytest.raises(Invalid):
        paid(case, "1.00")


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (lambda: date(2025, 10, 19), "The claim that is paid is of 20/10/2025"),
        (lambda: today() + timedelta(1), "cannot be in the future"),
    ],
)
def test_a_day_that_cannot_be_is_refused(case: Recovery, day: Callable[[], date], sentence: str) -> None:
    with pytest.raises(Invalid) as refused:
        paid(case, day=day(), confirmed=True)
    assert sentence in str(refused.value.errors["day"])
    assert not Acompte.objects.exists()
