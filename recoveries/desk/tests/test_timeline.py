"""The timeline of a case reads its events: each thing once, in the words of the tables where they have some."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from documents.models import Document
from documents.services.documents import document_delete, document_visibility_set
from events.models import Change, Event
from law.account.facts import ClaimKind, Head
from legalcity.lib.append_only import door
from legalcity.lib.audience import Audience
from legalcity.lib.clock import today
from recoveries.desk.reads.timeline import Entry, timeline
from recoveries.desk.reads.timeline_sources import TABS
from recoveries.desk.tests.pages import case_of, opened, ready_document, words
from recoveries.ledger.models import Entry as LedgerEntry
from recoveries.ledger.reductions import waiver_record
from recoveries.ledger.reversals import acompte_reverse
from recoveries.ledger.services import acompte_record, dette_record
from recoveries.models import Comment, Recovery
from recoveries.services.comments import comment_mark_read
from recoveries.services.handlers import case_assign
from tests.backoffice import browser_of, chief
from tests.factories import Api, ApiUserFactory, move

pytestmark = pytest.mark.django_db

# Events that say what another entry says already, in better words.
SAID = {"recovery.closed", "recovery.reopened", "recovery.paid", "document.ready"}


@pytest.fixture
def office() -> Client:
    return browser_of(chief(language="en"))


@pytest.fixture
def case(owner: Api) -> Recovery:
    """A case to which all sorts of things have happened."""
    case = case_of(owner, recovery={"assign_to_me": False, "recovery_late_interest": False})
    at, by = f"/api/recoveries/{case.pk}", owner.user
    owner.data("PATCH", at, {"recovery_due_date": "2026-01-31"})
    owner.data("PUT", f"{at}/invoices/{case.invoices.get().pk}", {"invoice_amount": "900.00"})
    kept, gone = (owner.data("POST", f"{at}/comments", {"comment": f"said {n}"})["id"] for n in range(2))
    owner.data("PUT", f"{at}/comments/{kept}", {"comment": "said better"})
    owner.data("DELETE", f"{at}/comments/{gone}")
    comment_mark_read(comment_id=kept, recovery=case, by=by)
    case_assign(recovery_id=case.pk, handler=ApiUserFactory(is_staff=True, first_name="Hana"), by=by)
    move(case.pk, 2)
    move(case.pk, 3)
    paper, lost = (ready_document(case, name=f"{name}.pdf") for name in ("paper", "lost"))
    document_visibility_set(document_id=paper.pk, visible_to={Audience.DEBTOR: True}, by=by)
    document_delete(document=lost, by=by)
    payment = acompte_record(recovery_id=case.pk, amount=Decimal(10), day=date(2026, 1, 5), by=by)
    acompte_reverse(recovery_id=case.pk, acompte_id=payment.pk, reason=LedgerEntry.Reason.MISTAKE, by=by)
    dette_record(recovery_id=case.pk, amount=Decimal(7), day=date(2026, 1, 5), label="owed", by=by)
    given = {"head": Head.PRINCIPAL, "amount": Decimal(5), "claim": (ClaimKind.INVOICE, case.invoices.get().pk)}
    waiver_record(recovery_id=case.pk, day=today(), reason="Agreed", by=by, **given)
    acompte_record(recovery_id=case.pk, amount=Decimal(2000), day=today(), confirmed=True, by=by)
    return Recovery.objects.get(pk=case.pk)


def entries_of(case: Recovery, tab: str | None = None) -> list[Entry]:
    return timeline(case.pk, tab=tab, page=200).entries


def test_each_event_is_on_the_timeline_once(case: Recovery) -> None:
    told = [entry.event.id for entry in entries_of(case) if entry.event]
    assert len(told) == len(set(told))
    left = Event.objects.filter(recovery_id=case.pk).exclude(pk__in=told)
    assert set(left.values_list("type", flat=True)) <= SAID
    assert {entry.id for entry in entries_of(case, "event")} == {
        *Event.objects.filter(recovery_id=case.pk).values_list("pk", flat=True)
    }


def test_pages_of_each_tab_are_full_and_follow_each_other(case: Recovery) -> None:
    for tab in (None, *TABS):
        seen: list[Entry] = []
        page = timeline(case.pk, tab=tab, page=2)
        while page.older:
            assert len(page.entries) == 2, tab
            seen += page.entries
            page = timeline(case.pk, tab=tab, after=page.older, page=2)
        assert [*seen, *page.entries] == entries_of(case, tab), tab


def test_what_events_no_more_tell_the_tables_tell_at_the_same_place(case: Recovery) -> None:
    """Of a case that is older than its events the rows are there, and nothing that was told by one is told by two."""

    def rows(entries: list[Entry]) -> list[Any]:
        return [(entry.kind, entry.id, entry.moment, entry.facts) for entry in entries if entry.kind != "event"]

    before = entries_of(case)
    with door(Change, Event, reason="Past their time."):
        Event.objects.filter(recovery_id=case.pk).delete()
    after = entries_of(case)
    assert rows(after) == rows(before)
    assert {entry.kind for entry in after} == {"status", "comment", "document", "payment", "debt", "account", "email"}
    assert all(entry.event is None for entry in after)


def test_what_is_gone_keeps_its_story(case: Recovery) -> None:
    kinds = [entry.event.type for entry in entries_of(case, "comment") if entry.event]
    assert kinds == [
        *("comment.read", "comment.deleted", "comment.updated", "comment.created", "comment.created"),
    ]
    assert [entry.kind for entry in entries_of(case, "comment")].count("comment") == Comment.objects.count() == 1
    papers = [entry.event.type if entry.event else entry.kind for entry in entries_of(case, "document")]
    assert papers == ["document.deleted", "document.visibility_changed", "document"]
    assert Document.objects.count() == 1


def test_events_are_told_in_words_with_what_has_changed(case: Recovery, office: Client) -> None:
    said = words(opened(office, case))
    for part in (
        "A case was changed. Due date: 12/31/2025 → 01/31/2026",
        f"An invoice was changed. {case.invoices.get().invoice_number} Amount: 100.00 → 900.00",
        "A case was given to a handler, or taken from one. → Hana",
        "A document was shown to somebody, or hidden. paper.pdf Visible to the debtor: no → yes",
    ):
        assert part in said, part
