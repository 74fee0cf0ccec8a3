"""The first versions say what Django's templates said."""

import html
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.template.loader import render_to_string
from django.utils import translation

from companies.models import Company
from invoicing.billing.firm import legal_lines, seller_now
from law.contact.words import L111_8
from law.vocabulary import Receipt, Reminder
from legalcity.lib.settings.live import live
from recoveries.desk.tests.pages import case_of
from recoveries.ledger.gathering import with_terms
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record
from recoveries.letters import receipts
from recoveries.letters.gathering import demand_of
from recoveries.letters.receipt_writing import Money
from recoveries.letters.wording.facts import firm_told
from recoveries.letters.writing import letter_write
from recoveries.models import Acompte, Message, Recovery
from tests.factories import Api
from tests.letters import FREE

pytestmark = [pytest.mark.django_db, pytest.mark.same_everywhere]
BUSINESS = {"assign_to_me": False, "recovery_late_interest": True, "recovery_interest_rate": "no"}


@pytest.fixture(autouse=True)
def firm(system_setting: Any) -> None:
    system_setting(**FREE, FIRM_NAME="Cabinet Dupont & <Fils>", FIRM_PHONE="01 02", FIRM_EMAIL="a@example.com")


def words(text: str) -> list[str]:
    return re.findall(r"[\w€&<>-]+", text)


def words_of_page(page: str) -> list[str]:
    body = page.partition("<body")[2]
    return words(html.unescape(re.sub(r"<[^<>]*>", " ", "<body" + body)))


def before(kind: str, case: Recovery, **told: Any) -> tuple[str, str]:
    context = {
        "case": case, "creditor": case.customer, "debtor": case.debtor, "firm": firm_told(),
        "legal_lines": legal_lines(seller_now()), "l111_8": L111_8, **told,
    }  # fmt: skip
    with translation.override("fr"):
        text = render_to_string(f"emails/{kind}.txt", context)
        return text.strip() + "\n", render_to_string(f"emails/{kind}.html", context)


@pytest.mark.parametrize("kind", list(Reminder))
@pytest.mark.parametrize("first_on", [None, date(2026, 3, 2)])
@pytest.mark.parametrize("reminders", [0, 1, 2])
@pytest.mark.parametrize("many", [1, 51, 60])
def test_demands(owner: Api, system_setting: Any, kind: str, first_on: date | None, reminders: int, many: int) -> None:
    if first_on:
        system_setting(PRIVACY_NOTICE="Vos données <b>\n\nVos droits.", FIRM_BIC="")
    if reminders == 2:
        system_setting(FUNDS_IBAN="")
    case = case_of(owner, recovery=BUSINESS, invoices=[{"invoice_number": f"F<{n}>"} for n in range(many)])
    Company.objects.filter(pk=case.debtor_id).update(company_name="<b>A</b> {{ case }}")
    case = with_terms(Recovery.objects.all()).get(pk=case.pk)
    with time_machine.travel(datetime(2026, 12, 30, 9, tzinfo=UTC)):
        account = demand_of(case, date(2026, 12, 30)).account
        rows = [row for row in account.rows if row.left.due]
        extra = "Merci <i>.\nÀ bientôt." if many == 1 else ""
        text, page = before(
            kind, case, account=account, rows=rows[:50], others=max(0, len(rows) - 50), first_on=first_on,
            privacy_notice=live.PRIVACY_NOTICE, reminders=reminders, extra=extra,
        )  # fmt: skip
        told = letter_write(
            kind=kind, channel="email", case=case, account=account, first_on=first_on, reminders=reminders, extra=extra
        )
    assert told.letter.text == text
    assert words_of_page(told.letter.html) == words_of_page(page)


@pytest.mark.parametrize("amount", ["60.00", "100.00", "1500.00"])
@pytest.mark.parametrize("reversed_", [False, True])
def test_receipts(owner: Api, monkeypatch: pytest.MonkeyPatch, amount: str, reversed_: bool) -> None:
    seen: list[tuple[Recovery, Money, dict[str, Any]]] = []
    case = case_of(owner, debtor={"company_email": "debtor@example.com"}, invoices=[{}, {"invoice_number": "F-2"}])
    write, correct = receipts.receipt_write, receipts.correction_write

    def receipt_write(**told: Any) -> Any:
        seen.append((told["case"], told["money"], {}))
        return write(**told)

    def correction_write(**told: Any) -> Any:
        seen.append((told["case"], told["money"], {"receipt": told["receipt"], "reversal": told["reversal"]}))
        return correct(**told)

    monkeypatch.setattr(receipts, "receipt_write", receipt_write)
    monkeypatch.setattr(receipts, "correction_write", correction_write)
    paid = acompte_record(
        recovery_id=case.pk, by=None, amount=Decimal(amount), day=date(2026, 11, 1), method="virement", confirmed=True
    )
    kind = Receipt.PAYMENT
    if reversed_:
        Message.objects.update(state="sent")
        acompte_reverse(recovery_id=case.pk, acompte_id=paid.pk, reason=Acompte.Reason.choices[0][0], by=None)
        kind = Receipt.CORRECTION
    case, money, more = seen[-1]
    with translation.override("fr"):
        told = dict(money.told("fr"))
    text, page = before(kind, case, **told, **more)
    message = Message.objects.get(kind=kind)
    assert message.text == text
    assert words_of_page(message.html) == words_of_page(page)
