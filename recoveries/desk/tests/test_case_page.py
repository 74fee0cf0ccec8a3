"""The page of a case: what it shows, to whom, and at what cost."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent
from documents.models import Document, SignatureRequest
from documents.services.storage import bytes_put
from invoicing.models import Invoice
from legalcity.lib.clock import today
from recoveries.court.procedure import procedure_record
from recoveries.court.transfer import transfer_carry_out
from recoveries.desk.reads.timeline import cursor_read, timeline
from recoveries.desk.reads.timeline_sources import TABS
from recoveries.desk.tests.pages import case_of, office_of, opened, person, ready_document, words
from recoveries.ledger.rate_book import rate_book
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Acompte, Comment, Dette, EcbRate, Recovery, StatusChange, TransferRequest
from tests.backoffice import act, browser_of, chief, page_of
from tests.factories import Api, InvoiceBody, move
from tests.noon import noon_of

pytestmark = pytest.mark.django_db
noon = noon_of(today())

INTEREST = {"assign_to_me": False, "recovery_late_interest": True, "recovery_interest_rate": "no"}
LIST = "/admin/recoveries/recovery/"
BUDGET = 24
CHILDREN = {"status", "comment", "document", "signature", "payment", "debt"}  # that `_children` makes
MONEY = {"record-payment", "record-debt", "credit-note", "waive", "write-off", "record-acknowledgement"}
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")


@pytest.fixture
def office(db: None) -> Client:
    """The browser of a member of staff who may do everything."""
    return browser_of(chief(language="en"))


def _transferred(case: Recovery) -> Recovery:
    asked = TransferRequest.objects.create(recovery=case)
    assert transfer_carry_out(request_id=asked.pk, today=today()) == "done"
    return Recovery.objects.get(transferred_from=case.pk)


def _children(case: Recovery, count: int) -> None:
    """So many of everything that hangs on a case, one after the other."""
    start = datetime(2026, 1, 1, 9, tzinfo=UTC)
    for number in range(count):
        moment = start + timedelta(minutes=number)
        change = StatusChange.objects.create(recovery=case, to_status_id=1, comment=f"step {number}.")
        comment = Comment.objects.create(recovery=case, html=f"<p>said {number}.</p>", text=f"said {number}.")
        payment = Acompte.objects.create(recovery=case, amount=1, date=date(2026, 1, 1), reference=f"paid {number}.")
        debt = Dette.objects.create(recovery=case, amount=1, date=date(2026, 1, 1), label=f"owed {number}.")
        document = ready_document(case, name=f"paper {number}.pdf")
        signature = SignatureRequest.objects.create(document=document, signer_name=f"signer {number}.")
        Invoice.objects.create(recovery=case, **InvoiceBody(invoice_number=f"BILL-{number:04}"))
        SignatureRequest.objects.filter(pk=signature.pk).update(requested_at=moment)
        for row in (change, comment, payment, debt, document):
            type(row).objects.filter(pk=row.pk).update(created_at=moment)


# --- what it shows -----------------------------------------------------------------------------------------------


@pytest.mark.same_everywhere
def test_the_head_says_what_the_case_is(office: Client, owner: Api) -> None:
    late, waits = today() - timedelta(days=40), today() + timedelta(days=90)
    first = {"invoice_date": "2026-01-05", "invoice_due_date": late.isoformat(), "invoice_amount": "1000.00"}
    case = case_of(
        owner,
        recovery={"assign_to_me": False, "recovery_late_interest": False},
        customer={"company_name": "Creditor SA"},
        debtor={"company_name": "Debtor SARL"},
        invoices=[first, {**first, "invoice_due_date": waits.isoformat(), "invoice_amount": "500.00"}],
    )
    acompte_record(recovery_id=case.pk, amount=Decimal("300.00"), day=date(2026, 1, 5), by=None)
    said = words(opened(office, case))
    for part in (case.recovery_reference, "Creditor SA", "Debtor SARL", "Dossier Créé", "Late since 40 days"):
        assert part in said
    assert "Due today 740.00 €" in said  # with the flat indemnity
    assert "Not yet due 500.00 €" in said
    assert "Received 300.00 €" in said
    assert "Handler: nobody" in said


LIMITATION = "Have the order served before the claim is time-barred"
TOO_LATE = "The claim can no longer be asked for in court. (art. L110-4 C. com.)"


@pytest.mark.same_everywhere
def test_an_amicable_case_says_until_when_it_may_go_to_court(office: Client, owner: Api) -> None:
    case = case_of(owner, invoices=[{"invoice_date": "2025-10-20", "invoice_due_date": "2025-11-20"}])
    assert f"Next deadline 10/20/2030 {LIMITATION}. {TOO_LATE}" in words(opened(office, case))
    acompte_record(recovery_id=case.pk, amount=Decimal("10.00"), day=date(2026, 1, 5), by=None)
    said = words(opened(office, case))
    assert f"Legal deadlines 10/20/2030 {LIMITATION} {TOO_LATE} 01/05/2031 {LIMITATION}, if payments or the due" in said
    move(case.pk, 8)
    assert "Next deadline –" in words(opened(office, case))


@pytest.mark.same_everywhere
def test_an_injunction_case_says_what_the_court_waits_for(office: Client, owner: Api) -> None:
    original = case_of(owner)
    case = _transferred(original)
    procedure_record(
        recovery_id=case.pk,
        values={"filed_on": date(2026, 1, 5), "order_made_on": date(2026, 2, 2)},
        today=today(),
        by=None,
    )
    said = words(opened(office, case))
    assert "Next deadline 08/03/2026 Serve the order on the debtor. The order becomes void. (art. 1411 CPC)" in said
    assert f"Transferred from {original.recovery_reference}" in said
    original.refresh_from_db()
    assert f"Goes on as {case.recovery_reference}" in words(opened(office, original))


@pytest.mark.same_everywhere
def test_too_much_money_is_told(office: Client, owner: Api) -> None:
    no_interest = {"assign_to_me": False, "recovery_late_interest": False}
    case = case_of(owner, recovery=no_interest, invoices=[{"invoice_amount": "100.00"}])
    acompte_record(recovery_id=case.pk, amount=Decimal("170.00"), day=date(2026, 1, 5), confirmed=True, by=None)
    said = words(opened(office, case))
    assert "30.00 € too much" in said  # beyond the principal and the flat indemnity
    assert "Paid beyond what was owed 30.00 €" in said


def test_head_panel_and_rows_speak_from_one_account(office: Client, owner: Api) -> None:
    """Interest is met first: a payment of the amount of the invoice leaves principal, in the head and in its row."""
    case = case_of(owner, recovery=INTEREST, invoices=[{"invoice_amount": "1000.00"}])
    acompte_record(recovery_id=case.pk, amount=Decimal("1000.00"), day=today(), by=None)
    page = office.get(page_of(Recovery, "change", case.pk))
    total = page.context["account"].told.total
    [row] = page.context["invoice_rows"]
    assert total.principal > 0
    assert row.left.amounts.due == total.due
    assert words(page.content.decode()).count(f"{total.due:,.2f} €") == 3  # head, panel, row
    assert "To recover" not in words(page.content.decode())


@pytest.mark.same_everywhere
def test_without_a_rate_the_page_says_for_which_day(office: Client, owner: Api) -> None:
    case = case_of(owner, recovery=INTEREST)
    EcbRate.objects.all().delete()
    rate_book.forget()
    page = office.get(page_of(Recovery, "change", case.pk))
    assert "No interest rate is known for" in words(page.content.decode())
    assert page.context["account"].told is None


@pytest.mark.same_everywhere
def test_nothing_on_the_page_is_a_field(office: Client, owner: Api) -> None:
    case = case_of(owner)
    page = opened(office, case)
    content = page[page.index('id="content-main"') :]
    assert not re.search(r"<(select|textarea)", content)
    assert not re.search(r"<input(?![^>]*(hidden|search|type=\"file\"))", content)
    sent = office.post(
        page_of(Recovery, "change", case.pk), {"status": 9, "amount": "1", "recovery_reference": "REC-X"}
    )
    assert sent.status_code == 403
    fresh = Recovery.objects.get(pk=case.pk)
    assert (fresh.status_id, fresh.amount, fresh.recovery_reference) == (1, case.amount, case.recovery_reference)


# --- the timeline ------------------------------------------------------------------------------------------------


def test_everything_is_on_one_timeline_newest_first(owner: Api) -> None:
    case = case_of(owner)
    StatusChange.objects.filter(recovery=case).delete()
    _children(case, 3)
    entries = timeline(case.pk).entries
    assert [entry.kind for entry in entries] == ["status", "comment", "document", "signature", "payment", "debt"] * 3
    moments = [entry.moment for entry in entries]
    assert moments == sorted(moments, reverse=True)
    assert {entry.moment.utcoffset() for entry in entries} == {timedelta(0)}


def test_a_transfer_is_told_on_both_cases(office: Client, owner: Api) -> None:
    original = case_of(owner)
    case = _transferred(original)
    for shown in (original, case):
        page = opened(office, shown, "?kind=transfer")
        assert f"{original.recovery_reference} → {case.recovery_reference}" in words(page)


@pytest.mark.parametrize("kind", [*TABS, "", "x", "\x00", "status' OR 1=1"])
def test_the_timeline_shows_one_kind_alone(office: Client, owner: Api, kind: str) -> None:
    case = case_of(owner)
    _children(case, 2)
    answer = office.get(page_of(Recovery, "change", case.pk), {"kind": kind})
    shown = {entry.kind for entry in answer.context["timeline"].entries}
    assert shown == ({kind} & {*CHILDREN, "event"} if kind in TABS else CHILDREN)


def test_older_events_follow_and_none_is_lost(office: Client, owner: Api) -> None:
    case = case_of(owner)
    _children(case, 30)
    # Many at the same moment: the order goes on by kind and id.
    Comment.objects.filter(recovery=case).update(created_at=datetime(2026, 1, 1, 9, tzinfo=UTC))
    seen: list[tuple[str, int]] = []
    address = page_of(Recovery, "change", case.pk)
    while address:
        answer = office.get(address)
        seen += [(entry.kind, entry.id) for entry in answer.context["timeline"].entries]
        found = re.search(r'href="(\?[^"]*after=[^"]*)#timeline"', answer.content.decode())
        address = page_of(Recovery, "change", case.pk) + found[1].replace("&amp;", "&") if found else ""
    assert len(seen) == len(set(seen)) == 30 * 6 + 1


@pytest.mark.parametrize(
    "text", ["", "x", "~~", "2026-01-01~status~1~2", "9999-12-31T23:59:59-23:59~status~1", "2026~x~1"]
)
def test_a_cursor_of_nobody_begins_at_the_newest(office: Client, owner: Api, text: str) -> None:
    case = case_of(owner)
    assert cursor_read(text) is None
    answer = office.get(page_of(Recovery, "change", case.pk), {"after": text})
    assert len(answer.context["timeline"].entries) == 1


@pytest.mark.same_everywhere
def test_words_of_others_are_text_and_comments_are_the_html_that_was_cleaned(office: Client, owner: Api) -> None:
    hostile = "<script>alert(1)</script>"
    case = case_of(owner, debtor={"company_name": hostile}, invoices=[{"invoice_number": hostile}])
    StatusChange.objects.create(recovery=case, to_status_id=1, comment=hostile)
    acompte_record(
        recovery_id=case.pk, amount=Decimal(1), day=date(2026, 1, 1), method=hostile, comment=hostile, by=None
    )
    dette_record(recovery_id=case.pk, amount=Decimal(1), day=date(2026, 1, 1), label=hostile, by=None)
    ready_document(case, name=hostile)
    owner.data("POST", f"/api/recoveries/{case.pk}/comments", {"comment": "<p>so <b>bold</b></p>"})
    page = opened(office, case)
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)") >= 6
    assert "<p>so <b>bold</b></p>" in page


# --- what it costs -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["handler", "auditor"])
def test_the_page_keeps_its_budget_whatever_hangs_on_the_case(owner: Api, role: str) -> None:
    browser, costs = office_of(role), []
    for count in (1, 60):
        case = case_of(owner)
        _children(case, count)
        opened(browser, case)  # What a process reads once and keeps.
        with CaptureQueriesContext(connection) as caught:
            opened(browser, case)
        costs.append(sum(not query["sql"].startswith(TRANSACTION) for query in caught))
    assert costs[0] == costs[1] <= BUDGET, costs


@pytest.mark.same_everywhere
def test_long_tables_are_leafed_through(office: Client, owner: Api) -> None:
    case = case_of(owner, invoices=[])
    _children(case, 60)
    first, second = opened(office, case), opened(office, case, "?invoices=2")
    assert [len(re.findall(r"BILL-\d{4}", page)) for page in (first, second)] == [50, 10]
    for name in ("invoices", "documents", "payments", "debts"):
        assert f"?{name}=2#{name}" in first
    for wrong in ("0", "-1", "x", "٣", "9" * 400):
        assert "BILL-" in opened(office, case, f"?documents={wrong}")


# --- who sees it -------------------------------------------------------------------------------------------------


def test_a_handler_opens_the_own_cases_and_those_of_nobody(owner: Api) -> None:
    handler, other = person("handler"), person("handler")
    case, browser = case_of(owner), browser_of(handler)
    for user, is_seen in ((None, True), (handler, True), (other, False)):
        Recovery.objects.filter(pk=case.pk).update(user=user)
        for address in (page_of(Recovery, "change", case.pk), page_of(Recovery, "action", case.pk, "comment")):
            assert (browser.get(address).status_code == 200) is is_seen


def test_the_case_of_another_handler_is_as_one_that_is_not_there(owner: Api) -> None:
    case = case_of(owner)
    Recovery.objects.filter(pk=case.pk).update(user=person("handler"))
    told = []
    for pk in (case.pk, 10**9, 10**30):
        answer = office_of("handler").get(page_of(Recovery, "change", pk), follow=True)
        told.append((answer.redirect_chain, [str(message) for message in answer.context["messages"]]))
    assert told[0] == told[1] == told[2]
    assert told[0][1] == ["There is no such case, or another handler has it."]


def test_who_looked_is_written_down(owner: Api) -> None:
    case = case_of(owner)
    opened(office_of("handler", email="looks@example.com"), case)
    event = AuditEvent.objects.get(action="viewed", object_type="recoveries.recovery", object_id=str(case.pk))
    assert event.actor_email == "looks@example.com"


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (
            "handler",
            {
                *(*MONEY, "move-status", "assign", "comment", "send-reminder", "notice-received", "upload-document"),
                *("transfer", "set-matter", "enter-party-fact", "creditor-reminder"),
                *("take", "send-next-reminder", "send-decompte", "invoice-facts"),
                *("answer-client", "call-note", "add-task", "follow-up", "promise", "correct-contact"),
                "add-contact",
                *("add-invoice", "correct-invoice", "remove-invoice", "correct-party", "correct-claim", "order-score"),
            },
        ),
        ("accountant", {*MONEY, "comment", "answer-client", "call-note"}),
        ("auditor", set()),
    ],
)
def test_each_role_has_its_buttons(owner: Api, role: str, offered: set[str]) -> None:
    case = case_of(owner)
    page = opened(office_of(role), case)
    always = {"check-eligibility"}
    assert set(re.findall(r"/action/([a-z-]+)/[\"?]", page)) == offered | always


# --- documents ---------------------------------------------------------------------------------------------------


def _address(page: str, document: Document) -> str:
    return page_of(Recovery, page, document.recovery_id, document.pk)


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("mime", "name", "way"),
    [
        ("application/pdf", "Bill.pdf", "inline"),
        ("image/png", "Photo.png", "inline"),
        ("application/msword", "Letter.doc", "attachment"),
    ],
)
def test_a_document_is_shown_in_a_frame_that_can_do_nothing(
    folder: Path, office: Client, owner: Api, mime: str, name: str, way: str
) -> None:
    document = ready_document(case_of(owner), mime=mime, name=name)
    with open(folder.parent / "bytes", "w+b") as file:
        file.write(b"data")
        bytes_put(key=document.file.key, file=file)
    page = office.get(_address("document", document))
    assert page["X-Frame-Options"] == "DENY"
    assert ("<iframe" in page.content.decode()) is (way == "inline")
    answer = office.get(_address("content", document))
    assert answer.getvalue() == b"data"
    assert answer["Content-Type"] == mime
    assert answer["Content-Disposition"] == f'{way}; filename="{name}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Cache-Control"].startswith("no-store, private")
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none';")
    assert "frame-ancestors 'self'" in policy
    assert "allow-" not in policy
    download = office.get(_address("content", document) + "?download=1")
    assert download["Content-Disposition"].startswith("attachment")
    assert download.getvalue() == b"data"
    event = AuditEvent.objects.get(action="viewed", object_type="documents.document", object_id=str(document.pk))
    assert event.actor_email == "chief@example.com"


@pytest.mark.same_everywhere
@pytest.mark.parametrize("state", ["pending", "fetching", "scanning", "rejected", "failed"])
def test_what_is_not_ready_is_not_served(office: Client, owner: Api, state: str) -> None:
    document = ready_document(case_of(owner), state=state)
    assert office.get(_address("content", document)).status_code == 404
    assert "<iframe" not in office.get(_address("document", document)).content.decode()


def test_a_document_is_served_with_its_own_case_and_to_who_may_see_both(folder: Path, owner: Api) -> None:
    document, elsewhere = ready_document(case_of(owner)), case_of(owner)
    handler, other = person("handler"), person("handler")
    browser = browser_of(handler)
    for page in ("document", "content"):
        assert browser.get(page_of(Recovery, page, elsewhere.pk, document.pk)).status_code == 404
    Recovery.objects.filter(pk=document.recovery_id).update(user=other)
    for page in ("document", "content"):
        assert browser.get(_address(page, document)).status_code == 404
        assert Client().get(_address(page, document)).status_code == 302
    Recovery.objects.filter(pk=document.recovery_id).update(user=handler)
    handler.groups.clear()
    for page in ("document", "content"):
        assert browser.get(_address(page, document)).status_code == 403


@pytest.mark.same_everywhere
def test_bytes_that_are_gone_are_not_found(folder: Path, office: Client, owner: Api) -> None:
    document = ready_document(case_of(owner))
    assert office.get(_address("content", document)).status_code == 404
    assert not AuditEvent.objects.filter(object_type="documents.document").exists()


@pytest.mark.parametrize("name", ["call-note", "comment"])
def test_words_that_are_too_long_are_told_by_their_length(owner: Api, system_setting: Any, name: str) -> None:
    system_setting(COMMENT_LENGTH=20)
    case = case_of(owner)
    page = act(office_of("manager"), case, name, text="He pays on Friday, he says.")
    assert "It is 27 characters long: at most 20 are kept." in page.content.decode()
    assert not Comment.objects.filter(recovery=case).exists()


@pytest.mark.same_everywhere
@pytest.mark.parametrize("act", ["change", "action/call-note"])
def test_the_breadcrumb_leads_back_to_the_filtered_list(owner: Api, act: str) -> None:
    case = case_of(owner)
    page = office_of("manager").get(f"{LIST}{case.pk}/{act}/", {"_changelist_filters": "work=unread&p=2"})
    assert f'<a href="{LIST}?work=unread&amp;p=2">Cases</a>' in page.content.decode()
