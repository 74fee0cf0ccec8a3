"""Letters that are held: judged again by the clock, lifted by a manager, or given up."""

from dataclasses import replace
from datetime import datetime

import structlog
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import audit_record
from events.services import events_record, story
from law.contact import Code, Outcome
from legalcity.lib.clock import now
from legalcity.lib.dates import moment_text
from legalcity.lib.errors import Conflict, Forbidden
from recoveries.events import held_event
from recoveries.ledger.gathering import with_terms
from recoveries.letters.contacts import debtor_lock
from recoveries.letters.followers import cases_about, cases_lock, followers_free, retractable
from recoveries.letters.services import judged_next, message_write
from recoveries.letters.together import redrafted
from recoveries.letters.verdicts import liftable_of, values_of
from recoveries.models import Message, PostItem, Recovery

log = structlog.get_logger("recoveries")

State = Message.State
AT_ONCE = 200  # letters of one round


def messages_take_up(*, moment: datetime) -> int:
    """Judge anew the held letters whose day has come, and those whose case was changed meanwhile; how many.

    So are letters that wait to be printed. Those that lie in a batch are judged when that is confirmed. What was to go
    in the message of another case that does not leave is judged by itself.
    """
    followers_free(moment=moment)
    due = Q(due_at__lte=moment) | Q(recovery__updated_at__gt=F("judged_at")) | Q(judged_at=None)
    held = Message.objects.filter(due, state=State.HELD).order_by("due_at", "pk")
    printed = PostItem.objects.standing().values("message")
    to_post = Message.objects.demands().filter(state=State.TO_POST, recovery__updated_at__gt=F("judged_at"))
    waiting = list(held.values_list("pk", "recovery_id")[:AT_ONCE])
    waiting += to_post.exclude(pk__in=printed).order_by("pk").values_list("pk", "recovery_id")[:AT_ONCE]
    for message_id, case_id in waiting:
        try:
            message_take_up(message_id=message_id, case_id=case_id, moment=moment)
        except Exception:  # One that cannot be judged keeps no other back.
            log.exception("email_not_judged", message_id=message_id, recovery_id=case_id)
            _put_off(message_id, moment)
    return len(waiting)


def _put_off(message_id: int, moment: datetime) -> None:
    """Look at a letter that could not be judged again when its case changes, at night if it is held: not each time.

    `due_at` of one in the post folder is when it came there.
    """
    Message.objects.filter(pk=message_id).update(judged_at=moment)
    Message.objects.filter(pk=message_id, state=State.HELD).update(due_at=judged_next(None, moment))


@story()
def message_take_up(*, message_id: int, case_id: int, moment: datetime) -> Message | None:
    """Render and judge a letter that is held, or waits to be printed: it is queued, held, or cancelled.

    None where it waits no more. The rhythm of one that waits to be printed is asked on its posting day.
    """
    debtor_lock(case_id)
    cases = cases_lock(cases_about(message_id), with_terms(Recovery.objects.all()))
    case = cases.get(message_id)
    email = (
        Message.objects.select_for_update(of=("self",))
        .filter(pk=message_id, state__in=(State.HELD, State.TO_POST))
        .first()
    )
    if case is None or email is None or PostItem.objects.standing().filter(message=email).exists():
        return None
    email.recovery = case
    try:
        is_decided = email.state == State.TO_POST
        draft, _is_same = redrafted(case, email, moment, locked=cases, is_rhythm_asked=not is_decided)
    except Conflict:
        _put_off(message_id, moment)
        return email
    if is_decided:
        draft = replace(draft, verdict=draft.verdict.without(Code.RHYTHM))
    if draft.verdict.outcome == Outcome.NEVER:
        _update(email, **values_of(draft.verdict, moment), state=State.CANCELLED)
        events_record([held_event(email, draft.verdict)])
    elif draft.verdict.outcome == Outcome.HOLD and email.state == State.HELD:
        _update(email, **values_of(draft.verdict, moment), due_at=judged_next(draft.verdict, moment))
    else:
        message_write(email, draft, moment)
    log.info("email_judged_again", message_id=message_id, recovery_id=case_id, verdict=draft.verdict.outcome.value)
    return email


@story()
def message_lift(*, message_id: int, reason: str, by: User | None) -> Message:
    """Let a held letter go in spite of what holds it, as far as a manager may say so; it is judged again at once.

    Raises Forbidden where nothing holds it that may be lifted.
    """
    case_id = Message.objects.values_list("recovery_id", flat=True).get(pk=message_id)
    debtor_lock(case_id)
    cases_lock(cases_about(message_id))
    email = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
    codes = liftable_of(email) if email.state == State.HELD else []
    if not codes:
        raise Forbidden(_("Nothing holds this letter that may be lifted."))
    moment = now()
    lifted = [{"code": code, "reason": reason, "by": by and by.pk, "at": moment_text(moment)} for code in codes]
    _update(email, lifted=[*email.lifted, *lifted])
    audit_record(action="hold_lifted", target=email, reason=reason, details={"codes": codes}, actor=by)
    return message_take_up(message_id=message_id, case_id=case_id, moment=moment) or email


@story()
def message_cancel(*, message_id: int, by: User | None) -> Message:
    """Give a letter up that has not left. Raises Forbidden for one that has, or is about to."""
    told = {"state": State.CANCELLED, "error": _("Cancelled by staff.")}
    cases_lock(cases_about(message_id))
    rows = Message.objects.filter(pk=message_id)
    waiting = rows.filter(state__in=(State.HELD, State.QUEUED, State.TO_POST), claimed_until=None)
    if not (waiting.demands().update(**told) or retractable(rows).update(**told)):
        raise Forbidden(_("This letter does not wait any more."))
    return Message.objects.get(pk=message_id)


def _update(email: Message, **values: object) -> None:
    for name, value in values.items():
        setattr(email, name, value)
    email.save(update_fields=list(values))
