"""Receipts for debtors and notices to creditors: each payment is told to both, once, and so is that it was reversed."""

from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from companies.models import Company
from law.vocabulary import Step
from legalcity.lib.claims import take
from legalcity.lib.clock import now
from legalcity.lib.errors import Forbidden
from recoveries.desk.tests.pages import case_of, opened, words
from recoveries.ledger.models import Entry
from recoveries.ledger.rate_services import rates_load
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record
from recoveries.letters.channels.delivering import message_deliver, messages_interrupted
from recoveries.letters.channels.receipt_posting import receipt_posted
from recoveries.letters.creditor_notices import creditor_notice_deliver, creditor_notices_interrupted
from recoveries.letters.jobs import JOB, NOTICE_JOB
from recoveries.letters.judging import drafts_of
from recoveries.letters.tests.test_emails import Moody, moods  # noqa: F401 - fixtures
from recoveries.letters.wording.papers import pdf_of
from recoveries.models import Acompte, CreditorNotice, EcbRate, Message, Posting, Recovery
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api, move
from tests.letters import FREE

pytestmark = pytest.mark.django_db
commits = pytest.mark.django_db(transaction=True, serialized_rollback=True)
DEBTOR = "debtor@example.com"
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
TERMS = {"recovery_late_interest": True, "recovery_interest_rate": "no", "assign_to_me": False}


@pytest.fixture(autouse=True)
def autumn(db: None, system_setting: Any) -> Any:
    rates_load()
    system_setting(**{**FREE, "FIRM_NAME": "Cabinet Dupont"})
    with time_machine.travel("2026-11-28T10:00:00Z", tick=False):
        yield


def case_with(owner: Api, **debtor: Any) -> Recovery:
    return case_of(owner, recovery=TERMS, invoices=[F1, F2], debtor={"company_email": DEBTOR, **debtor})


@pytest.fixture
def case(owner: Api) -> Recovery:
    return case_with(owner)


def paid(case: Recovery, amount: int = 1500, **values: Any) -> Acompte:
    named = {"day": date(2026, 6, 10), "method": "Virement", "reference": "VIR 12", "confirmed": True, **values}
    return acompte_record(recovery_id=case.pk, amount=Decimal(amount), by=None, **named)


def taken_back(payment: Acompte, reason: str = "rejected") -> None:
    acompte_reverse(recovery_id=payment.recovery_id, acompte_id=payment.pk, reason=Entry.Reason(reason), by=None)


def deliver() -> None:
    """What a worker would do now."""
    for email in Message.objects.filter(state="queued"):
        message_deliver(message_id=email.pk, moment=now())
    for notice in CreditorNotice.objects.filter(state="queued"):
        creditor_notice_deliver(notice_id=notice.pk, moment=now())


def states() -> tuple[list[str], list[str]]:
    """Kind and state of the letters to debtors; the states of the notices to creditors."""
    letters = [f"{kind} {state}" for kind, state in Message.objects.order_by("id").values_list("kind", "state")]
    return letters, list(CreditorNotice.objects.order_by("id").values_list("state", flat=True))


# --- what is said ----------------------------------------------------------------------------------------------------
def test_a_receipt_says_what_the_payment_met_and_what_remains(case: Recovery) -> None:
    paid(case)
    deliver()
    letter = mail.outbox[0]
    assert (letter.to, letter.subject) == ([DEBTOR], f"Quittance – dossier {case.recovery_reference}")
    for said in (
        "Cabinet Dupont, exerçant une activité de recouvrement amiable",
        "12 rue de la Paix, 75002 Paris",
        f"Agissant pour le compte de : {case.customer}",
        f"À l’attention de {case.debtor}",
        "quittance (art. R124-6 CPCE) du paiement de 1\xa0500,00 € que nous avons reçu le 10/06/2026",
        "(mode : Virement, référence : VIR 12)",
        "- F1 : intérêts 173,76 €, principal 1\xa0326,24 €\n",
        "Solde du compte au 28/11/2026 : 7\xa0572,53 €",
        "- principal : 7\xa0073,76 €",
        "- intérêts de retard : 418,77 €",
        "- indemnités forfaitaires (art. D441-5 C. com.) : 80,00 €",
        "n'est pas une demande de paiement",
    ):
        assert said in letter.body, said
    html = unescape(letter.alternatives[0][0])
    for said in ("<li>F1 : intérêts 173,76\xa0€, principal 1\xa0326,24\xa0€</li>", "7\xa0572,53\xa0€"):
        assert said in html, said
    for demanded in ("IBAN", "L111-8", "mettons en demeure", "Pour connaître les moyens de paiement"):
        assert demanded not in letter.body + html


@pytest.mark.parametrize(
    ("method", "told"), [("Chèque", "method: cheque"), (" ESPÈCES ", "method: cash"), ("Swift", "method: Swift")]
)
def test_an_english_receipt_tells_the_method_in_english(owner: Api, method: str, told: str) -> None:
    paid(case_with(owner, company_country="Allemagne"), method=method)
    deliver()
    assert f"({told}, reference: VIR 12)" in mail.outbox[0].body


def test_the_creditor_is_told_at_once_and_by_when_the_money_is_handed_over(owner: Api, case: Recovery) -> None:
    payment = paid(case)
    deliver()
    letter = mail.outbox[1]
    assert (letter.to, letter.subject) == ([owner.user.email], f"Paiement reçu – dossier {case.recovery_reference}")
    for said in (
        "d’un paiement de 1\xa0500,00 € que nous avons reçu le 10/06/2026",
        "1\xa0500,00 € vous seront reversés au plus tard le 10/07/2026 (art. R124-6 CPCE)",
        "- F1 : intérêts 173,76 €, principal 1\xa0326,24 €",
        "7\xa0572,53 €",
    ):
        assert said in letter.body, said
    assert str(case.debtor) not in letter.body
    notice = CreditorNotice.objects.get()
    assert notice.posting == Posting.objects.get(recovery=case, kind="payment")
    assert (notice.payment, notice.state) == (payment, "sent")


def test_what_the_creditor_received_himself_is_receipted_and_not_handed_over(owner: Api, case: Recovery) -> None:
    owner.data("POST", f"/api/recoveries/{case.pk}/payments", {"amount": "500.00", "date": "2026-06-10"})
    deliver()
    debtors, creditors = (letter.body for letter in mail.outbox)
    assert "que notre client a reçu le 10/06/2026" in debtors
    assert "que vous avez reçu le 10/06/2026" in creditors
    assert "revers" not in creditors


def test_the_last_payment_is_receipted_though_the_case_is_paid_and_what_is_over_is_said(case: Recovery) -> None:
    paid(case, 10_000)
    assert Recovery.objects.get(pk=case.pk).status_id == 8
    deliver()
    assert "Solde du compte au 28/11/2026 : 0,00 €" in mail.outbox[0].body
    assert "Au-delà des sommes dues" in mail.outbox[0].body
    assert "8\xa0662,55 € vous seront reversés" in mail.outbox[1].body  # What is over is the debtor's.


def test_no_figure_is_told_that_may_still_change(case: Recovery) -> None:
    EcbRate.objects.all().delete()
    paid(case)
    deliver()
    for letter in mail.outbox:
        assert "1\xa0500,00 €" in letter.body
        assert "Son imputation sera établie" in letter.body
        assert "Solde" not in letter.body
    assert "Ce qui vous en revient vous sera reversé au plus tard le 10/07/2026" in mail.outbox[1].body


def test_words_of_a_payment_are_no_markup(case: Recovery) -> None:
    paid(case, reference="<b>x</b> & y")
    receipt = Message.objects.get()
    assert "<b>x</b> & y" in receipt.text
    assert "&lt;b&gt;x&lt;/b&gt; &amp; y" in receipt.html


# --- once, whatever stands against letters ---------------------------------------------------------------------------
def test_a_payment_that_is_laid_anew_is_told_of_once(case: Recovery) -> None:
    paid(case, day=date(2026, 7, 10))
    deliver()
    paid(case, 100, day=date(2026, 6, 1))  # The other one meets something else now.
    assert Posting.objects.filter(recovery=case, reason="reallocated").exists()
    deliver()
    assert states() == (["quittance sent"] * 2, ["sent"] * 2)


def test_neither_the_guard_nor_the_pause_nor_a_dispute_holds_a_receipt(case: Recovery, system_setting: Any) -> None:
    system_setting(FIRM_ADDRESS="", REMINDER_DAYS=30)
    move(case.pk, Step.DISPUTE)
    status = Recovery.objects.get(pk=case.pk).status_id
    paid(case)
    paid(case)
    deliver()
    assert states()[0] == ["quittance sent"] * 2
    assert Recovery.objects.get(pk=case.pk).status_id == status


def test_a_receipt_is_no_reminder_and_no_earlier_letter(case: Recovery) -> None:
    paid(case)
    deliver()
    case = Recovery.objects.select_related("customer", "debtor").get(pk=case.pk)
    [draft] = drafts_of(case, ["relance_2"], to=DEBTOR, moment=now())
    assert draft.verdict.reasons == ()
    [notice] = drafts_of(case, ["mise_en_demeure"], to=DEBTOR, moment=now())
    letter = notice.letter
    assert "lettre du" not in letter.text
    assert "Malgré" not in letter.text


# --- taken back ------------------------------------------------------------------------------------------------------
def test_a_reversal_stops_what_has_not_left(case: Recovery) -> None:
    payment = paid(case)
    taken_back(payment)
    deliver()
    assert states() == (["quittance cancelled"], ["cancelled"])
    assert not mail.outbox
    assert Message.objects.get().error == CreditorNotice.objects.get().error != ""


def test_who_was_told_of_a_payment_is_told_that_it_was_taken_back(owner: Api, case: Recovery) -> None:
    payment = paid(case)
    deliver()
    taken_back(payment)
    deliver()
    assert states() == (["quittance sent", "quittance_rectifiee sent"], ["sent", "sent"])
    debtors, creditors = mail.outbox[2:]
    assert (debtors.to, creditors.to) == ([DEBTOR], [owner.user.email])
    for said in ("1\xa0500,00 €", "10/06/2026", "donné quittance le 28/11/2026", "rejet", "sans effet"):
        assert said in debtors.body, said
    assert creditors.subject == f"Paiement annulé – dossier {case.recovery_reference}"
    assert Posting.objects.get(notices__state="sent", kind="reversal", notices__payment=payment)


def test_a_payment_taken_back_while_its_receipt_is_on_its_way_is_corrected_afterwards(
    case: Recovery, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = paid(case)
    real = mail.EmailMultiAlternatives.send

    def send(message: Any, *args: Any, **options: Any) -> int:
        monkeypatch.undo()
        taken_back(payment)
        assert states()[0] == ["quittance sending"]
        return real(message, *args, **options)

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", send)
    message_deliver(message_id=Message.objects.get().pk, moment=now())
    assert states()[0] == ["quittance sent", "quittance_rectifiee queued"]


def test_a_receipt_that_may_have_gone_out_is_corrected(case: Recovery) -> None:
    payment = paid(case)
    assert take(JOB, Message.objects.get().pk, moment=now() - timedelta(hours=1), state="sending", provider="smtp")
    assert take(NOTICE_JOB, CreditorNotice.objects.get().pk, moment=now() - timedelta(hours=1))
    assert (messages_interrupted(moment=now()), creditor_notices_interrupted(moment=now())) == (1, 1)
    taken_back(payment)
    assert states()[0] == ["quittance failed", "quittance_rectifiee queued"]


def test_a_notice_that_is_tried_again_does_not_come_after_its_own_reversal(
    case: Recovery,
    moods: list[Exception],  # noqa: F811
) -> None:
    payment = paid(case)
    first = CreditorNotice.objects.get()
    claim = take(NOTICE_JOB, first.pk, moment=now())
    assert claim is not None
    taken_back(payment)
    assert states()[1] == ["queued", "queued"]
    claim.release(after=timedelta(0))
    deliver()
    assert states()[1] == ["cancelled", "sent"]


def test_a_mail_server_that_is_away_is_waited_for_and_told_without_addresses(
    case: Recovery,
    moods: list[Exception],  # noqa: F811
    caplog: pytest.LogCaptureFixture,
) -> None:
    paid(case)
    moods += [ConnectionRefusedError(DEBTOR), ConnectionRefusedError("x")]
    deliver()
    assert states() == (["quittance queued"], ["queued"])
    CreditorNotice.objects.update(claimed_until=None)
    deliver()
    assert states() == (["quittance sent"], ["sent"])
    assert DEBTOR not in caplog.text
    assert "Oak" not in caplog.text


# --- by post, or not at all ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", [None, "no address"])
def test_without_an_address_the_page_of_the_case_says_that_the_receipt_goes_by_post(
    owner: Api, address: str | None
) -> None:
    office, case = browser_of(chief()), case_with(owner, company_email=None)
    Company.objects.filter(pk=case.debtor_id).update(company_email=address)
    payment = paid(case)
    deliver()
    assert states() == (["quittance to_post"], ["sent"])
    page = words(opened(office, case))
    assert "Receipt to be sent by post: no e-mail address" in page
    assert "to be handed over by 07/10/2026" in page
    receipt = Message.objects.get()
    assert act(office, receipt, "receipt-posted").status_code == 302
    assert "Receipt to be sent by post" not in words(opened(office, case))
    taken_back(payment)
    assert states()[0] == ["quittance sent", "quittance_rectifiee to_post"]
    with pytest.raises(Forbidden):
        receipt_posted(message_id=receipt.pk, by=None)


def test_a_receipt_that_goes_by_post_has_the_papers_of_any_message(owner: Api, system_setting: Any) -> None:
    system_setting(LETTER_PRICE="1.52")
    office, case = browser_of(chief()), case_with(owner, company_email=None)
    paid(case)
    receipt = Message.objects.get()
    paper = page_of(Message, "change", receipt.pk).replace("/change/", "/paper/")
    page = office.get(page_of(Message, "change", receipt.pk))
    assert paper in page.content.decode()
    assert page.context["subtitle"].startswith(receipt.recovery.recovery_reference)
    printed = office.get(paper)
    assert (printed.status_code, printed["Content-Type"]) == (200, "application/pdf")
    act(office, receipt, "receipt-posted")
    receipt.refresh_from_db()
    assert b"".join(printed.streaming_content if printed.streaming else [printed.content]) == pdf_of(receipt)
    assert (receipt.state, receipt.provider, receipt.cost, bool(receipt.pdf)) == (
        "sent",
        "post-folder",
        Decimal("1.52"),
        True,
    )
    [fact] = receipt.facts.all()
    assert (fact.kind, fact.source, fact.by and fact.by.email) == ("sent", "staff", "chief@example.com")
    assert act(office, receipt, "receipt-posted").status_code != 500
    assert receipt.facts.count() == 1


@pytest.mark.parametrize(
    ("switched_off", "left"),
    [("SEND_RECEIPTS", ([], ["queued"])), ("SEND_PAYMENT_NOTICES", (["quittance queued"], []))],
)
def test_staff_may_switch_either_off(case: Recovery, system_setting: Any, switched_off: str, left: Any) -> None:
    system_setting(**{switched_off: False})
    paid(case)
    assert states() == left


@commits
@pytest.mark.usefixtures("in_process")
def test_both_leave_after_the_commit(owner: Api, case: Recovery) -> None:
    answer = act(browser_of(chief()), case, "record-payment", amount="1500.00", day="2026-06-10")
    assert answer.status_code == 302
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted([DEBTOR, owner.user.email])


def test_the_page_of_a_letter_shows_it(case: Recovery) -> None:
    office: Client = browser_of(chief())
    paid(case)
    for model in (Message, CreditorNotice):
        answer = office.get(page_of(model, "change", model.objects.get().pk))
        assert (answer.status_code, "R124" in answer.content.decode()) == (200, True)
        assert office.get(page_of(model, "changelist")).status_code == 200
