"""What hangs on a case: its history, its comments."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from legalcity.lib.audience import Audience, Visibility
from legalcity.lib.owned import OfOwner
from recoveries.models.cases import Recovery
from recoveries.models.statuses import Status


class StatusChange(OfOwner):
    """One step in the life of a case: from, to, who, when, why."""

    recovery = models.ForeignKey(
        Recovery, on_delete=models.CASCADE, related_name="status_history", verbose_name=_("case")
    )
    from_status = models.ForeignKey(
        Status, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("from")
    )
    to_status = models.ForeignKey(
        Status, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("to")
    )
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    comment = models.TextField(_("why"), blank=True)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of status")
        verbose_name_plural = _("changes of status")
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"{self.from_status_id or '-'} → {self.to_status_id}"


class CommentQuerySet(models.QuerySet["Comment"]):
    """Words of the field."""

    def seen_by(self, audience: Audience) -> "CommentQuerySet":
        """Comments that `audience` sees."""
        return self.filter(Comment.visibility.condition(audience))


class Comment(OfOwner):
    """A comment on a case: HTML of a few tags, for those it is made visible to.

    No comment is marked for the court, so it sees none: what the bailiff sees was not written for a judge.
    """

    visibility = Visibility(
        {
            Audience.CLIENT: "visible_to_user",
            Audience.DEBTOR: "visible_to_debtor",
            Audience.BAILIFF: "visible_to_bailiff",
        }
    )

    recovery = models.ForeignKey(
        Recovery, on_delete=models.CASCADE, related_name="comments", db_index=False, verbose_name=_("case")
    )
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("author")
    )
    html = models.TextField(_("comment"))
    text = models.TextField(_("plain text"))
    visible_to_user = models.BooleanField(_("visible to the client"), default=True)
    visible_to_debtor = models.BooleanField(_("visible to the debtor"), default=False)
    visible_to_bailiff = models.BooleanField(_("visible to the bailiff"), default=True)
    is_read = models.BooleanField(_("read"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("created_at", "id")
        indexes = [
            models.Index(fields=("recovery", "created_at", "id"), name="comment_of_case"),
            models.Index(fields=("recovery", "user"), name="comment_unread", condition=Q(is_read=False)),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class NotePin(models.Model):
    """That a note was pinned to the top of its case, or taken down again; the last row of a note says how it stands."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="pins", verbose_name=_("note"))
    is_pinned = models.BooleanField(_("pinned"))
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("pinning of a note")
        verbose_name_plural = _("pinnings of notes")
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return str(_("note pinned") if self.is_pinned else _("note taken down"))
