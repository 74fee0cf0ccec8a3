"""The columns of an e-mail that is a job, and how its table is worked on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from legalcity.lib.claims import Job, JobRow, lapsed

INTERRUPTED = "Interrupted"  # The worker was lost while it was sending: it may have gone out


class Enclosure(NamedTuple):
    """A file that goes with an e-mail."""

    name: str
    content: bytes
    mime: str


class Email(JobRow):
    """An e-mail as it was written, to whom, and what became of it.

    The row is the job (legalcity/lib/claims.py): a worker takes it, whoever comes second does nothing.
    """

    class State(models.TextChoices):
        """Where it is."""

        HELD = "held", _("kept back")
        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        TO_POST = "to_post", _("to be sent by post")

    recipient = models.EmailField(_("recipient"), max_length=254)
    subject = models.CharField(_("subject"), max_length=255)
    text = models.TextField(_("text"))
    html = models.TextField("HTML", editable=False)
    state = models.CharField(_("state"), max_length=9, choices=State.choices, default=State.QUEUED)
    # The class of what went wrong, or why it was cancelled: in the language of the house.
    error = models.CharField(_("error"), max_length=1000, blank=True)
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        abstract = True

    def own_headers(self) -> dict[str, str]:
        """Headers of this e-mail, beside those that every one has."""
        return {}

    def enclosures(self) -> Sequence[Enclosure]:
        """Files that go with this one, read as it leaves. Raises OSError where another attempt may do better."""
        return ()


Row = TypeVar("Row", bound=Email)


def mail_job(model: type[Row], task: str) -> Job[Row]:
    """A table of e-mails as a job: a claim outlasts any talk with a mail server, and nobody takes it over."""
    return Job(
        model,
        task,
        waiting=Q(state=Email.State.QUEUED),
        claim=timedelta(minutes=15),
        most_attempts=6,
        first_pause=timedelta(minutes=1),
        is_resumed=False,
    )


def interrupted_end(job: Job[Row], *, moment: datetime) -> int:
    """End the e-mails whose worker was lost while it was sending: they may have gone out. How many."""
    return lapsed(job, moment=moment).update(state=Email.State.FAILED, error=INTERRUPTED, claimed_until=None)
