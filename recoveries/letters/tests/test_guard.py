"""What keeps a letter to a debtor in: when it is written, and again when it is about to leave."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from companies.models import Company
from legalcity.lib.clock import now, today
from legalcity.lib.errors import Forbidden
from recoveries.court.hold import hold_lift, hold_restore
from recoveries.desk.tests.pages import act_page, case_of, opened, words
from recoveries.ledger.acknowledgements import acknowledgement_record
from recoveries.ledger.services import acompte_record
from recoveries.letters.services import email_deliver, email_send
from recoveries.models import Recovery, SentEmail
from tests.backoffice import act, browser_of, chief
from tests.factories import Api, move

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_process")]
TO = "debtor@example.com"
ADDRESS = {"FIRM_ADDRESS": "12 rue de la Paix", "FIRM_POSTAL_CODE": "75002", "FIRM_CITY": "Paris"}
PERSON = {"company_type": "particular", "company_legal_form": None, "company_siren": None, "company_name": None}


@pytest.fixture(autouse=True)
def firm(system_setting: Any) -> None:
    system_setting(**ADDRESS)


@pytest.fixture
def office(db: None) -> Client:
    return browser_of(chief())


def written(case: Recovery, kind: str = "relance_1") -> SentEmail:
    return email_send(case_id=case.pk, kind=kind, to=TO, by=None)


def reasons(case: Recovery, kind: str = "relance_1") -> list[str]:
    """The codes of what keeps the letter in."""
    with pytest.raises(Forbidden) as refused:
        written(case, kind)
    assert not SentEmail.objects.filter(kind=kind, recovery=case, state="queued").exists()
    return [reason.code for reason in refused.value.extra["reasons"]]


def delivered(email: SentEmail) -> SentEmail:
    email_deliver(email_id=email.pk, moment=now())
    return SentEmail.objects.get(pk=email.pk)


def due_in(days: int, **fields: Any) -> dict[str, Any]:
    due = today() + timedelta(days)
    dated = min(due, today()) - timedelta(30)
    return {"invoice_date": dated.isoformat(), "invoice_due_date": due.isoformat(), **fields}


def sent_days_ago(case: Recovery, days: int, kind: str = "relance_1") -> None:
    moment = datetime.now(UTC) - timedelta(days)
    SentEmail.objects.create(
        recovery=case, kind=kind, recipient=TO, subject="x", text="x", html="x", state="sent", sent_at=moment,
        due_at=moment,
    )  # fmt: skip


# --- when it is written ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["FIRM_ADDRESS", "FIRM_POSTAL_CODE", "FIRM_CITY"])
def test_a_firm_without_an_address_writes_to_nobody(owner: Api, system_setting: Any, missing: str) -> None:
    case = case_of(owner)
    system_setting(**{missing: ""})
    assert reasons(case) == ["firm"]


@pytest.mark.parametrize("missing", ["company_address", "company_postal", "company_city"])
def test_a_creditor_without_an_address_is_not_written_for(owner: Api, missing: str) -> None:
    case = case_of(owner)
    Company.objects.filter(pk=case.customer_id).update(**{missing: ""})
    assert reasons(case) == ["creditor"]


def test_an_invoice_that_is_not_due_is_not_demanded(owner: Api) -> None:
    assert reasons(case_of(owner, invoices=[due_in(200)]), "mise_en_demeure") == ["not_due"]


def test_a_letter_lists_and_sums_what_is_due_alone(owner: Api) -> None:
    later, due = due_in(30, invoice_number="LATER"), due_in(-30, invoice_number="DUE")
    email = written(case_of(owner, invoices=[later, due]))
    assert "DUE du" in email.text
    assert "LATER" not in email.text + email.html
    assert "principal : 100,00" in email.text
    assert email.total == Decimal("140.00")


def test_what_is_paid_is_not_demanded(owner: Api) -> None:
    case = case_of(owner)
    acompte_record(recovery_id=case.pk, amount=Decimal("140.00"), day=today(), by=None)
    assert reasons(case) == ["nothing_due"]


@pytest.mark.parametrize("debtor", [PERSON, {"company_type": None}])
def test_a_barred_claim_is_not_asked_for_from_a_consumer(owner: Api, debtor: dict[str, Any]) -> None:
    case = case_of(owner, debtor=PERSON, invoices=[due_in(-800)])
    Company.objects.filter(pk=case.debtor_id).update(company_type=debtor["company_type"])
    assert reasons(case) == ["barred"]


def test_a_claim_of_that_age_is_asked_for_from_a_company(owner: Api) -> None:
    assert written(case_of(owner, invoices=[due_in(-800)])).state == "queued"


def test_a_claim_that_hangs_on_a_payment_is_held_until_a_manager_lifts_the_hold(office: Client, owner: Api) -> None:
    case = case_of(owner, debtor=PERSON, invoices=[due_in(-800)])
    acompte_record(recovery_id=case.pk, amount=Decimal("1.00"), day=today() - timedelta(500), by=None)
    assert reasons(case) == ["limitation_held"]
    hold_lift(recovery_id=case.pk, reason="Wrote that it would pay.", by=None)
    assert "a manager has lifted the hold" in words(act_page(office, case, "send-reminder").content.decode())
    email = written(case)
    assert email.total == Decimal("99.00")
    hold_restore(recovery_id=case.pk, reason="It was the bank's money.", by=None)
    ended = delivered(email)
    assert (ended.state, mail.outbox) == ("cancelled", [])
    assert "art. 2233, 2240 C. civ." in ended.error


def test_a_claim_that_the_debtor_recognised_is_asked_for(owner: Api) -> None:
    case = case_of(owner, debtor=PERSON, invoices=[due_in(-800)])
    acknowledgement_record(recovery_id=case.pk, day=today() - timedelta(500), note="Asked for time.", by=None)
    assert written(case).total == Decimal("100.00")


def test_a_barred_claim_leaves_the_letter_about_the_others(owner: Api) -> None:
    barred, due = due_in(-800, invoice_number="BARRED"), due_in(-30, invoice_number="DUE")
    penalty = {"recovery_penalty": True, "recovery_penalty_type": "percent", "recovery_penalty_percent": "10"}
    case = case_of(owner, debtor=PERSON, invoices=[barred, due], recovery={"assign_to_me": False, **penalty})
    email = written(case)
    assert "BARRED" not in email.text
    assert email.total == Decimal("100.00")


def test_a_claim_in_dispute_is_left_alone(owner: Api) -> None:
    case = case_of(owner)
    move(case.pk, 2, 7)
    assert reasons(case) == ["dispute"]


def test_letters_keep_their_distance(owner: Api, system_setting: Any) -> None:
    case = case_of(owner)
    sent_days_ago(case, 6)
    assert reasons(case, "relance_2") == ["rhythm"]
    SentEmail.objects.update(sent_at=now() - timedelta(7))
    assert reasons(case, "mise_en_demeure") == ["rhythm"]
    assert written(case, "relance_2").state == "queued"
    SentEmail.objects.update(state="sent", sent_at=now() - timedelta(8))
    assert written(case, "mise_en_demeure").state == "queued"


def test_the_same_letter_does_not_leave_twice_in_a_second(owner: Api) -> None:
    case = case_of(owner)
    written(case)
    with pytest.raises(Forbidden):
        written(case)
    assert SentEmail.objects.count() == 1


def test_a_letter_that_failed_is_no_letter(owner: Api) -> None:
    case = case_of(owner)
    written(case)
    SentEmail.objects.update(state="failed")
    assert written(case).state == "queued"


@pytest.mark.parametrize(
    ("sent", "words_of_it"),
    [
        ([], "Les sommes ci-dessous restent impayées"),
        (["relance_1"], "Malgré notre rappel, les sommes"),
        (["relance_1", "relance_2"], "Malgré nos rappels, les sommes"),
        (["mise_en_demeure"], "Les sommes ci-dessous restent impayées"),
    ],
)
def test_a_letter_speaks_of_reminders_that_were_sent(owner: Api, sent: list[str], words_of_it: str) -> None:
    case = case_of(owner)
    for kind in sent:
        sent_days_ago(case, 20, kind)
    email = written(case, "mise_en_demeure")
    assert words_of_it in email.text
    assert words_of_it in email.html


def test_a_second_reminder_without_a_first_names_none(owner: Api) -> None:
    assert "Malgré" not in written(case_of(owner), "relance_2").text


# --- when it is about to leave ---------------------------------------------------------------------------------------


def test_a_payment_that_comes_in_between_keeps_the_letter_in(owner: Api) -> None:
    case = case_of(owner)
    email = written(case)
    acompte_record(recovery_id=case.pk, amount=Decimal("10.00"), day=today(), by=None)
    ended = delivered(email)
    assert (ended.state, mail.outbox) == ("cancelled", [])
    assert ended.error == "Le montant dû a changé depuis la rédaction de cette lettre : rédigez-en une nouvelle."
    assert ended.claimed_until is None


def test_a_dispute_that_comes_in_between_keeps_the_letter_in_and_staff_see_why(office: Client, owner: Api) -> None:
    case = case_of(owner)
    email = written(case)
    move(case.pk, 2, 7)
    assert delivered(email).state == "cancelled"
    page = words(opened(office, case))
    assert "cancelled debtor@example.com (Le débiteur conteste la créance (art. 1412 CPC).)" in page


def test_a_firm_whose_address_went_away_sends_nothing(owner: Api, system_setting: Any) -> None:
    email = written(case_of(owner))
    system_setting(FIRM_ADDRESS="")
    assert delivered(email).state == "cancelled"


def test_of_two_that_wait_the_first_leaves(owner: Api, system_setting: Any) -> None:
    case = case_of(owner)
    first = written(case)
    system_setting(REMINDER_DAYS=0)
    second = written(case)
    system_setting(REMINDER_DAYS=7)
    assert [delivered(second).state, delivered(first).state] == ["cancelled", "sent"]


def test_a_letter_that_nothing_speaks_against_leaves_though_the_day_has_passed(owner: Api) -> None:
    email = written(case_of(owner))
    SentEmail.objects.update(created_at=now() - timedelta(2))
    assert delivered(email).state == "sent"


# --- what staff see --------------------------------------------------------------------------------------------------


def test_the_act_says_which_letters_may_not_leave_and_why(office: Client, owner: Api) -> None:
    case = case_of(owner)
    sent_days_ago(case, 7)
    page = words(act_page(office, case, "send-reminder").content.decode())
    assert "Relance 2: Second rappel de paiement" in page
    assert "Mise en demeure: not now The last letter is of" in page
    answer = act(office, case, "send-reminder", kind="mise_en_demeure", to=TO, extra="")
    assert answer.status_code == 200
    assert "This letter may not leave. The last letter is of" in words(answer.content.decode())


def test_each_reason_has_its_article(office: Client, owner: Api, system_setting: Any) -> None:
    case = case_of(owner, invoices=[due_in(20)])
    system_setting(FIRM_CITY="")
    page = words(act_page(office, case, "send-reminder").content.decode())
    for article in ("(art. R124-4 CPCE)", "(art. 1305-2 C. civ.)"):
        assert article in page
