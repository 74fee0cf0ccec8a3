"""Notes that a case is opened with: pinned to the top of its page, and taken down again. Clients never hear of it."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from legalcity.lib.errors import Conflict, NotFound
from recoveries.models import Comment, NotePin, Recovery
from recoveries.services.cases import recovery_lock

MOST = 5  # More than these is a list that nobody reads first.
NO_NOTE = _("There is no such note on this case.")
NOT_INTERNAL = _("Only notes that stay in the house are pinned.")
IS_PINNED = _("This note is pinned already.")
NOT_PINNED = _("This note is not pinned any more.")
TOO_MANY = _("{most} notes are pinned at most: take one down first.")


def pins_of(recovery_id: int) -> list[NotePin]:
    """The notes that are pinned to a case, the newest first; a transferred case brings its own along."""
    rows = NotePin.objects.filter(comment__in=_notes(recovery_id)).select_related("user", "comment__user")
    last = {row.comment_id: row for row in rows.order_by("pk")}
    return sorted((row for row in last.values() if row.is_pinned), key=lambda row: -row.pk)


@transaction.atomic
def note_pin(*, recovery_id: int, comment_id: int, by: User | None) -> NotePin:
    """Pin a note of the house to the top of its case. Raises NotFound, Conflict."""
    recovery_lock(recovery_id=recovery_id)
    comment = _note(recovery_id, comment_id)
    if any(getattr(comment, column) for column in Comment.visibility.columns.values()):
        raise Conflict(NOT_INTERNAL)
    pins = pins_of(recovery_id)
    if comment.pk in {pin.comment_id for pin in pins}:
        raise Conflict(IS_PINNED)
    if len(pins) >= MOST:
        raise Conflict(str(TOO_MANY).format(most=MOST))
    return NotePin.objects.create(comment=comment, is_pinned=True, user=by)


@transaction.atomic
def note_unpin(*, recovery_id: int, comment_id: int, by: User | None) -> NotePin:
    """Take a note down from the top of its case; it stays in the timeline. Raises NotFound, Conflict."""
    recovery_lock(recovery_id=recovery_id)
    comment = _note(recovery_id, comment_id)
    if comment.pk not in {pin.comment_id for pin in pins_of(recovery_id)}:
        raise Conflict(NOT_PINNED)
    return NotePin.objects.create(comment=comment, is_pinned=False, user=by)


def _notes(recovery_id: int) -> QuerySet[Comment]:
    """The notes of a case, and of the one that it was transferred from. Cases first: either of them by its index."""
    cases = Recovery.objects.filter(Q(pk=recovery_id) | Q(transferred_to=recovery_id))
    return Comment.objects.filter(recovery__in=cases.values("pk"))


def _note(recovery_id: int, comment_id: int) -> Comment:
    comment = _notes(recovery_id).filter(pk=comment_id).first()
    if comment is None:
        raise NotFound(NO_NOTE)
    return comment
