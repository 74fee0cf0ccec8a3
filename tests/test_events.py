"""What the services of the case tell: each fact once, with its transaction or not at all, and nothing of a person."""

import json
import threading
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import translation
from jsonschema import Draft202012Validator, validate
from pytest_django import Settings

from accounts.models import User
from documents.content import inspect
from documents.models import Document, SignatureRequest
from documents.services.documents import (
    document_announce,
    document_delete,
    document_upload,
    document_visibility_set,
)
from documents.services.pipeline import JOB, document_process, reject
from documents.services.receiving import document_received
from documents.services.signing import ByHand, signature_record, signature_request
from documents.tests.conftest import folder  # noqa: F401 - a fixture
from documents.tests.forms import PDF
from events.models import Event
from events.types import Seen, event_types
from law.account.facts import ClaimKind, Head
from legalcity.lib.audience import Audience
from legalcity.lib.claims import seize
from legalcity.lib.clock import now, today
from legalcity.lib.dates import PARIS
from recoveries.ledger.models import Entry
from recoveries.ledger.reductions import waiver_record
from recoveries.ledger.reversals import acompte_reverse, dette_reverse
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Acompte, Comment, Dette, Recovery
from recoveries.services.cases import recovery_lock
from recoveries.services.comments import comment_create, comment_mark_read
from recoveries.services.handlers import case_assign
from recoveries.services.matter import matter_set
from tests import scenes_of_letters  # noqa: F401 - whose scenes it registers
from tests.factories import Api, ApiUserFactory, CompanyBody, InvoiceBody, bare_case_id, case_id, complete_body, move
from tests.letters import FREE
from tests.scenes import SCENES, Scene, tells

pytestmark = pytest.mark.django_db

# Families of events that belong to no case.
WITHOUT_CASE = {
    *("remittance", "scoring_order", "surveillance", "insolvency", "tokens", "protected_invoice", "firm_invoice"),
    *("api_key", "webhook_endpoint"),
}
TRIALS = {"test.ping"}  # Sent when somebody asks for it, and never an event.
PEOPLE = (
    *("Jane", "Smith", "jane@xyz.com", "debtor@example.com", "Oak", "Lyon", "+339", "Company ", "Hush", "signer"),
    *("Facture", "Ready-made"),
)


@pytest.fixture(autouse=True)
def embedded(settings: Settings, folder: Any, system_setting: Any) -> None:  # noqa: F811
    """Documents are stored in a folder of the test, and need no scanner; the firm may write letters."""
    settings.EMBEDDED = True
    settings.CLAMD_URL = ""
    system_setting(**FREE)


# --- cases -----------------------------------------------------------------------------------------------------------
@tells("recovery.created")
def a_bare_case(owner: Api) -> Iterator[None]:
    yield
    bare_case_id(owner)


@tells("recovery.created")
def a_complete_case(owner: Api) -> Iterator[None]:
    yield
    case_id(owner, invoices=[{}, {}])


@tells("recovery.updated")
def a_change_of_a_case(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    changed = {"recovery_due_date": "2026-01-31", "recovery_observations": "Hush, says Jane"}
    owner.data("PATCH", f"/api/recoveries/{case}", changed)


@tells("recovery.updated")
def another_matter(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    matter_set(recovery_id=case, matter=Recovery.Matter.HOUSING_LEASE, by=None)


@tells("recovery.deleted")
def a_case_that_goes_with_everything(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    _ready(owner, case)
    yield
    owner.data("DELETE", f"/api/recoveries/{case}")


@tells("recovery.assigned")
def a_handler(owner: Api) -> Iterator[None]:
    case, handler = case_id(owner), ApiUserFactory(is_staff=True)
    yield
    case_assign(recovery_id=case, handler=handler, by=None)


@tells("recovery.status_changed")
def a_step(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    move(case, 2)


@tells("recovery.status_changed", "recovery.closed")
def an_end(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    move(case, 9)


@tells("recovery.status_changed", "recovery.reopened")
def a_new_beginning(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    move(case, 9)
    yield
    move(case, 5)


# --- money -----------------------------------------------------------------------------------------------------------
def _paid(case: int, amount: str = "10.00") -> Acompte:
    return acompte_record(
        recovery_id=case, amount=Decimal(amount), day=today(), reference="Hush", confirmed=True, by=None
    )


def _owed(case: int) -> Dette:
    return dette_record(recovery_id=case, label="Hush", amount=Decimal(20), day=today(), head="deposit", by=None)


@tells("payment.recorded")
def a_payment(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    _paid(case)


@tells("payment.recorded")
def a_payment_that_the_creditor_received(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    sent = {"amount": "10.00", "date": today().isoformat(), "reference": "Hush"}
    owner.data("POST", f"/api/recoveries/{case}/payments", sent)


@tells("invoice.settled", "payment.recorded", "recovery.status_changed", "recovery.closed", "recovery.paid")
def a_payment_of_everything(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    _paid(case, "999999.00")


@tells("payment.reversed")
def a_payment_that_is_taken_back(owner: Api) -> Iterator[None]:
    payment = _paid(case_id(owner))
    yield
    acompte_reverse(recovery_id=payment.recovery_id, acompte_id=payment.pk, reason=Entry.Reason.REJECTED, by=None)


@tells("debt.recorded")
def a_debt(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    _owed(case)


@tells("debt.cancelled")
def a_debt_that_is_taken_back(owner: Api) -> Iterator[None]:
    debt = _owed(case_id(owner))
    yield
    dette_reverse(recovery_id=debt.recovery_id, dette_id=debt.pk, reason=Entry.Reason.MISTAKE, by=None)


@tells("credit_note.recorded")
def a_credit_note(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    invoice = Recovery.objects.get(pk=case).invoices.get()
    yield
    sent = {"invoice_id": invoice.pk, "amount": "1.00", "date": today().isoformat(), "reference": "Hush"}
    owner.data("POST", f"/api/recoveries/{case}/credit-notes", sent)


def _given_up(owner: Api, *, is_writeoff: bool) -> Iterator[None]:
    case = case_id(owner)
    claim = (ClaimKind.INVOICE, Recovery.objects.get(pk=case).invoices.get().pk)
    yield
    given: dict[str, Any] = {"head": Head.PRINCIPAL, "amount": Decimal(1), "day": today(), "claim": claim}
    waiver_record(recovery_id=case, **given, is_writeoff=is_writeoff, reason="Hush", by=None)


@tells("waiver.recorded")
def a_waiver(owner: Api) -> Iterator[None]:
    yield from _given_up(owner, is_writeoff=False)


@tells("writeoff.recorded")
def a_part_written_off(owner: Api) -> Iterator[None]:
    yield from _given_up(owner, is_writeoff=True)


# --- parties and claims ----------------------------------------------------------------------------------------------
@tells("company.created")
def a_party(owner: Api) -> Iterator[None]:
    case = bare_case_id(owner)
    yield
    owner.data("POST", f"/api/recoveries/{case}/companies", CompanyBody(relation_type="debtor"))


@tells("company.updated")
def a_change_of_a_party(owner: Api) -> Iterator[None]:
    path = _party(owner)
    yield
    owner.data("PUT", path, {"company_legal_form": "SAS", "company_city": "Lyon 2"})


@tells("company.removed")
def a_party_that_leaves(owner: Api) -> Iterator[None]:
    path = _party(owner)
    yield
    owner.data("DELETE", path)


@tells("invoice.created")
def an_invoice(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    owner.data("POST", f"/api/recoveries/{case}/invoices", InvoiceBody())


@tells("invoice.updated")
def a_change_of_an_invoice(owner: Api) -> Iterator[None]:
    path = _invoice(owner)
    yield
    owner.data("PUT", path, {"invoice_amount": "80"})


@tells("invoice.deleted")
def an_invoice_that_goes(owner: Api) -> Iterator[None]:
    path = _invoice(owner)
    yield
    owner.data("DELETE", path)


# --- words -----------------------------------------------------------------------------------------------------------
@tells("comment.created")
def a_comment(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    owner.data("POST", f"/api/recoveries/{case}/comments", {"comment": "Hush, says Jane"})


@tells("comment.updated")
def a_change_of_a_comment(owner: Api) -> Iterator[None]:
    path = _comment(owner)
    yield
    owner.data("PUT", path, {"comment": "Hush again"})


@tells("comment.deleted")
def a_comment_that_goes(owner: Api) -> Iterator[None]:
    path = _comment(owner)
    yield
    owner.data("DELETE", path)


@tells("comment.read")
def a_comment_that_is_read(owner: Api) -> Iterator[None]:
    _comment(owner)
    comment = Comment.objects.latest("id")
    yield
    for _time in range(2):
        comment_mark_read(comment_id=comment.pk, recovery=comment.recovery, by=None)


# --- papers ----------------------------------------------------------------------------------------------------------
@tells("document.received")
def a_document(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    _uploaded(owner, case)


@tells("document.received")
def an_address_of_a_document(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    values = {"name": "Facture"}
    document = document_announce(recovery_id=case, url="http://10.0.0.1/jane", values=values, by=owner.user)
    for _time in range(2):
        document_received(document_id=document.pk)


@tells("document.received", "document.ready")
def a_document_that_was_ready_before_its_request_ended(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    _ready(owner, case)


@tells()
def a_document_that_was_refused_in_its_own_request(owner: Api) -> Iterator[None]:
    case = case_id(owner)
    yield
    values = {"name": "Facture"}
    document = document_announce(recovery_id=case, url="http://10.0.0.1/jane", values=values, by=owner.user)
    document_process(document_id=document.pk, moment=now())
    document_received(document_id=document.pk)
    document_delete(document=document, by=None)


@tells("document.ready")
def a_document_that_was_scanned(owner: Api) -> Iterator[None]:
    document = _uploaded(owner, case_id(owner))
    yield
    document_process(document_id=document.pk, moment=now())


@tells("document.rejected")
def a_document_that_was_refused(owner: Api) -> Iterator[None]:
    document = _ready(owner, case_id(owner))
    yield
    reject(seize(JOB, document.pk), reason="Eicar-Jane")


@tells("document.failed")
def a_document_that_was_never_had(owner: Api) -> Iterator[None]:
    document = _uploaded(owner, case_id(owner))
    Document.objects.filter(pk=document.pk).update(attempts=JOB.most_attempts)
    yield
    document_process(document_id=document.pk, moment=now())


@tells("document.deleted")
def a_document_that_goes(owner: Api) -> Iterator[None]:
    document = _ready(owner, case_id(owner))
    yield
    document_delete(document=document, by=owner.user)


@tells("document.visibility_changed")
def a_document_that_is_shown(owner: Api) -> Iterator[None]:
    document = _ready(owner, case_id(owner))
    yield
    for _time in range(2):
        document_visibility_set(document_id=document.pk, visible_to={Audience.DEBTOR: True}, by=None)


@tells("signature.requested")
def a_signature(owner: Api) -> Iterator[None]:
    document = _ready(owner, case_id(owner))
    yield
    _signature(document)


@tells("signature.signed")
def a_signature_that_was_given(owner: Api) -> Iterator[None]:
    request = _signature(_ready(owner, case_id(owner)))
    yield
    signature_record(request_id=request.pk, signed=True, by=None)


@tells("signature.declined")
def a_signature_that_was_declined(owner: Api) -> Iterator[None]:
    request = _signature(_ready(owner, case_id(owner)))
    yield
    signature_record(request_id=request.pk, signed=False, by=None)


def _party(owner: Api) -> str:
    case = bare_case_id(owner)
    company = owner.data("POST", f"/api/recoveries/{case}/companies", CompanyBody(relation_type="debtor"))
    return f"/api/recoveries/{case}/companies/{company['id']}"


def _invoice(owner: Api) -> str:
    case = case_id(owner)
    invoice = owner.data("POST", f"/api/recoveries/{case}/invoices", InvoiceBody(invoice_amount="70.00"))
    return f"/api/recoveries/{case}/invoices/{invoice['id']}"


def _comment(owner: Api) -> str:
    case = case_id(owner)
    comment = owner.data("POST", f"/api/recoveries/{case}/comments", {"comment": "Hush, says Jane"})
    return f"/api/recoveries/{case}/comments/{comment['id']}"


def _uploaded(owner: Api, case: int) -> Document:
    document = _sent(owner, case)
    document_received(document_id=document.pk)
    return document


def _sent(owner: Api, case: int) -> Document:
    file = BytesIO(PDF)
    inspected = inspect(file, file_name="jane.pdf")
    return document_upload(
        recovery_id=case, file=file, inspected=inspected, values={"name": "Facture Smith"}, by=owner.user
    )


def _ready(owner: Api, case: int) -> Document:
    document = _sent(owner, case)
    document_process(document_id=document.pk, moment=now())
    document.refresh_from_db()
    return document


def _signature(document: Document) -> SignatureRequest:
    return signature_request(
        document=document, signer_name="Jane Smith", signer_email="jane@xyz.com", provider=ByHand(), by=None
    )


# --- accounts --------------------------------------------------------------------------------------------------------
@tells("webhook_endpoint.disabled")
def an_endpoint_that_is_disabled(owner: Api) -> Iterator[None]:
    made = owner.data("POST", "/api/webhook-endpoints", {"url": "https://93.184.216.34/jane"})
    yield
    for _time in range(2):
        owner.data("PATCH", f"/api/webhook-endpoints/{made['id']}", {"state": "disabled"})


# --- what is told ----------------------------------------------------------------------------------------------------
def newest(after: int = 0) -> list[Event]:
    return list(Event.objects.filter(pk__gt=after).order_by("id"))


def last_id() -> int:
    return Event.objects.order_by("-id").values_list("pk", flat=True).first() or 0


def begun(scene: Scene, owner: Api) -> tuple[Iterator[None], int]:
    play = scene(owner)
    next(play)
    return play, last_id()


by_name = pytest.mark.parametrize(("scene", "codes"), SCENES, ids=lambda value: getattr(value, "__name__", ""))


@by_name
def test_what_is_done_is_told_once_and_says_nothing_of_people(owner: Api, scene: Scene, codes: list[str]) -> None:
    play, before = begun(scene, owner)
    next(play, None)
    events = newest(before)
    assert [event.type for event in events] == codes
    for event in events:
        assert event.owner_id == owner.user.pk
        assert event.recovery_id or event.type.split(".")[0] in WITHOUT_CASE
        assert (event.object_type, event.object_id) == (event.data["object"]["type"], str(event.data["object"]["id"]))
        validate(event.data, event_types()[event.type].schema)
        assert not [word for word in PEOPLE if word in json.dumps(event.data, ensure_ascii=False)], event.data
        is_change = event.type.endswith((".updated", ".assigned", "_changed"))
        assert hasattr(event, "change") == is_change, event.type


@pytest.mark.same_everywhere
@by_name
def test_what_is_undone_is_not_told(owner: Api, scene: Scene, codes: list[str]) -> None:
    play, before = begun(scene, owner)
    with transaction.atomic():
        next(play, None)
        transaction.set_rollback(True)
    assert newest(before) == []


def test_every_type_is_told_by_somebody() -> None:
    told = {code for _scene, codes in SCENES for code in codes}
    assert told == set(event_types()) - TRIALS


def test_a_change_keeps_both_sides_and_sends_those_that_are_no_text(owner: Api) -> None:
    play, before = begun(a_change_of_a_case, owner)
    next(play, None)
    [event] = newest(before)
    assert event.data["previous"] == {"recovery_due_date": "2025-12-31"}
    assert event.data["current"] == {"recovery_due_date": "2026-01-31"}
    assert event.data["changed"] == ["recovery_due_date", "recovery_observations"]
    assert "Jane" not in json.dumps(event.data)
    assert event.change.changes == {
        "recoveries_recovery": {
            event.object_id: {
                "recovery_due_date": ["2025-12-31", "2026-01-31"],
                "recovery_observations": [None, "Hush, says Jane"],
            }
        }
    }
    assert (event.actor_id, event.door) == (owner.user.pk, "api")
    assert event.request_id


def test_a_change_of_a_text_alone_is_named_and_the_clients_own_reference_is_told(owner: Api) -> None:
    case = case_id(owner)
    owner.data("PATCH", f"/api/recoveries/{case}", {"recovery_observations": "Hush"})
    assert newest()[-1].data | {"object": {}} == {
        "object": {},
        "previous": {},
        "current": {},
        "changed": ["recovery_observations"],
    }
    owner.data("PATCH", f"/api/recoveries/{case}", {"external_id": "ERP-1"})
    told = newest()[-1].data
    assert (told["previous"], told["current"]) == ({"external_id": None}, {"external_id": "ERP-1"})
    assert told["changed"] == ["external_id"]


def test_a_step_is_told_with_its_phase(owner: Api) -> None:
    case = case_id(owner)
    move(case, 4)
    moved = newest()[-1].data
    assert moved["previous"] == {"recovery_last_status": 1, "group": 1, "phase": "amicable"}
    assert moved["current"] == {"recovery_last_status": 4, "group": 4, "phase": "formal"}
    move(case, 8)
    closed = newest()[-1]
    assert (closed.type, closed.data["current"]) == ("recovery.closed", {"reason": "paid"})


def test_a_complete_case_is_one_event_with_the_ids_of_what_came_with_it(owner: Api) -> None:
    body = complete_body(invoices=[{"invoice_number": f"N-{n}"} for n in range(60)])
    filed = owner.data("POST", "/api/recoveries/complete", body)
    event = newest()[-1]
    current = event.data["current"]
    assert (current["amount"], current["invoices_count"], len(current["invoice_ids"])) == ("6000.00", 60, 50)
    assert (current["customer_id"], current["debtor_id"]) == (filed["customer"]["id"], filed["debtor"]["id"])
    assert event.data["object"] == {
        "type": "recovery",
        "id": filed["recovery"]["id"],
        "recovery_reference": filed["recovery"]["recovery_reference"],
        "type_id": 1,
    }


# --- what is not told ------------------------------------------------------------------------------------------------
def test_what_changes_nothing_tells_nothing(owner: Api) -> None:
    case, party, invoice, comment = case_id(owner), _party(owner), _invoice(owner), _comment(owner)
    handler = ApiUserFactory(is_staff=True)
    case_assign(recovery_id=case, handler=handler, by=None)
    before = last_id()
    for method in ("PUT", "PATCH"):
        owner.data(method, f"/api/recoveries/{case}", {"recovery_due_date": "2025-12-31"})
        owner.data(method, f"/api/recoveries/{case}", {})
    owner.data("PUT", party, {"company_legal_form": "SARL"})
    owner.data("PUT", invoice, {"invoice_amount": 70})
    owner.data("PUT", comment, {"comment": Comment.objects.latest("id").html})
    case_assign(recovery_id=case, handler=handler, by=None)
    matter_set(recovery_id=case, matter=Recovery.Matter.ORDINARY, by=None)
    move(case, 1)
    assert newest(before) == []


def test_what_is_refused_tells_nothing(owner: Api, stranger: Api) -> None:
    case, invoice, comment = case_id(owner), _invoice(owner), _comment(owner)
    before = last_id()
    assert owner.patch(f"/api/recoveries/{case}", {"recovery_due_date": "never"}).status_code == 422
    assert owner.post(f"/api/recoveries/{case}/invoices", InvoiceBody(invoice_amount="-1")).status_code == 422
    assert stranger.patch(f"/api/recoveries/{case}", {"recovery_due_date": "2026-01-31"}).status_code == 403
    assert stranger.delete(comment).status_code == 404
    move(case, 2)
    move(case, 3)
    before = last_id()
    assert owner.delete(f"/api/recoveries/{case}").status_code == 403
    assert owner.put(invoice, {"invoice_amount": "nothing"}).status_code == 422
    assert newest(before) == []


# --- who hears of it -------------------------------------------------------------------------------------------------
def test_of_a_comment_hears_who_sees_it(owner: Api) -> None:
    case = recovery_lock(recovery_id=case_id(owner))
    for shown, seen in (
        ({}, Seen.CLIENT | Seen.STAFF | Seen.BAILIFF),
        ({"visible_to_user": False, "visible_to_bailiff": False}, Seen.STAFF),
        ({"visible_to_debtor": True}, Seen.CLIENT | Seen.STAFF | Seen.BAILIFF | Seen.DEBTOR),
    ):
        comment_create(recovery=case, values={"comment": "<p>Bonjour</p>", **shown}, by=None)
        assert newest()[-1].audience == seen


def test_who_saw_a_document_hears_that_it_was_hidden(owner: Api) -> None:
    document = _ready(owner, case_id(owner))
    document_visibility_set(document_id=document.pk, visible_to={Audience.CLIENT: False}, by=None)
    assert newest()[-1].audience == Seen.CLIENT | Seen.STAFF
    document_visibility_set(document_id=document.pk, visible_to={Audience.BAILIFF: True}, by=None)
    assert newest()[-1].audience == Seen.STAFF | Seen.BAILIFF


# --- the types -------------------------------------------------------------------------------------------------------
@pytest.mark.same_everywhere
@pytest.mark.parametrize("code", event_types())
def test_a_type_explains_itself(code: str) -> None:
    declared = event_types()[code]
    Draft202012Validator.check_schema(declared.schema)
    validate(declared.example, declared.schema)
    assert declared.audience & Seen.STAFF
    sentences = set()
    for language in ("en", "fr"):
        with translation.override(language):
            sentences.add(str(declared.sentence))
    assert len(sentences) == 2


# --- at once ---------------------------------------------------------------------------------------------------------
@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_who_move_a_case_at_once_one_tells(owner: Api) -> None:
    case, before = case_id(owner), last_id()
    ready = threading.Barrier(2)

    def go() -> None:
        try:
            ready.wait(10)
            move(case, 2)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert [event.type for event in newest(before)] == ["recovery.status_changed"]
    assert User.objects.filter(pk=owner.user.pk).exists()


def test_a_payment_is_told_with_what_is_owed_after_it_and_is_true_since_its_own_day(owner: Api) -> None:
    case = case_id(owner)
    payment = acompte_record(recovery_id=case, amount=Decimal(10), day=date(2026, 1, 5), confirmed=True, by=owner.user)
    [event] = Event.objects.filter(type="payment.recorded")
    due = owner.data("GET", f"/api/recoveries/{case}/decompte")["total"]["due"]
    assert event.data["object"] == {"type": "payment", "id": payment.pk, "recovery_id": case}
    assert event.data["current"] == {
        "amount": "10.00",
        "on": "2026-01-05",
        "is_direct": False,
        "invoice_id": None,
        "hand_over_by": "2026-02-05",
        "due": due,
    }
    assert event.effective_at.astimezone(PARIS).date() == date(2026, 1, 5)
    assert (event.actor_id, event.audience) == (owner.user.pk, Seen.CLIENT | Seen.STAFF)
