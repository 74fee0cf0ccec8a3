"""What staff do with a case on its way to court."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.db.models.signals import post_save
from django.test import Client

from accounts.models import AuditEvent
from invoicing.models import Invoice
from legalcity.lib.clock import today
from recoveries.court.procedure import procedure_record
from recoveries.court.tests.transfers import refusing_rows
from recoveries.court.transfer import transfer_carry_out
from recoveries.desk.tests.pages import act_page, assert_refused, case_of, event_of, followed, office_of, person, words
from recoveries.ledger.posting import Source, ledger_follow
from recoveries.models import Injunction, Recovery, StatusChange, TransferRequest
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api

pytestmark = pytest.mark.django_db
COMMITTING = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def office(db: None) -> Client:
    """The browser of a member of staff who may do everything."""
    return browser_of(chief(language="en"))


def test_eligibility_is_told_with_everything_that_speaks_against_it(office: Client, owner: Api) -> None:
    case = case_of(owner, debtor={"company_country": "Denmark"}, invoices=[])
    api = owner.data("GET", f"/api/recoveries/{case.pk}/injonction-eligibility")
    assert len(api["reasons"]) >= 2
    page = words(act_page(office, case, "check-eligibility").content.decode())
    said = words(followed(office, case, "check-eligibility"))
    for reason in api["reasons"]:
        assert reason in page
        assert reason in said
    assert "The case may be transferred: injonction de payer, Tribunal de commerce." in words(
        act_page(office, case_of(owner), "check-eligibility").content.decode()
    )


@COMMITTING
def test_a_transfer_is_carried_out_by_the_worker_and_told(in_process: None, owner: Api) -> None:
    case, browser = case_of(owner), browser_of(chief(language="en"))
    said = words(followed(browser, case, "transfer"))
    injunction = Recovery.objects.get(transferred_from=case.pk)
    assert f"The case goes on as {injunction.recovery_reference}." in said
    assert Recovery.objects.get(pk=case.pk).status_id == 10
    assert StatusChange.objects.get(to_status_id=10).user.email == "chief@example.com"
    assert event_of(case, "transfer").succeeded
    assert browser.get(page_of(Recovery, "action", case.pk, "transfer")).status_code == 302


def test_a_transfer_that_waits_for_its_worker_is_told(office: Client, owner: Api, system_setting: Any) -> None:
    system_setting(TRANSFER_WAIT_SECONDS=0)
    case = case_of(owner)
    said = words(followed(office, case, "transfer"))  # The task is queued at a commit that never comes here.
    assert "The transfer has begun." in said
    assert TransferRequest.objects.get(recovery=case).state == "pending"


def test_a_case_that_is_not_eligible_is_not_transferred(office: Client, owner: Api) -> None:
    case = case_of(owner, invoices=[])
    reasons = owner.data("GET", f"/api/recoveries/{case.pk}/injonction-eligibility")["reasons"]
    assert_refused(act(office, case, "transfer"), reasons[0])
    assert not TransferRequest.objects.exists()
    event = event_of(case, "transfer")
    assert not event.succeeded
    assert reasons[0] in event.details["refusal"]


@COMMITTING
def test_a_transfer_that_fails_is_told_and_changes_nothing(in_process: None, owner: Api) -> None:
    case, browser = case_of(owner), browser_of(chief(language="en"))
    with refusing_rows("companies_company"):
        assert_refused(act(browser, case, "transfer"), "The transfer failed and nothing was changed.")
    assert TransferRequest.objects.get(recovery=case).state == "failed"
    assert Recovery.objects.get(pk=case.pk).status_id == 1


@COMMITTING
def test_what_the_worker_refuses_is_told_as_what_the_rule_refuses(in_process: None, owner: Api) -> None:
    case, browser = case_of(owner), browser_of(chief(language="en"))
    asked = []

    def paid_meanwhile(sender: Any, instance: TransferRequest, **_: Any) -> None:
        Invoice.objects.filter(recovery=case).update(invoice_part_paid_amount=F("invoice_amount"))
        ledger_follow(recovery_id=case.pk, by=None, source=Source.STAFF)
        asked.append(instance.pk)

    post_save.connect(paid_meanwhile, sender=TransferRequest)
    try:
        answer = act(browser, case, "transfer")
    finally:
        post_save.disconnect(paid_meanwhile, sender=TransferRequest)
    assert_refused(answer, "The case has no invoice that is not fully paid (art. 1405 CPC).")
    assert TransferRequest.objects.get(pk=asked[0]).state == "refused"


def _procedure(owner: Api) -> Recovery:
    original = case_of(owner)
    asked = TransferRequest.objects.create(recovery=original)
    transfer_carry_out(request_id=asked.pk, today=today())
    return Recovery.objects.get(transferred_from=original.pk)


COURT = {"court_type": "tribunal_de_commerce", "court_territory": "FR"}


def test_dates_of_a_procedure_set_its_deadlines(office: Client, owner: Api) -> None:
    case = _procedure(owner)
    sent = {**COURT, "court_name": "Lyon", "filed_on": "2026-01-05", "order_made_on": "2026-02-02"}
    said = words(followed(office, case, "record-dates", **sent))
    procedure = Injunction.objects.get(recovery=case)
    assert (procedure.court_name, procedure.order_made_on) == ("Lyon", date(2026, 2, 2))
    assert "08/03/2026 Serve the order on the debtor" in said
    assert event_of(case, "record-dates").details["values"]["order_made_on"] == "2026-02-02"


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        ({"filed_on": "2026-02-02", "order_made_on": "2026-01-05"}, "is before"),
        ({"served_on": "2026-02-02", "opposed_on": "2026-02-01"}, "is before"),
        ({"filed_on": (date.today() + timedelta(days=3)).isoformat()}, "This day is still to come."),
        ({"served_how": "person"}, "When was it served?"),
        ({"filed_on": "x"}, "Enter a valid date."),
        ({"granted_amount": "1" + "0" * 30}, "digits"),
        ({"court_name": "a\x00b"}, "characters that cannot be kept"),
    ],
)
def test_dates_that_cannot_be_are_refused(office: Client, owner: Api, dates: dict[str, str], sentence: str) -> None:
    case = _procedure(owner)
    assert_refused(act(office, case, "record-dates", **COURT, **dates), sentence)
    procedure = Injunction.objects.get(recovery=case)
    assert (procedure.filed_on, procedure.served_on, procedure.served_how, procedure.court_name) == (None, None, "", "")


def test_the_page_of_the_procedure_has_the_same_rules(office: Client, owner: Api) -> None:
    procedure = Injunction.objects.get(recovery=_procedure(owner))
    address = page_of(Injunction, "change", procedure.pk)
    refused = office.post(address, {**COURT, "filed_on": "02/02/2026", "order_made_on": "05/01/2026"})
    assert "is before" in words(refused.content.decode())
    assert office.post(address, {**COURT, "filed_on": "05/01/2026", "fee_payment_reference": "R1"}).status_code == 302
    procedure.refresh_from_db()
    assert (procedure.filed_on, procedure.fee_payment_reference) == (date(2026, 1, 5), "R1")
    event = AuditEvent.objects.get(action="changed", object_type="recoveries.injunction")
    assert event.after["filed_on"] == "2026-01-05"


def test_what_somebody_else_has_written_since_is_told_on_the_page_of_the_procedure(office: Client, owner: Api) -> None:
    procedure = Injunction.objects.get(recovery=_procedure(owner))
    address = page_of(Injunction, "change", procedure.pk)
    assert 'name="initial-court_name"' in office.get(address).content.decode()
    procedure_record(recovery_id=procedure.recovery_id, values={"court_name": "Lyon"}, today=today(), by=None)
    sent = {**COURT, "court_name": "Lille", "initial-court_name": ""}
    refused = office.post(address, sent)
    assert "It was changed meanwhile and is “Lyon” now." in words(refused.content.decode())
    assert Injunction.objects.get().court_name == "Lyon"
    assert office.post(address, {**sent, "initial-court_name": "Lyon"}).status_code == 302
    assert Injunction.objects.get().court_name == "Lille"


def test_handlers_see_the_procedures_of_the_cases_that_they_see(owner: Api) -> None:
    case = _procedure(owner)
    procedure, browser = Injunction.objects.get(recovery=case), office_of("handler")
    assert browser.get(page_of(Injunction, "change", procedure.pk)).status_code == 200
    Recovery.objects.filter(pk=case.pk).update(user=person("handler"))
    assert browser.get(page_of(Injunction, "change", procedure.pk)).status_code == 302
    assert office_of("auditor").get(page_of(Injunction, "change", procedure.pk)).status_code == 200


def test_the_page_of_a_transfer_says_which_invoices_go_and_which_stay(office: Client, owner: Api) -> None:
    old = {"invoice_number": "OLD", "invoice_date": "2015-01-01", "invoice_due_date": "2015-02-01"}
    case = case_of(owner, invoices=[old, {"invoice_number": "LIVE"}])
    for name in ("transfer", "check-eligibility"):
        page = words(act_page(office, case, name).content.decode())
        assert "Goes to court: LIVE." in page
        assert "Stays behind: OLD. It has been time-barred since 2020-02-02 (art. L110-4 C. com.)." in page
