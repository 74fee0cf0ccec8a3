"""The transfer of a case to an injunction procedure, seen by its clients."""

import math
import re
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.models import Model
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pytest_django import Settings

from companies.models import Company
from documents.models import Document, StoredFile
from documents.tasks import process
from documents.tasks import sweep as sweep_documents
from documents.tests.conftest import Web
from documents.tests.forms import PDF, blobs, docs_of, downloaded, upload, uploaded
from invoicing.models import Invoice
from legalcity.lib.clock import now, today
from recoveries.court.tasks import sweep_transfers, transfer_to_injunction
from recoveries.court.tests.transfers import (
    ALREADY,
    assert_counts_are_exact,
    assert_transferred_once,
    eligibility_path,
    refusing_rows,
    transfer_path,
    transferable,
)
from recoveries.court.transfer import transfer_carry_out
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import (
    Comment,
    Dette,
    Injunction,
    InjunctionFee,
    Recovery,
    TransferRequest,
)
from recoveries.rules import FIELDS
from tests.contract.reference import differences, operations
from tests.factories import Api, CompanyBody, InvoiceBody, add_status, bare_case_id, detail, move
from tests.ledgers import cases_vanish
from tests.noon import noon_of

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.usefixtures("in_process"),
]
noon = noon_of(today())

PATH = "/api/recoveries/{recovery}/injonction-transfer"
NO_SUCH_ID = 987654321
LONGEST = 5  # seconds of a transaction that writes
DONE = "Recovery successfully transferred to injunction procedure"
WHY = ("reasons", "reason_codes")
NOT_ELIGIBLE = "This recovery is not eligible for injunction transfer"
FAILURE = "An error occurred during injunction transfer"
ACCEPTED = "Transfer accepted and being processed"


def documented(status: int, saying: str) -> dict[str, Any]:
    """A documented response of the call."""
    [operation] = [each for each in operations() if {"method": "POST", "path": PATH} in each["calls"]]
    [body] = [
        each["body"]
        for each in operation["responses"]
        if each["status"] == status and each["body"]["message"] == saying
    ]
    return body


def assert_documented(answer: HttpResponse, status: int, saying: str, *, beside: tuple[str, ...] = ()) -> Any:
    """The answer is the documented one: status, message to the letter, keys in order, types.

    `beside` come behind those, then the code of a failure.
    """
    sample, body = documented(status, saying), answer.json()
    assert (answer.status_code, body["message"]) == (status, saying)
    assert tuple(body)[len(sample) :] == (beside if status < 400 else (*beside, "code"))
    assert not list(differences(sample, {key: body[key] for key in sample}, f"POST {PATH}"))
    return body


def transfer(api: Api, case: int) -> dict[str, Any]:
    """The `data` of a transfer that must succeed."""
    return assert_documented(api.post(transfer_path(case)), 200, DONE)["data"]


def rows(found: Any, *apart: str) -> list[dict[str, Any]]:
    """Every column of the rows but the named ones and those that each row has for itself."""
    columns = [name for name in _columns(found.model) if name not in {"id", *apart}]
    return list(found.order_by("id").values(*columns))


def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


# --- every documented response ---------------------------------------------------------------------------------


def test_the_documented_success(owner: Api) -> None:
    data = transfer(owner, transferable(owner))
    case = Recovery.objects.get(pk=data["id"])
    assert re.fullmatch(r"REC-INJ[A-Z0-9]{6}", data["reference"])
    assert data == {
        "id": case.pk,
        "reference": case.recovery_reference,
        "type": "INJONCTION DE PAYER",
        "assign_to_me": True,
        "customer_ref": case.customer.reference,
        "debtor_ref": case.debtor.reference,
        "url_pay": f"{django_settings.PUBLIC_BASE_URL}/injonction/{case.injunction.key}",
        "left_behind": [],
    }
    assert re.fullmatch(r"CUST-[A-Z0-9]{6}", data["customer_ref"])
    assert re.fullmatch(r"DEBT-[A-Z0-9]{6}", data["debtor_ref"])


def test_keys_of_payment_pages_cannot_be_guessed(owner: Api) -> None:
    keys = []
    for _number in range(2):
        data = transfer(owner, transferable(owner))
        key = data["url_pay"].rpartition("/")[2]
        assert key[:9] == data["reference"].removeprefix("REC-")
        keys.append(key[9:])
    assert all(re.fullmatch(r"[\w-]{32}", tail) for tail in keys)  # 192 bits
    assert keys[0] != keys[1]


def test_nobody_s_case_stays_nobody_s(owner: Api) -> None:
    case = transferable(owner, recovery={"assign_to_me": False})
    data = transfer(owner, case)
    assert data["assign_to_me"] is False
    assert detail(owner, data["id"])["user"] is None


def test_the_documented_refusals(owner: Api, stranger: Api, anonymous: Api) -> None:
    case, bare = transferable(owner), bare_case_id(owner)
    assert_documented(owner.post(transfer_path(NO_SUCH_ID)), 404, "Recovery not found")
    assert_documented(stranger.post(transfer_path(case)), 403, "Unauthorized access to this recovery")
    assert anonymous.post(transfer_path(case)).status_code == 401
    refused = assert_documented(owner.post(transfer_path(bare)), 403, NOT_ELIGIBLE, beside=WHY)
    assert refused["reasons"] == [
        "The case has no creditor (art. 54, 1407 CPC).",
        "The case has no debtor (art. 54, 1407 CPC).",
        "The case has no invoice that is not fully paid (art. 1405 CPC).",
    ]
    assert not TransferRequest.objects.exists()
    assert not Recovery.objects.filter(type=2).exists()


def test_a_case_is_transferred_once(owner: Api) -> None:
    case = transferable(owner)
    done = transfer(owner, case)
    for _again in range(2):
        refused = assert_documented(owner.post(transfer_path(case)), 403, NOT_ELIGIBLE, beside=WHY)
        assert refused["reasons"] == ALREADY
    refused = assert_documented(owner.post(transfer_path(done["id"])), 403, NOT_ELIGIBLE, beside=WHY)
    assert refused["reasons"] == ["Only an amicable case can be transferred."]
    assert_transferred_once(case)


@pytest.mark.parametrize(
    "table", ["companies_company", "recoveries_recovery", "invoicing_invoice", "recoveries_statuschange"]
)
def test_the_documented_failure_leaves_nothing_behind(owner: Api, table: str) -> None:
    case = transferable(owner)
    before = detail(owner, case)
    with refusing_rows(table):
        assert_documented(owner.post(transfer_path(case)), 500, FAILURE)
        assert_documented(owner.get(transfer_path(case)), 500, FAILURE)
    [request] = TransferRequest.objects.all()
    assert (request.state, request.ended_at is not None) == ("failed", True)
    assert detail(owner, case) == before
    assert (Recovery.objects.count(), Company.objects.count(), Injunction.objects.count()) == (1, 2, 0)
    assert_counts_are_exact()
    # What was in the way is gone: the client asks again.
    transfer(owner, case)
    assert_transferred_once(case)


def test_a_case_that_is_deleted_while_its_transfer_waits(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    case = transferable(owner)
    monkeypatch.setattr(transfer_to_injunction, "delay", lambda _id: owner.delete(f"/api/recoveries/{case}"))
    assert_documented(owner.post(transfer_path(case)), 404, "Recovery not found")


# --- what is copied --------------------------------------------------------------------------------------------


@pytest.fixture
def rich_case(owner: Api) -> int:
    """A case with something of everything."""
    case = transferable(
        owner,
        recovery={
            "recovery_service_object": "Façade",
            "recovery_observations": "Note",
            "recovery_late_interest": True,
            "recovery_interest_rate": "yes",
            "recovery_interest_rate_percent": "8.50",
            "recovery_penalty": True,
            "recovery_penalty_type": "amount",
            "recovery_penalty_amount": "40.00",
            "recovery_raison_notpaid": 2,
        },
        customer={"company_name": "Créance & Fils"},
        debtor={"company_name": "Débit SARL", "company_legalrep_firstname": "Zoé", "company_state": "Rhône"},
        invoices=[
            {"invoice_number": "OPEN", "invoice_amount": "1000.10", "api_invoice_id": "mine-1"},
            {
                "invoice_number": "PART",
                "invoice_amount": "500.00",
                "invoice_part_paid": True,
                "invoice_part_paid_amount": "120.05",
            },
            {
                "invoice_number": "PAID",
                "invoice_amount": "70.00",
                "invoice_part_paid": True,
                "invoice_part_paid_amount": "70.00",
            },
        ],
    )
    for number, seen in enumerate([(True, True, True), (True, False, False), (False, False, True)]):
        sent = dict(zip(("visibleToUser", "visibleToDebtor", "visibleToBailiff"), seen, strict=True))
        owner.data("POST", f"/api/recoveries/{case}/comments", {"comment": f"<p>Call {number}</p>", **sent})
    Comment.objects.filter(text="Call 1").update(is_read=True)
    dette_record(
        recovery_id=case, label="Deposit", amount=Decimal("30.00"), day=date(2026, 1, 2), comment="lost", by=None
    )
    acompte_record(recovery_id=case, amount=Decimal("25.00"), day=date(2026, 1, 3), by=None)
    return case


def test_invoices_that_are_not_fully_paid_are_copied_as_they_are(owner: Api, rich_case: int) -> None:
    copy = transfer(owner, rich_case)["id"]
    unpaid = Invoice.objects.filter(recovery=rich_case, remaining_amount__gt=0)
    assert rows(Invoice.objects.filter(recovery=copy), "recovery_id") == rows(unpaid, "recovery_id")
    shown = {each["invoice_number"]: each["remaining_amount"] for each in detail(owner, copy)["invoices"]}
    assert shown == {"OPEN": "1000.10", "PART": "379.95"}
    assert len(detail(owner, rich_case)["invoices"]) == 3


def test_comments_debts_and_payments_are_copied(owner: Api, rich_case: int) -> None:
    copy = transfer(owner, rich_case)["id"]
    for model in (Comment, Dette):
        kept = rows(model.objects.filter(recovery=rich_case), "recovery_id")
        assert rows(model.objects.filter(recovery=copy), "recovery_id") == kept
        assert kept
    shown = detail(owner, copy)
    assert [each["amount"] for each in shown["acomptes"]] == ["25.00"]
    assert [each["label"] for each in shown["dettes"]] == ["Deposit"]
    assert [(each["comment"], each["isRead"]) for each in shown["comments"]] == [
        ("Call 0", False),
        ("Call 1", True),
    ]
    assert len(detail(owner, rich_case)["acomptes"]) == 1


def test_parties_are_copied_under_references_of_their_own(owner: Api, rich_case: int) -> None:
    data = transfer(owner, rich_case)
    original, copy = Recovery.objects.get(pk=rich_case), Recovery.objects.get(pk=data["id"])
    for side in ("customer", "debtor"):
        before, after = getattr(original, f"{side}_id"), getattr(copy, f"{side}_id")
        assert before != after
        apart = ("reference", "created_at", "updated_at")
        assert rows(Company.objects.filter(pk=after), *apart) == rows(Company.objects.filter(pk=before), *apart)
        assert Company.objects.get(pk=before).reference is None
    assert Company.objects.count() == 4


def test_the_new_case(owner: Api, rich_case: int) -> None:
    move(rich_case, 2, 4)
    data = transfer(owner, rich_case)
    before, shown = detail(owner, rich_case), detail(owner, data["id"])
    assert {name: shown[name] for name in FIELDS if name != "type"} == {
        name: before[name] for name in FIELDS if name != "type"
    }
    assert (shown["type"], before["type"], shown["recovery_status"]) == (2, 1, 101)
    assert shown["status"]["name"] == "Requête en préparation"
    assert shown["user_id"] == owner.user.pk
    # 1000.10 + 500.00 + 30.00; less the part payment of 120.05 and the 25.00 received.
    assert (shown["amount"], shown["amount_torecover"]) == ("1530.10", "1385.05")
    assert (shown["invoices_count"], shown["comments_count"]) == (2, 2)
    assert [(step["from"], step["to"], step["user"]["id"]) for step in shown["statusHistory"]] == [
        (None, 101, owner.user.pk)
    ]
    [row] = owner.data("GET", "/api/recoveries?status=11")["recoveries"]
    assert (row["id"], row["amount_torecover"]) == (data["id"], "1385.05")
    for term in (data["reference"], "debit sarl", "creance"):
        listed = owner.data("GET", f"/api/recoveries?search={term}&sort_by=id&sort_order=asc")["recoveries"]
        assert data["id"] in [each["id"] for each in listed]
    assert owner.data("GET", "/api/recoveries")["pagination"]["total"] == 2
    assert_counts_are_exact()


def test_the_original_keeps_its_past_and_a_link(owner: Api, rich_case: int) -> None:
    before = detail(owner, rich_case)
    data = transfer(owner, rich_case)
    after = detail(owner, rich_case)
    assert (after["recovery_status"], after["status"]["name"]) == (10, "Transféré en injonction")
    assert after["statusHistory"][:-1] == before["statusHistory"]
    last = after["statusHistory"][-1]
    assert (last["from"], last["to"], last["user"]["id"]) == (1, 10, owner.user.pk)
    assert Recovery.objects.get(pk=rich_case).transferred_to_id == data["id"]
    assert after["next_deadline"] is None
    changed = {"recovery_status", "recovery_last_status", "status", "statusHistory", "injunction", "updated_at"}
    changed |= {"next_deadline", "due"}
    assert after["due"] == "0.00"
    assert {key: value for key, value in after.items() if key not in changed} == {
        key: value for key, value in before.items() if key not in changed
    }


def test_both_cases_show_the_procedure(owner: Api) -> None:
    InjunctionFee.objects.update_or_create(
        procedure="national",
        court_type="tribunal_de_commerce",
        defaults={"court_fee": Decimal("33.47"), "handling_fee": Decimal("60.00")},
    )
    case = transferable(owner)
    assert detail(owner, case)["injunction"] is None
    data = transfer(owner, case)
    expected = {
        "id": data["id"],
        "reference": data["reference"],
        "procedure": "national",
        "status": {
            "id": 101,
            "name": "Requête en préparation",
            "description": "Request for an order for payment being prepared",
        },
        "url_pay": data["url_pay"],
        "fee": {
            "amount": "105.47",
            "court_fee": "33.47",
            "handling_fee": "60.00",
            "handling_vat": "12.00",
            "paid": False,
            "paid_on": None,
            "confirmed": False,
        },
        "granted": None,
    }
    for shown in (detail(owner, case)["injunction"], detail(owner, data["id"])["injunction"]):
        assert shown == expected
        assert list(shown) == list(expected)
        assert list(shown["fee"]) == list(expected["fee"])
    move(data["id"], 102)
    Injunction.objects.update(fee_paid_on=date(2026, 3, 4))
    shown = detail(owner, case)["injunction"]
    assert (shown["status"]["id"], shown["fee"]["paid"], shown["fee"]["paid_on"]) == (102, True, "2026-03-04")


def test_the_fee_is_the_one_of_the_day_of_the_transfer(owner: Api) -> None:
    data = transfer(owner, transferable(owner))
    before = detail(owner, data["id"])["injunction"]["fee"]
    InjunctionFee.objects.update(court_fee=Decimal("99.00"))
    assert detail(owner, data["id"])["injunction"]["fee"] == before


def test_a_european_procedure(owner: Api) -> None:
    case = transferable(owner, customer={"company_country": "France"}, debtor={"company_country": "Allemagne"})
    data = transfer(owner, case)
    shown = detail(owner, case)["injunction"]
    fee = InjunctionFee.objects.get(procedure="european", court_type="tribunal_de_commerce")
    assert (shown["procedure"], shown["fee"]["amount"]) == (
        "european",
        f"{fee.court_fee + fee.handling_fee * Decimal('1.2'):.2f}",
    )
    assert data["type"] == "INJONCTION DE PAYER"


def test_a_status_that_staff_added_is_no_obstacle(owner: Api) -> None:
    case = transferable(owner)
    move(case, add_status(50, group=4))
    transfer(owner, case)
    assert_transferred_once(case)
    assert [step["to"] for step in detail(owner, case)["statusHistory"]] == [1, 50, 10]


# --- documents -------------------------------------------------------------------------------------------------


@pytest.fixture
def two_documents(owner: Api, development: None) -> int:
    """A case with a document of its own and one of its invoice, in this order."""
    case = transferable(owner)
    invoice = detail(owner, case)["invoices"][0]["id"]
    uploaded(owner, case, name="Contrat")
    uploaded(owner, case, name="Facture", invoice_id=invoice, file_type=1)
    return case


def file_names(documents: list[dict[str, Any]]) -> list[str]:
    """The names of the files behind documents."""
    return [document["file"]["filename"] for document in documents]


def test_documents_are_linked(owner: Api, two_documents: int, folder: Path) -> None:
    stored = blobs(folder)
    copy = transfer(owner, two_documents)["id"]
    assert blobs(folder) == stored
    assert StoredFile.objects.count() == 2
    apart = ("recovery_id", "invoice_id", "key", "due_at")
    linked = Document.objects.filter(recovery=copy)
    assert rows(linked, *apart) == rows(Document.objects.filter(recovery=two_documents), *apart)
    shown = detail(owner, copy)
    assert file_names(shown["all_docs"]) == ["Contrat.pdf", "Facture.pdf"]
    assert file_names(shown["docs"]) == ["Contrat.pdf"]
    assert shown["all_docs"][1]["invoice_id"] == shown["invoices"][0]["id"]
    for document in linked:
        assert downloaded(owner.get(f"{docs_of(copy)}/{document.pk}/download")) == PDF


def test_a_document_of_a_paid_invoice_is_linked_to_the_case(owner: Api, development: None) -> None:
    case = transferable(
        owner,
        invoices=[{}, {"invoice_number": "PAID", "invoice_part_paid": True, "invoice_part_paid_amount": "100.00"}],
    )
    [paid] = Invoice.objects.filter(recovery=case, invoice_number="PAID")
    uploaded(owner, case, name="Facture payée", invoice_id=paid.pk)
    copy = transfer(owner, case)["id"]
    assert file_names(detail(owner, copy)["docs"]) == ["Facture payée.pdf"]


def test_documents_that_wait_for_the_scanner_are_linked_too(
    owner: Api, without_scanner: None, folder: Path, settings: Settings
) -> None:
    case = transferable(owner)
    assert upload(owner, case).status_code == 202
    copy = transfer(owner, case)["id"]
    [linked] = Document.objects.filter(recovery=copy)
    address = f"{docs_of(copy)}/{linked.pk}/download"
    assert owner.get(address).status_code != 200
    settings.EMBEDDED, settings.CLAMD_URL = True, ""
    Document.objects.update(due_at=now() - timedelta(hours=1))
    assert sweep_documents() == 2
    assert downloaded(owner.get(address)) == PDF
    assert len(blobs(folder)) == 1


def _announced(owner: Api, case: int, url: str) -> Document:
    """A document that nobody has begun to fetch."""
    return Document.objects.create(recovery_id=case, name="Bon", source_url=url, author=owner.user)


def _swept() -> None:
    Document.objects.update(due_at=now() - timedelta(hours=1))
    sweep_documents()


def test_a_document_that_is_being_fetched_arrives_in_both_cases(
    owner: Api, development: None, web: Web, folder: Path
) -> None:
    case = transferable(owner)
    one = _announced(owner, case, web.put("/once.pdf", PDF))
    copy = transfer(owner, case)["id"]
    linked = Document.objects.get(recovery=copy)
    # The copy's turn comes first: it waits, and asks for nothing itself.
    process.delay(linked.pk)
    assert (owner.data("GET", f"{docs_of(copy)}/{linked.pk}")["state"], web.asked) == ("pending", [])
    process.delay(one.pk)
    _swept()
    for each, document in ((case, one), (copy, linked)):
        assert downloaded(owner.get(f"{docs_of(each)}/{document.pk}/download")) == PDF
    assert (web.asked, len(blobs(folder))) == (["/once.pdf"], 1)


def test_a_document_that_is_refused_is_refused_in_both_cases(owner: Api, development: None, web: Web) -> None:
    case = transferable(owner)
    one = _announced(owner, case, web.put("/page.html", b"<html>"))
    copy = transfer(owner, case)["id"]
    process.delay(one.pk)
    _swept()
    assert set(Document.objects.values_list("recovery_id", "state", "reason")) == {
        (case, "rejected", "type"),
        (copy, "rejected", "type"),
    }
    assert web.asked == ["/page.html"]


def test_a_document_whose_original_is_deleted_is_fetched_for_itself(owner: Api, development: None, web: Web) -> None:
    case = transferable(owner)
    one = _announced(owner, case, web.put("/a.pdf", PDF))
    copy = transfer(owner, case)["id"]
    assert owner.delete(f"{docs_of(case)}/{one.pk}").status_code == 200
    _swept()
    [linked] = Document.objects.filter(recovery=copy)
    assert downloaded(owner.get(f"{docs_of(copy)}/{linked.pk}/download")) == PDF


@pytest.mark.parametrize("first", ["original", "copy"])
def test_a_file_stays_until_both_cases_gave_it_up(owner: Api, two_documents: int, folder: Path, first: str) -> None:
    copy = transfer(owner, two_documents)["id"]
    cases = [two_documents, copy] if first == "original" else [copy, two_documents]
    for document in Document.objects.filter(recovery=cases[0]):
        assert owner.delete(f"{docs_of(cases[0])}/{document.pk}").status_code == 200
    assert len(blobs(folder)) == 2
    kept = Document.objects.filter(recovery=cases[1])
    for document in kept:
        assert downloaded(owner.get(f"{docs_of(cases[1])}/{document.pk}/download")) == PDF
    for document in kept:
        assert owner.delete(f"{docs_of(cases[1])}/{document.pk}").status_code == 200
    assert blobs(folder) == []


# --- afterwards ------------------------------------------------------------------------------------------------


def test_neither_case_can_be_changed_afterwards(owner: Api) -> None:
    case = transferable(owner)
    copy = transfer(owner, case)["id"]
    for each in (case, copy):
        base, shown = f"/api/recoveries/{each}", detail(owner, each)
        invoice, company = shown["invoices"][0]["id"], shown["debtor"]["id"]
        refused = [
            owner.put(base, {"recovery_service_object": "Other"}),
            owner.patch(base, {"recovery_service_object": "Other"}),
            owner.delete(base),
            owner.post(f"{base}/invoices", InvoiceBody()),
            owner.put(f"{base}/invoices/{invoice}", {"invoice_amount": "1.00"}),
            owner.delete(f"{base}/invoices/{invoice}"),
            owner.put(f"{base}/companies/{company}", CompanyBody()),
            owner.delete(f"{base}/companies/{company}"),
            owner.post(f"{base}/companies", CompanyBody(relation_type="debtor")),
        ]
        assert [answer.status_code for answer in refused] == [403] * len(refused)
        assert detail(owner, each) == shown


def test_comments_and_documents_stay_open(owner: Api, development: None) -> None:
    case = transferable(owner)
    copy = transfer(owner, case)["id"]
    for each in (case, copy):
        answer = owner.post(f"/api/recoveries/{each}/comments", {"comment": "<p>Later</p>"})
        assert answer.status_code == 201
        assert upload(owner, each).status_code == 201
    assert detail(owner, copy)["comments_count"] == detail(owner, case)["comments_count"] == 1


def test_what_the_bailiff_sees_of_an_injunction_case_is_frozen(owner: Api) -> None:
    case = transferable(owner)
    comments = f"/api/recoveries/{case}/comments"
    for bailiff in (True, False):
        owner.data("POST", comments, {"comment": f"<p>Bailiff {bailiff}</p>", "visibleToBailiff": bailiff})
    copy = transfer(owner, case)["id"]
    for each, frozen in ((case, 200), (copy, 403)):
        found = {one["visibleToBailiff"]: one["id"] for one in detail(owner, each)["comments"]}
        for bailiff, status in ((True, frozen), (False, 200)):
            address = f"/api/recoveries/{each}/comments/{found[bailiff]}"
            assert owner.put(address, {"comment": "<p>Changed</p>"}).status_code == status
            assert owner.delete(address).status_code == status


# --- waiting for the worker ------------------------------------------------------------------------------------


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch, system_setting: Callable[..., None]) -> None:
    """Nobody takes the tasks, and nobody waits for them."""
    system_setting(TRANSFER_WAIT_SECONDS=0)
    monkeypatch.setattr(transfer_to_injunction, "delay", lambda *_args: None)


def left_behind() -> None:
    """Let the waiting requests be old enough for the sweep."""
    TransferRequest.objects.update(due_at=now())


def assert_accepted(answer: HttpResponse, case: int) -> None:
    """202, and where to ask again."""
    address = f"http://testserver{transfer_path(case)}"
    assert (answer.status_code, answer.headers["Location"]) == (202, address)
    assert answer.json() == {
        "success": True,
        "data": {"state": "pending", "poll_url": address},
        "message": ACCEPTED,
    }


def test_a_transfer_that_takes_its_time_can_be_polled(
    owner: Api, stranger: Api, anonymous: Api, no_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = transferable(owner)
    path = transfer_path(case)
    missing = owner.get(path)
    assert (missing.status_code, missing.json()["success"]) == (404, False)
    assert_accepted(owner.post(path), case)
    assert_accepted(owner.get(path), case)
    assert (stranger.get(path).status_code, anonymous.get(path).status_code) == (403, 401)
    gone = assert_documented(owner.get(transfer_path(NO_SUCH_ID)), 404, "Recovery not found")
    assert gone["code"] == "case_not_found"
    monkeypatch.undo()
    assert sweep_transfers() == 0  # It has only just been asked for.
    left_behind()
    assert sweep_transfers() == 1
    done = assert_documented(owner.get(path), 200, DONE)["data"]
    assert detail(owner, case)["injunction"]["url_pay"] == done["url_pay"]
    assert sweep_transfers() == 0
    assert_transferred_once(case)
    # A refusal that comes later does not hide what was done.
    assert owner.post(path).status_code == 403
    assert assert_documented(owner.get(path), 200, DONE)["data"] == done


def test_asking_twice_while_nobody_works_gives_one_transfer(
    owner: Api, no_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = transferable(owner)
    for _again in range(3):
        assert_accepted(owner.post(transfer_path(case)), case)
    monkeypatch.undo()
    left_behind()
    assert sweep_transfers() == 3
    assert sorted(TransferRequest.objects.values_list("state", flat=True)) == ["done", "refused", "refused"]
    assert_documented(owner.get(transfer_path(case)), 200, DONE)
    assert_transferred_once(case)


def test_a_refusal_by_the_worker_is_told_in_the_language_of_who_asks(
    owner: Api, no_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = transferable(owner)
    assert_accepted(owner.post(transfer_path(case)), case)
    move(case, 9)
    monkeypatch.undo()
    left_behind()
    with translation.override(django_settings.LANGUAGE_CODE):  # As in a worker, which no request has told its language.
        sweep_transfers()
    for language in ("en", "fr"):
        with translation.override(language):
            sentence = translation.gettext("The case is closed.")
        refused = owner.get(transfer_path(case), Accept_Language=language)
        assert (refused.status_code, refused.json()["reasons"]) == (403, [sentence])
    assert_documented(owner.get(transfer_path(case)), 403, NOT_ELIGIBLE, beside=WHY)
    assert TransferRequest.objects.get().state == "refused"
    assert not Recovery.objects.filter(type=2).exists()


def test_a_request_is_carried_out_once(owner: Api, no_worker: None) -> None:
    case = transferable(owner)
    owner.post(transfer_path(case))
    request = TransferRequest.objects.get()
    answers = [transfer_carry_out(request_id=request.pk, today=today()) for _again in range(3)]
    assert answers == ["done"] * 3
    assert_transferred_once(case)


def test_a_transfer_that_has_cut_each_attempt_short_is_failed(
    owner: Api, no_worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = transferable(owner)
    owner.post(transfer_path(case))
    TransferRequest.objects.update(attempts=5)
    monkeypatch.undo()
    left_behind()
    assert sweep_transfers() == 1
    assert TransferRequest.objects.get().state == "failed"
    assert not Recovery.objects.filter(type=2).exists()
    assert owner.post(transfer_path(case)).status_code == 200  # Whoever asks anew begins anew.


def test_the_queue_may_be_down_when_a_transfer_is_asked_for(
    owner: Api, system_setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: Any) -> Any:
        raise ConnectionError("no broker")

    system_setting(TRANSFER_WAIT_SECONDS=0)
    case = transferable(owner)
    with monkeypatch.context() as broken:
        broken.setattr(transfer_to_injunction, "delay", down)
        assert_accepted(owner.post(transfer_path(case)), case)
    left_behind()
    assert sweep_transfers() == 1
    assert_transferred_once(case)


def test_the_answer_of_a_transfer_whose_injunction_case_is_gone(owner: Api) -> None:
    case = transferable(owner)
    copy = transfer(owner, case)["id"]
    cases_vanish(Recovery.objects.filter(pk=copy))
    answer = owner.get(transfer_path(case))
    assert (answer.status_code, answer.json()["success"]) == (404, False)
    assert detail(owner, case)["injunction"] is None
    assert owner.get(eligibility_path(case)).json()["data"]["eligible"] is False


# --- how much it costs -----------------------------------------------------------------------------------------


def _filled(owner: Api, invoices: int, comments: int) -> int:
    case = transferable(owner)
    of_case = {"recovery_id": case, "owner_id": owner.user.pk}
    Invoice.objects.bulk_create(
        Invoice(
            **of_case,
            invoice_number=f"N-{number}",
            invoice_date=date(2026, 1, 2),
            invoice_due_date=date(2026, 2, 2),
            invoice_amount=Decimal("10.00"),
        )
        for number in range(invoices - 1)
    )
    Comment.objects.bulk_create(
        Comment(**of_case, user=owner.user, html=f"<p>{number}</p>", text=str(number)) for number in range(comments)
    )
    return case


def _cost(owner: Api, invoices: int, comments: int) -> tuple[int, float]:
    """How many statements a transfer takes, and how many seconds."""
    case = _filled(owner, invoices, comments)
    request = TransferRequest.objects.create(recovery_id=case, user=owner.user)
    with CaptureQueriesContext(connection) as captured:
        began = time.monotonic()
        assert transfer_carry_out(request_id=request.pk, today=today()) == "done"
        took = time.monotonic() - began
    copy = Recovery.objects.get(transferred_from=case)
    assert (copy.invoices_count, copy.comments_count) == (invoices, comments)
    return len(captured), took


def test_a_large_case_takes_as_many_statements_as_a_small_one(owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    # The first one reads the system settings and the catalogue too, which are old after five seconds.
    monkeypatch.setattr("legalcity.lib.snapshot.MAX_AGE", math.inf)
    _cost(owner, 1, 1)
    small, _seconds = _cost(owner, 3, 3)
    large, seconds = _cost(owner, 1000, 2000)
    assert large == small < 110
    # Whoever follows events waits for the oldest transaction that writes. A machine that does something else beside
    # is given a second chance.
    assert seconds < LONGEST or _cost(owner, 1000, 2000)[1] < LONGEST


def test_what_is_barred_or_not_due_stays_behind_and_everybody_is_told_why(owner: Api) -> None:
    case = transferable(
        owner,
        invoices=[
            {"days": 3000, "invoice_number": "OLD", "invoice_amount": "1.00"},
            {"invoice_number": "LIVE", "invoice_amount": "9000.00"},
            {"days": -10, "invoice_number": "FUTURE"},
        ],
    )
    answer = owner.post(transfer_path(case))
    data = answer.json()["data"]
    assert list(data)[-1] == "left_behind"
    assert [each["invoice_number"] for each in data["left_behind"]] == ["OLD", "FUTURE"]
    assert "time-barred" in data["left_behind"][0]["reason"]
    assert owner.get(transfer_path(case)).json()["data"] == data
    copy = detail(owner, data["id"])
    assert [(each["invoice_number"], each["invoice_amount"]) for each in copy["invoices"]] == [("LIVE", "9000.00")]
    assert copy["amount"] == "9000.00"
    reason = detail(owner, case)["statusHistory"][-1]["comment"]
    assert reason.startswith("Restent dans ce dossier\u00a0:\nOLD\u00a0: ")
    assert "FUTURE" in reason
