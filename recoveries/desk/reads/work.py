"""The work of staff: which cases wait for somebody, and for what. Home page and list of cases ask the same.

A case is open while its status does not close it. Nothing here is kept: what is done is gone at the next look.
"""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from backoffice.reach import sees_all_cases
from documents.models import Document
from recoveries.catalogue import catalogue
from recoveries.models import Comment, FollowUp, Recovery
from recoveries.models.handling import without_handler

SOON = 7  # days before a legal date
TO_CHECK = (Document.State.REJECTED, Document.State.FAILED)


def cases_in_scope(user: User, *, mine: bool) -> QuerySet[Recovery]:
    """What `user` sees; with `mine` who sees all sees their own cases only."""
    cases = Recovery.objects.in_reach_of(user)
    return cases.filter(user_id=user.pk) if mine and sees_all_cases(user) else cases


def open_cases(cases: QuerySet[Recovery]) -> QuerySet[Recovery]:
    """Those of `cases` that are not closed."""
    return cases.filter(status_id__in=[entry.id for entry in catalogue.entries.values() if not entry.is_closing])


def unread_comments() -> QuerySet[Comment]:
    """What somebody outside the firm wrote and nobody has read."""
    return Comment.objects.filter(is_read=False, user__is_staff=False)


def with_unread_comments(cases: QuerySet[Recovery]) -> QuerySet[Recovery]:
    """Open cases on which something unread waits."""
    return open_cases(cases).filter(Exists(unread_comments().filter(recovery_id=OuterRef("pk"))))


def unassigned(cases: QuerySet[Recovery]) -> QuerySet[Recovery]:
    """Open cases that nobody handles."""
    return open_cases(cases).filter(without_handler())


def with_documents_to_check(cases: QuerySet[Recovery]) -> QuerySet[Recovery]:
    """Open cases with a document that the machine refused or could not get: somebody has to ask for another one."""
    return open_cases(cases).filter(Exists(Document.objects.filter(recovery_id=OuterRef("pk"), state__in=TO_CHECK)))


def with_fee_unpaid(cases: QuerySet[Recovery]) -> QuerySet[Recovery]:
    """Open cases before a court whose fee has not been paid."""
    return open_cases(cases).filter(injunction__fee_paid_on=None, injunction__isnull=False, injunction__ended_on=None)


def with_deadline(cases: QuerySet[Recovery], until: date) -> QuerySet[Recovery]:
    """Open cases whose next legal date comes by then; what has lapsed is among them until it is dealt with."""
    return open_cases(cases).filter(next_deadline__lte=until)


def put_off(day: date) -> Q:
    """Cases that a person has put off to a day to come; it is never beyond a legal date that is to come."""
    return Q(follow_up__by_hand=True, follow_up__on__gt=day)


def to_act_on(cases: QuerySet[Recovery], today: date) -> QuerySet[Recovery]:
    """Open cases that have a handler, on which something is to be done today. Any one of:

    - a legal date comes within SOON days or has passed, and nobody has put the case off (not beyond that date);
    - something unread waits, written by somebody outside the firm;
    - its day to be looked at again has come (agenda/follow_ups.py).
    """
    due = FollowUp.objects.filter(on__lte=today).values("pk")
    return open_cases(cases).filter(
        Q(next_deadline__lte=today + timedelta(days=SOON)) & ~put_off(today)
        | Q(pk__in=unread_comments().values("recovery_id"))
        | Q(pk__in=due),
        ~without_handler(),
    )
