"""What the services would have told of a case, had its acts come through their doors at the moments of its rows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from operator import attrgetter

from accounts.models import User
from demo.one_case import CaseDraft
from demo.settling import Met
from events.past import Past
from events.services import Told
from law.vocabulary import Step
from recoveries.events import (
    COMMENT_CREATED,
    COMMENT_READ,
    assigned_event,
    comment_event,
    filed_event,
    moved_events,
)
from recoveries.ledger.events import debt_event, paid_event, payment_event, settled_events

TAKEN_AFTER = timedelta(minutes=15)  # a case, by its handler
READ_AFTER = timedelta(hours=1)  # a comment

Actors = Mapping[int, User]  # by their ids


def filing_of(draft: CaseDraft, people: Actors) -> Told:
    """A case that has its keys and is as it was filed."""
    return filed_event(draft.recovery, [row.pk for row in draft.invoices], by=people[draft.recovery.owner_id])


def past_of(draft: CaseDraft, filing: Told, met: Sequence[Met], people: Actors) -> list[Past]:
    """All that happened on a case, from its `filing` to where it stands by now, in the order of the acts."""
    past = [Past(draft.recovery.created_at, filing)]
    past += _taken(draft, people)
    past += _debts(draft, people)
    past += _comments(draft, people)
    past += _payments(draft, met, people)
    past += _moves(draft, people)
    past.sort(key=attrgetter("at"))  # Of one moment they stay in this order: a payment, and the move that it brings.
    return past


def _taken(draft: CaseDraft, people: Actors) -> Iterator[Past]:
    """By a member of staff, from the client, to whom a case is assigned as it is filed."""
    case = draft.recovery
    if case.user_id is not None and case.user_id != case.owner_id:
        yield Past(case.created_at + TAKEN_AFTER, assigned_event(case, was=case.owner_id, by=people[case.user_id]))


def _debts(draft: CaseDraft, people: Actors) -> Iterator[Past]:
    for debt in draft.dettes:
        yield Past(debt.created_at, debt_event(debt, case=draft.recovery, by=people[draft.staff_id]))


def _comments(draft: CaseDraft, people: Actors) -> Iterator[Past]:
    owner, staff = draft.recovery.owner_id, people[draft.staff_id]
    for comment in draft.comments:
        by = people[comment.user_id] if comment.user_id else None
        yield Past(comment.created_at, comment_event(COMMENT_CREATED, comment, owner_id=owner, by=by))
        if comment.is_read:
            read = comment_event(COMMENT_READ, comment, owner_id=owner, by=staff)
            yield Past(comment.created_at + READ_AFTER, read)


def _payments(draft: CaseDraft, met: Sequence[Met], people: Actors) -> Iterator[Past]:
    case, staff = draft.recovery, people[draft.staff_id]
    for payment, before, after in met:
        for settled in settled_events(case, before, after, by=staff):
            yield Past(payment.created_at, settled)
        yield Past(payment.created_at, payment_event(payment, case=case, account=after, by=staff))


def _moves(draft: CaseDraft, people: Actors) -> Iterator[Past]:
    """Those of people, and the one of the account itself to *Payé*."""
    case = draft.recovery
    for before, change in pairwise(draft.changes):
        at, from_status, to_status = change.created_at, before.to_status_id, change.to_status_id
        by = people[change.user_id] if change.user_id else None
        for told in moved_events(case, from_status=from_status, to_status=to_status, at=at, by=by):
            yield Past(at, told)
        if to_status == Step.PAID:
            yield Past(at, paid_event(case))
