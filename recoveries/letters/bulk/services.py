"""Bulk sendings: asked for, reviewed again, confirmed. The work is a worker's (reviewing.py, sending.py)."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import audit_record
from law.vocabulary import Reminder
from legalcity.lib.claims import Job, anew, queue
from legalcity.lib.clock import now, today
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Conflict, Forbidden, Invalid
from recoveries.letters.channels.registry import channel_of
from recoveries.models import Mailing, MailingCase, Message, Recovery

State, Verdict, Result = Mailing.State, MailingCase.Verdict, MailingCase.Result
MOST = 5000  # cases of one sending
PERMISSION, MOVING = "recoveries.send_email", "recoveries.move_status"
# A case that kills its worker is not tried without end; each case that is done begins the count anew.
JOB: Job[Mailing] = Job(
    Mailing, "recoveries.tasks.carry_mailing", Q(state__in=(State.REVIEWING, State.SENDING)), most_attempts=5
)
UNREVIEWED: dict[str, Any] = {"verdict": "", "reasons": [], "until": None, "cost": None}


def channels_carried() -> list[tuple[str, str]]:
    """The channels that something carries: value and name."""
    return [(value, str(name)) for value, name in Message.Channel.choices if channel_of(value).provider]


@transaction.atomic
def mailing_ask(
    *, case_ids: Collection[int], kind: str, channel: str, moves_case: bool, by: User, token: str
) -> Mailing:
    """Have a worker look at what the guard says of a reminder to the debtors of these cases; nothing leaves.

    `token` names the form that asks: sent twice, it is the same sending. Raises Forbidden for who may not send
    letters, Invalid for no cases or too many within reach, and for a letter or a channel that there is not.
    """
    _require_right(by, moves_case=moves_case)
    errors = {}
    if kind not in list(Reminder):
        errors["kind"] = [_("There is no such reminder.")]
    if channel not in dict(channels_carried()):
        errors["channel"] = [_("No carrier is set up for this channel.")]
    reached = Recovery.objects.in_reach_of(by).filter(pk__in=case_ids).order_by("pk")
    cases = list(reached.values_list("pk", "owner_id")[: MOST + 1])
    if not 0 < len(cases) <= MOST:
        errors["cases"] = [_("Choose {count} cases at most.").format(count=MOST) if cases else _("Choose a case.")]
    if errors:
        raise Invalid(errors)
    values = {"kind": kind, "channel": channel, "moves_case": moves_case, "by": by}
    mailing, is_new = Mailing.objects.get_or_create(token=token, defaults=values)
    if mailing.by_id != by.pk:
        raise Forbidden(_("You may not do this."))
    if is_new:
        rows = (MailingCase(mailing=mailing, recovery_id=pk, owner_id=owner) for pk, owner in cases)
        MailingCase.objects.bulk_create(rows, batch_size=1000)
        queue(JOB.task, mailing.pk)
    return mailing


@transaction.atomic
def mailing_review(*, mailing_id: int, by: User) -> Mailing:
    """Have the guard asked again. Raises Conflict for one that is at work, or was sent."""
    mailing = _locked(mailing_id, by)
    if mailing.state not in (State.REVIEWED, State.FAILED) or mailing.confirmed_at is not None:
        raise Conflict(_("It is at work, or was sent already."))
    mailing.cases.update(**UNREVIEWED)
    return _begun(mailing, state=State.REVIEWING, reviewed_at=None)


@transaction.atomic
def mailing_confirm(*, mailing_id: int, with_held: bool, by: User) -> Mailing:
    """Have what may leave written and sent; `with_held`: what is held as well, which leaves once it may.

    Confirmed twice it is carried out once. Raises Conflict where the review is at work, or is of an earlier day, and
    where there is nothing to write.
    """
    mailing = _locked(mailing_id, by)
    if mailing.confirmed_at is not None:
        return mailing
    _require_right(by, moves_case=mailing.moves_case)
    if mailing.state != State.REVIEWED or mailing.reviewed_at is None:
        raise Conflict(_("It is being reviewed still."))
    if mailing.reviewed_at.astimezone(PARIS).date() != today():
        raise Conflict(_("The review is of an earlier day: have it made again."))
    mailing.with_held = with_held
    if not to_be_sent(mailing).exists():
        raise Conflict(_("None of these reminders may leave now."))
    audit_record(action="mailing_confirmed", target=mailing, details={"with_held": with_held}, actor=by)
    return _begun(mailing, state=State.SENDING, confirmed_at=now())


@transaction.atomic
def mailing_go_on(*, mailing_id: int, by: User) -> Mailing:
    """Go on with a sending that broke off. Raises Conflict for one that did not."""
    mailing = _locked(mailing_id, by)
    if mailing.state != State.FAILED or mailing.confirmed_at is None:
        raise Conflict(_("It did not break off."))
    return _begun(mailing, state=State.SENDING)


@transaction.atomic
def mailing_stop(*, mailing_id: int, by: User) -> Mailing:
    """Stop a sending that runs: what was not sent yet is not sent. Its worker ends after the case that it is at.

    Stopped twice it is stopped once. Raises Forbidden for who may not send, Conflict for one that does not run.
    """
    mailing = _locked(mailing_id, by)
    if mailing.state == State.STOPPED:
        return mailing
    _require_right(by, moves_case=False)
    if mailing.state != State.SENDING:
        raise Conflict(_("It is not being sent."))
    # A case that its worker is at is waited for: either it was sent, or it never is.
    unsent = to_be_sent(mailing).update(result=Result.STOPPED)
    audit_record(action="mailing_stopped", target=mailing, details={"not_sent": unsent}, actor=by)
    mailing.state, mailing.done_at, mailing.claimed_until = State.STOPPED, now(), None
    mailing.save(update_fields=["state", "done_at", "claimed_until"])
    return mailing


def to_be_sent(mailing: Mailing) -> QuerySet[MailingCase]:
    """The cases of a sending that are to be sent still."""
    wanted = [Verdict.SEND, *([Verdict.HOLD] if mailing.with_held else [])]
    return mailing.cases.filter(verdict__in=wanted, result="")


def sender_of(mailing: Mailing) -> User | None:
    """Who asked for it, as they are now; None where they may not send such letters any more."""
    by = User.objects.filter(pk=mailing.by_id, is_active=True).first()
    return by if by is not None and by.has_perm(PERMISSION) else None


def _require_right(by: User, *, moves_case: bool) -> None:
    if not by.has_perm(PERMISSION) or (moves_case and not by.has_perm(MOVING)):
        raise Forbidden(_("You may not do this."))


def _locked(mailing_id: int, by: User) -> Mailing:
    """A sending of one's own, locked. Raises Mailing.DoesNotExist."""
    return Mailing.objects.select_for_update(of=("self",)).get(pk=mailing_id, by=by)


def _begun(mailing: Mailing, **values: Any) -> Mailing:
    for name, value in {**values, **anew()}.items():
        setattr(mailing, name, value)
    mailing.save()
    queue(JOB.task, mailing.pk)
    return mailing
