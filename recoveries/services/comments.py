"""Writes of comments. The caller holds the lock on the case."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from events.schemas import differences, sides
from events.services import changes_of, events_record, story
from events.types import seen_by
from legalcity.lib.codes import ErrorCode
from legalcity.lib.copying import rows_copy
from legalcity.lib.errors import Forbidden, NotFound
from recoveries.agenda.closing import tasks_review
from recoveries.events import (
    COMMENT_CREATED,
    COMMENT_DELETED,
    COMMENT_READ,
    COMMENT_UPDATED,
    VISIBLE,
    comment_event,
    named,
)
from recoveries.guards import is_frozen, require_fit_for_debtor
from recoveries.html import cleaned, plain_text
from recoveries.models import Comment, Recovery
from recoveries.services.totals import comments_count_refresh
from recoveries.services.touching import cases_touch

NOT_FOUND = _("Comment not found")
FROZEN = {
    "update": _("Cannot update comment that is visible to debtor/bailiff or has been read"),
    "delete": _("Cannot delete comment that is visible to debtor/bailiff or has been read"),
}


def _save(comment: Comment, recovery: Recovery, **how: Any) -> Comment:
    if comment.visible_to_debtor:
        require_fit_for_debtor(comment.text, recovery)
    comment.save(**how)
    comments_count_refresh(recovery_id=recovery.pk)
    return comment


def _fill(comment: Comment, values: Mapping[str, Any]) -> Comment:
    fields = dict(values)
    if "comment" in fields:
        fields["html"] = cleaned(fields.pop("comment"))
        fields["text"] = plain_text(fields["html"])
    for name, value in fields.items():
        setattr(comment, name, value)
    return comment


@story()
def comment_create(*, recovery: Recovery, values: Mapping[str, Any], by: User | None) -> Comment:
    """A comment of `by`; `values` are `comment` (HTML that passed its rules) and, if need be, whom it is visible to.

    Raises Invalid for what a debtor must not be told.
    """
    comment = _save(_fill(Comment(recovery=recovery, user=by), values), recovery, force_insert=True)
    events_record([comment_event(COMMENT_CREATED, comment, owner_id=recovery.owner_id, by=by)])
    if by is not None and by.is_staff:
        tasks_review(recovery_id=recovery.pk)
    return comment


@story()
def comment_update(*, comment: Comment, recovery: Recovery, values: Mapping[str, Any], by: User | None) -> Comment:
    """Change a comment that nobody has acted upon. Raises Forbidden, and Invalid for what a debtor must not be told."""
    if is_frozen(comment, recovery):
        raise Forbidden(FROZEN["update"], code=ErrorCode.COMMENT_FROZEN)
    before, seen = _written(comment), seen_by(Comment.visibility, comment)
    changed = differences(before, _written(_fill(comment, values)))
    if not changed:
        return comment
    _save(comment, recovery, force_update=True)
    sent, changes = sides(named(changed), VISIBLE.values()), changes_of(comment, changed)
    told = comment_event(
        COMMENT_UPDATED, comment, owner_id=recovery.owner_id, by=by, before=seen, changes=changes, **sent
    )
    events_record([told])
    return comment


def _written(comment: Comment) -> dict[str, Any]:
    """What people write of a comment."""
    return {name: getattr(comment, name) for name in ("html", *VISIBLE)}


@story()
def comment_delete(*, comment: Comment, recovery: Recovery, by: User | None) -> None:
    """Delete a comment that nobody has acted upon. Raises Forbidden."""
    if is_frozen(comment, recovery):
        raise Forbidden(FROZEN["delete"], code=ErrorCode.COMMENT_FROZEN)
    events_record([comment_event(COMMENT_DELETED, comment, owner_id=recovery.owner_id, by=by)])
    comment.delete()
    comments_count_refresh(recovery_id=recovery.pk)


@story()
def comment_mark_read(*, comment_id: int, recovery: Recovery, by: User | None) -> None:
    """Write down that somebody has read a comment of the case, which freezes it. Raises NotFound."""
    comment = Comment.objects.filter(pk=comment_id, recovery=recovery).first()
    if comment is None:
        raise NotFound(NOT_FOUND)
    if comment.is_read:
        return
    comment.is_read = True
    comment.save(update_fields=["is_read"])
    cases_touch(recovery.pk)
    events_record([comment_event(COMMENT_READ, comment, owner_id=recovery.owner_id, by=by)])


def comments_copy(*, from_case: int, to_case: int) -> None:
    """Copy the comments of a case to another one."""
    rows_copy(Comment.objects.filter(recovery_id=from_case).order_by("id"), instead={"recovery_id": Value(to_case)})
    comments_count_refresh(recovery_id=to_case)
