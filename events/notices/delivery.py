"""How a notice leaves, once; and what happens to an address that a mail server knows nothing of."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from events.notices.groups import LEGAL, RULES, Group, Mode
from events.notices.jobs import NOTICE_JOB
from events.notices.models import CONFIRMATION, DIGEST, MORNING, Notice, Recipient
from events.notices.recipients import is_held, told_choices
from legalcity.lib.claims import Claim, anew, queue
from legalcity.lib.clock import now
from legalcity.lib.emails.rows import interrupted_end
from legalcity.lib.emails.sending import deliver, is_refused_for_good
from legalcity.lib.errors import Forbidden

log = structlog.get_logger("notices")

State = Notice.State
LEFT = "Left"  # The recipient has said that no more shall come, or its address is held.


def notice_deliver(*, notice_id: int, moment: datetime) -> timedelta | None:
    """Send a queued notice, once. Returns after how long to try again; None when it is over."""
    return deliver(NOTICE_JOB, notice_id, moment=moment, may_leave=_may_leave, sent=_sent, given_up=_given_up)


def _may_leave(claim: Claim[Notice], notice: Notice) -> bool:
    """Not to who has left since it was written. What the law has told goes out in any case."""
    if notice.group in LEGAL or notice.group == CONFIRMATION or _is_wanted(notice):
        return True
    claim.write(state=State.CANCELLED, error=LEFT, claimed_until=None)
    return False


def _is_wanted(notice: Notice) -> bool:
    if notice.group == MORNING:
        return not is_held(notice.owner_id, notice.recipient)
    owner = User.objects.get(pk=notice.owner_id)
    choices = told_choices(owner)
    if notice.group == Group.CLIENT_STATEMENTS:  # Staff send one also to who wants none each month, or names nobody.
        is_own = notice.recipient == owner.email.lower() and not is_held(owner.pk, notice.recipient)
        return is_own or notice.recipient in choices[Group.CLIENT_STATEMENTS].recipients
    groups = digest_groups() if notice.group == DIGEST else [Group(notice.group)]
    return any(notice.recipient in choices[group].recipients and choices[group].mode != Mode.OFF for group in groups)


def digest_groups() -> list[Group]:
    """What a digest may tell of."""
    return [group for group in Group if group not in LEGAL and RULES[group].events]


def _sent(claim: Claim[Notice], notice: Notice) -> None:
    claim.write(state=State.SENT, sent_at=now(), error="", claimed_until=None)
    log.info("notice_sent", notice_id=notice.pk, group=notice.group)


def _given_up(notice: Notice, error: Exception) -> None:
    if is_refused_for_good(error):
        recipient_hold(owner_id=notice.owner_id, email=notice.recipient, reason=type(error).__name__)


def notices_interrupted(*, moment: datetime) -> int:
    """End the notices whose worker was lost while it was sending: they may have gone out. How many."""
    return interrupted_end(NOTICE_JOB, moment=moment)


@transaction.atomic
def notice_resend(*, notice_id: int, by: User | None) -> Notice:
    """Send one that failed once more, in the same words. Raises Forbidden for any other."""
    again = Notice.objects.filter(pk=notice_id, state=State.FAILED).update(state=State.QUEUED, error="", **anew())
    if not again:
        raise Forbidden(_("Only a notice that failed is sent again."))
    queue(NOTICE_JOB.task, notice_id)
    log.info("notice_sent_again", notice_id=notice_id, by=by.pk if by else None)
    return Notice.objects.get(pk=notice_id)


# --- addresses that refuse -------------------------------------------------------------------------------------------
@transaction.atomic
def recipient_hold(*, owner_id: int, email: str, reason: str) -> Recipient:
    """Send nothing to an address any more that does not take it, until staff release it.

    What the law has told still goes to the account's own address, where no other is left.
    """
    held = {"held_at": now(), "held_reason": reason[:255]}
    row, _made = Recipient.objects.update_or_create(owner_id=owner_id, email=email.lower(), defaults=held)
    log.warning("recipient_held", recipient_id=row.pk, owner_id=owner_id, reason=reason[:255])
    return row


@transaction.atomic
def recipient_release(*, recipient_id: int, by: User | None) -> Recipient:
    """Write to an address again. Raises Forbidden for one that is not held."""
    if not Recipient.objects.filter(pk=recipient_id, held_at__isnull=False).update(held_at=None, held_reason=""):
        raise Forbidden(_("This address is not held."))
    log.info("recipient_released", recipient_id=recipient_id, by=by.pk if by else None)
    return Recipient.objects.get(pk=recipient_id)
