"""Messages to debtors: written and judged in one transaction. How they leave: channels/delivering.py."""

from collections.abc import Collection
from datetime import datetime, time
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from events.services import events_record, story
from law.contact import Channel, Contact, Outcome, Verdict
from law.vocabulary import Reminder, Statement
from legalcity.lib.claims import anew, queue
from legalcity.lib.clock import now
from legalcity.lib.dates import PARIS, add_days
from legalcity.lib.errors import Forbidden, Invalid
from legalcity.lib.reading.identifiers import known
from legalcity.lib.reading.phones import read_mobile
from legalcity.lib.text import is_storable
from recoveries.events import held_event
from recoveries.ledger.gathering import with_terms
from recoveries.letters.channels.postal import country_of, postal_lines
from recoveries.letters.channels.registry import BY_POST, channel_of
from recoveries.letters.contacts import debtor_lock
from recoveries.letters.following import require_following
from recoveries.letters.jobs import JOB
from recoveries.letters.judging import PURPOSES, Draft, drafts_of, words_of, written_to
from recoveries.letters.verdicts import values_of
from recoveries.models import Message, Recovery

State = Message.State
Kind = Message.Kind
SENDABLE = (*Reminder, *Statement)
EXTRA_LENGTH = 2000
NIGHT = time(5)  # in Paris: what is held without a day is judged again
# A held letter has no words, and no papers.
WORDLESS = {
    **{"subject": "", "text": "", "html": "", "day": None, "total": None},
    **{"template_version": None, "decompte": None, "decompte_sha256": "", "pdf": None},
}


# --- write -----------------------------------------------------------------------------------------------------------
@story()
def message_send(
    *,
    case_id: int,
    kind: str,
    to: str,
    by: User | None,
    channel: str = Channel.EMAIL,
    extra: str = "",
    moves_case: bool = False,
    needs_approval: bool = False,
    may_wait: bool = True,
) -> Message:
    """Write a letter (`SENDABLE`) to the debtor, to leave after the commit or once it may.

    `to` is its e-mail address or mobile phone, by the `channel`; a letter goes to the debtor's postal address, and
    waits in the post folder where no carrier is set up.

    One that the guard (law/contact) lets go is queued with its words, as they go out; one that it holds is kept without
    words, which are made when it leaves. With `moves_case` the case gets the status of the reminder once it has been
    sent. `needs_approval`: the step of a scenario that it is of wants a manager to look at it first. Without `may_wait`
    one that is held is refused.

    Raises Invalid for an address or words that cannot be sent, Forbidden with `reasons` for a letter that may not
    leave, and for one that waits already or could not move the case, Conflict when no rate is known.
    """
    debtor_lock(case_id)
    case, moment = letter_case(case_id), now()
    email, draft = message_foreseen(
        case=case,
        kind=kind,
        channel=channel,
        to=to,
        moment=moment,
        extra=extra,
        moves_case=moves_case,
        needs_approval=needs_approval,
    )
    if draft.verdict.outcome == Outcome.HOLD and not may_wait:
        raise Forbidden(_("This letter may not leave now."), reasons=list(draft.verdict.standing))
    email.user = by
    message_write(email, draft, moment)
    return email


def message_foreseen(
    *,
    case: Recovery,
    kind: str,
    channel: str,
    to: str,
    moment: datetime,
    extra: str = "",
    moves_case: bool = False,
    needs_approval: bool = False,
    alongside: Collection[Contact] = (),
) -> tuple[Message, Draft]:
    """What `message_send` would write at `moment`, and what the guard says of it; nothing is written.

    `alongside`: letters to the same debtor that would leave before it, and are not written yet. Raises as
    `message_send`.
    """
    _require_sendable(kind, channel, extra)
    email = _addressed(case, kind, channel, to)
    email.extra, email.moves_case = extra, moves_case
    _require_reachable(email)
    _require_no_twin(case, kind)
    [draft] = drafts_of(
        case,
        [kind],
        to=written_to(email),
        moment=moment,
        extra=extra,
        channel=channel,
        needs_approval=needs_approval,
        alongside=alongside,
    )
    if draft.verdict.outcome == Outcome.NEVER:
        raise Forbidden(_("This letter may not leave."), reasons=list(draft.verdict.standing))
    if moves_case:
        require_following(case, kind=kind)
    return email, draft


def message_join(*, lead: Message, case: Recovery, kind: str, channel: str, to: str, moves_case: bool) -> Message:
    """Have a case go in the message of another one of its debtor: planned, as it would go alone, until that leaves.

    The caller holds the locks of the debtor and of both cases, and has the words of `lead` written anew
    (`together.redrafted`). Raises Forbidden for one that waits already.
    """
    _require_no_twin(case, kind)
    follower = _addressed(case, kind, channel, to)
    follower.state, follower.goes_with, follower.moves_case = State.PLANNED, lead, moves_case
    follower.save()
    return follower


def _addressed(case: Recovery, kind: str, channel: str, to: str) -> Message:
    """A message of this kind with where it goes; it has no words yet."""
    return Message(
        recovery=case,
        kind=kind,
        purpose=PURPOSES[kind],
        channel=channel,
        recipient=_recipient(case, channel, to),
        address="\n".join(postal_lines(case.debtor)) if channel in BY_POST else "",
    )


def letter_case(case_id: int) -> Recovery:
    """The case, locked, as letters read it. The debtor's lock comes before it (`debtor_lock`)."""
    return with_terms(Recovery.objects.select_for_update(of=("self",))).get(pk=case_id)


def message_write(email: Message, draft: Draft, moment: datetime) -> None:
    """Fill a row with what its verdict makes of it: the words of a letter that leaves, or the reasons why it waits."""
    held = draft.verdict.outcome == Outcome.HOLD
    by_hand = channel_of(email.channel).is_by_hand
    values = values_of(draft.verdict, moment) | anew()
    if held:
        values |= {"state": State.HELD, "due_at": judged_next(draft.verdict, moment), **WORDLESS}
    else:
        state = State.TO_POST if by_hand else State.QUEUED
        values |= {"state": state, **words_of(draft)}
        if email.state == state == State.TO_POST:
            values["due_at"] = email.due_at  # It waits since then, however often its words are made anew.
    for name, value in values.items():
        setattr(email, name, value)
    email.save()
    if held:
        events_record([held_event(email, draft.verdict)])
    elif not by_hand:
        queue(JOB.task, email.pk)


def judged_next(verdict: Verdict | None, moment: datetime) -> datetime:
    """When a held letter is judged again, unless something happens on its case before: on its day, else at night.

    Of one that is held after midnight and before five that is the same night.
    """
    here = moment.astimezone(PARIS)
    night = datetime.combine(add_days(here.date(), int(here.time() >= NIGHT)), NIGHT, PARIS)
    return (verdict and verdict.until) or night


def _require_no_twin(case: Recovery, kind: str) -> None:
    """The same letter does not wait twice."""
    if Message.objects.filter(recovery=case, kind=kind, state__in=Message.WAITING).exists():
        raise Forbidden(gettext_lazy("This letter waits already."))


def _recipient(case: Recovery, channel: str, to: str) -> str:
    """Where it goes that is no letter; a phone as networks know it, so that whoever answers is known again."""
    if channel in BY_POST:
        return ""
    if channel == Channel.SMS:
        return known(partial(read_mobile, region=country_of(case.debtor)), to) or to
    return to


def _require_reachable(message: Message) -> None:
    """Raises Invalid where its channel cannot carry it."""
    if faults := channel_of(message.channel).check(message):
        raise Invalid({"channel" if message.channel in BY_POST else "to": faults})


def _require_sendable(kind: str, channel: str, extra: str) -> None:
    errors: dict[str, list[str]] = {}
    if channel not in Message.Channel.values:
        errors["channel"] = [_("There is no such channel.")]
    if kind not in SENDABLE:
        errors["kind"] = [_("There is no such reminder.")]
    if len(extra) > EXTRA_LENGTH or not is_storable(extra):
        errors["extra"] = [_("This text is too long, or holds characters that cannot be kept.")]
    if errors:
        raise Invalid(errors)
