"""Calls of carriers that come in: kept as they came, read by a worker, once each."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from documents.services.storage import file_keep
from events.services import story
from legalcity.lib.claims import Job, queue, take
from legalcity.lib.clock import now
from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.moments import read_moment
from legalcity.lib.text import storable
from recoveries.letters.channels.answers import answer_take
from recoveries.letters.channels.clients.calling import ProviderAway, ProviderRefused
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.protocol import Fact
from recoveries.letters.channels.registry import carrier_of
from recoveries.letters.channels.signatures import is_let_in, is_signed, is_token
from recoveries.letters.channels.text_messages import is_stop
from recoveries.letters.followers import cases_about, cases_lock
from recoveries.letters.party_facts import opted_out
from recoveries.models import InboundHook, Message, MessageFact

log = structlog.get_logger("recoveries")

KEPT = timedelta(days=30)
STOP_WORDS = 2  # of `STOP SMS`: more words than these say something else too
ANSWER_LENGTH = 5_000  # characters of what a phone has answered
UNCLAIMED_AFTER = timedelta(days=15)  # a registered letter waits so long at the post office
TRACKED_FOR = timedelta(days=120)
PROVED_WITHIN = timedelta(days=30)
ENDED = [MessageFact.Kind.DELIVERED, MessageFact.Kind.REFUSED, MessageFact.Kind.UNCLAIMED, MessageFact.Kind.RETURNED]
AWAY = 3  # letters in a row without an answer: their carrier is away, and each costs the time that one waits for it
TRACKED = ("maileva", "electronic")  # carriers that are asked what has become of a letter
JOB = Job(InboundHook, "recoveries.tasks.read_hook", waiting=Q(read_at=None), most_attempts=8)

Read = dict[str, Any]


class Unsigned(Exception):
    """A call whose signature, login or moment is not right."""


class Adapter(NamedTuple):
    """How the calls of a carrier are believed, what names one, and what reads it.

    is_proved   whether a call shows who it is from. One that does not may be of whoever got hold of the address: such
                calls are counted
    is_kept     whether a call is about a message of ours
    """

    is_believed: Callable[[Mapping[str, str], bytes], bool]
    name_of: Callable[[Mapping[str, str], Read], str]
    read: Callable[[InboundHook, Read], None]
    is_proved: Callable[[Read], bool] = lambda told: True
    is_kept: Callable[[Read], bool] = lambda told: True


def adapter_of(name: str, token: str) -> Adapter | None:
    """The adapter of an address; None for one that nobody was given."""
    adapter = ADAPTERS.get(name)
    return adapter if adapter and is_token(settings.HOOKS[name].token, token) else None


def is_proved(adapter: Adapter, body: bytes) -> bool:
    """Whether a call that is believed could only be made by the carrier."""
    return adapter.is_proved(_object(body))


@story()
def hook_take(*, name: str, adapter: Adapter, headers: Mapping[str, str], body: bytes) -> bool:
    """Keep a call, and have it read after the commit; whether it is a new one. Raises Unsigned."""
    if not adapter.is_believed(headers, body):
        raise Unsigned
    told = _object(body)
    if not adapter.is_kept(told):
        return False
    provider_id = adapter.name_of(headers, told) or hashlib.sha256(body).hexdigest()
    hook, is_new = InboundHook.objects.get_or_create(
        adapter=name, provider_id=provider_id[:255], defaults={"body": body}
    )
    if is_new:
        queue(JOB.task, hook.pk)
    return is_new


def hook_read(*, hook_id: int, moment: datetime) -> timedelta | None:
    """Read a call. Returns after how long to try again; None when it is over."""
    claim = take(JOB, hook_id, moment=moment)
    hook = claim.row() if claim else None
    if claim is None or hook is None:
        return None
    if JOB.is_given_up(hook.attempts):  # It breaks whoever reads it: the body stays, for staff.
        claim.write(read_at=now(), claimed_until=None, error="interrupted")
        return None
    try:
        with claim.kept():
            ADAPTERS[hook.adapter].read(hook, _object(bytes(hook.body)))
    except ProviderAway as error:
        if not JOB.is_last(hook.attempts):
            pause = JOB.pause(hook.attempts)
            claim.release(after=pause, error=error.reason)
            return pause
        claim.write(read_at=now(), claimed_until=None, error=error.reason)
    except ProviderRefused as error:
        claim.write(read_at=now(), claimed_until=None, error=error.reason)
    else:
        claim.write(read_at=now(), claimed_until=None, error="")
    return None


def hooks_forget(*, moment: datetime) -> int:
    """Forget calls after their time; how many."""
    return InboundHook.objects.filter(received_at__lt=moment - KEPT).delete()[0]


# --- registered letters ----------------------------------------------------------------------------------------------
def letter_track(message: Message) -> int:
    """Ask the carrier of a letter what has become of it, and write that down with its proofs; how many facts are new.

    Raises ProviderAway, ProviderRefused.
    """
    carrier = carrier_of(message.provider)
    facts = carrier.facts({"ref": message.provider_ref})
    return sum(_told(message, fact) for fact in facts)


def letters_track(*, moment: datetime) -> int:
    """Ask for the letters that are under way; how many facts are new. A carrier that is away is asked the next time."""
    sent = Message.objects.filter(sent_at__gt=moment - TRACKED_FOR).exclude(provider_ref="")
    under_way = sent.filter(Q(state=Message.State.SENT) | _unproved(moment))
    new = sum(_carrier_asked(under_way.filter(provider=carrier)) for carrier in TRACKED)
    return new + letters_unclaimed(moment=moment)


def _carrier_asked(letters: QuerySet[Message]) -> int:
    """Ask one carrier for its letters, as long as it answers; how many facts are new.

    In another order each time: a few that it never answers for would keep all behind them from being asked for.
    """
    new = away = 0
    for message in letters.order_by("?"):
        try:
            new += letter_track(message)
        except (ProviderAway, ProviderRefused) as error:
            log.warning("letter_not_tracked", message_id=message.pk, error=error.reason)
            away = away + 1 if isinstance(error, ProviderAway) else 0
            if away == AWAY:
                break
        else:
            away = 0
    return new


def _unproved(moment: datetime) -> Q:
    """Letters that have ended not long ago, and whose proof of that has not come yet: it may come behind the news."""
    ends = MessageFact.objects.filter(message=OuterRef("pk"), kind=OuterRef("state"), at__gt=moment - PROVED_WITHIN)
    return Q(Exists(ends), ~Exists(ends.exclude(proof=None)), state__in=ENDED)


def letters_unclaimed(*, moment: datetime) -> int:
    """Registered letters that were presented fifteen days ago and of which nothing was heard: not fetched. How many."""
    presented = MessageFact.objects.filter(
        kind=MessageFact.Kind.PRESENTED,
        at__lt=moment - UNCLAIMED_AFTER,
        message__state=Message.State.SENT,
        message__goes_with=None,
    )
    facts = list(presented.order_by("at", "pk"))
    told = [
        fact_record(
            message_id=fact.message_id,
            kind=MessageFact.Kind.UNCLAIMED,
            at=fact.at + UNCLAIMED_AFTER,
            source=MessageFact.Source.SYSTEM,
            provider_id=f"{fact.message_id}:unclaimed",
        )
        for fact in facts
    ]
    return sum(1 for fact in told if fact is not None)


def _told(message: Message, fact: Fact) -> bool:
    """Write a fact down with its proof; whether it is new. Bytes are stored first: no row lacks them."""
    source = MessageFact.Source.PROVIDER
    if MessageFact.objects.filter(source=source, provider_id=fact.provider_id).exists():
        return False
    name = f"{fact.kind}-{message.pk}.pdf"
    proof = file_keep(content=fact.proof, name=name, mime="application/pdf") if fact.proof else None
    written = fact_record(
        message_id=message.pk,
        kind=fact.kind,
        at=fact.at,
        source=source,
        provider_id=fact.provider_id,
        payload_sha256=fact.sha256,
        proof_id=proof.pk if proof else None,
        note=fact.note,
    )
    return written is not None


# --- what calls say --------------------------------------------------------------------------------------------------
def _object(body: bytes) -> Read:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _word(value: Any, limit: int = 200) -> str:
    return storable(value)[:limit] if isinstance(value, str) else ""


def _message_of(token: Any) -> Message | None:
    try:
        return Message.objects.filter(client_token=UUID(hex=_word(token))).first()
    except ValueError:
        return None


def _last_to(number: Any) -> Message | None:
    """The last text message to a phone: an answer names nothing else."""
    digits = _word(number, 20).removeprefix("+")
    texts = Message.objects.filter(channel=Message.Channel.SMS, recipient=f"+{digits}").exclude(sent_at=None)
    return texts.order_by("-sent_at").first() if digits.isdecimal() else None


def _read_maileva(hook: InboundHook, told: Read) -> None:
    """It names a letter and no more: what has become of it is asked of the carrier."""
    message = _message_of(told.get("resource_custom_id"))
    if message is not None and message.provider == "maileva" and message.provider_ref:
        letter_track(message)


def _read_electronic(hook: InboundHook, told: Read) -> None:
    """It names a letter by our token and no more."""
    message = _message_of(told.get("token"))
    if message is not None and message.provider == "electronic" and message.provider_ref:
        letter_track(message)


def _is_named(told: Read) -> bool:
    """Whether a call names a text message by our token, which the carrier alone was told."""
    message = _message_of(told.get("refClient"))
    return message is not None and message.provider == "smsmode"


def _text_of(told: Read) -> Message | None:
    message = _message_of(told.get("refClient")) or _last_to(told.get("from"))
    return message if message is not None and message.provider == "smsmode" else None


def _read_smsmode(hook: InboundHook, told: Read) -> None:
    """A message arrived, or did not; or a phone has answered."""
    message = _text_of(told)
    if message is None:
        return
    if told.get("direction") == "MO":
        body = told.get("body")
        _answered(hook, message, _word(body.get("text"), ANSWER_LENGTH).strip() if isinstance(body, dict) else "")
        return
    status = told.get("status")
    value = _word(status.get("value")) if isinstance(status, dict) else ""
    for fact in carrier_of("smsmode").facts({"status": value, "ref": message.provider_ref, "at": hook.received_at}):
        _told(message, fact)


@story()
def _answered(hook: InboundHook, message: Message, said: str) -> None:
    """STOP ends what goes to a phone; whatever else is said is for a person, as the words of an e-mail are."""
    cases_lock(cases_about(message.pk))
    if is_stop(said):
        opted_out(message=message)
    if len(said.split()) > (STOP_WORDS if is_stop(said) else 0):
        answer_take(
            message,
            source=MessageFact.Source.PROVIDER,
            provider_id=f"smsmode:{hook.provider_id}"[:255],
            sender=message.recipient,
            said=said,
            sha256=hashlib.sha256(bytes(hook.body)).hexdigest(),
            page=reverse("admin:recoveries_message_change", args=[message.pk]),
            subject=f"hook:{hook.pk}",
        )


def _read_email(hook: InboundHook, told: Read) -> None:
    """A provider of e-mails tells what its servers heard: `type` delivered, opened, delayed or bounced."""
    kinds = {"bounced": "bounced", "delayed": "delayed", "delivered": "delivered", "opened": "opened"}
    kind, name = kinds.get(_word(told.get("type"))), _word(told.get("message_id"), 255)
    message = Message.objects.filter(header_id=name, channel=Message.Channel.EMAIL).first() if name else None
    if kind is None or message is None:
        return
    try:
        at = read_moment(told.get("at"))
    except Unreadable:
        at = hook.received_at
    at = min(max(at, message.created_at), hook.received_at)  # Whatever its clock says: neither before nor ahead.
    _told(message, Fact(kind=kind, at=at, provider_id=f"email:{hook.provider_id}"))


def _basic(headers: Mapping[str, str], body: bytes) -> bool:
    return is_let_in(settings.HOOKS["maileva"].secret, headers)


def _standard(name: str) -> Callable[[Mapping[str, str], bytes], bool]:
    """Believes calls of an adapter that are signed as Standard Webhooks has it."""
    return lambda headers, body: is_signed(settings.HOOKS[name].secret, headers, body, moment=now())


def _by_the_address_alone(headers: Mapping[str, str], body: bytes) -> bool:
    """This carrier signs nothing: the token of the address is all there is, and only states are believed of it."""
    return True


def _name_of_maileva(headers: Mapping[str, str], told: Read) -> str:
    parts = (_word(told.get(name), 80) for name in ("resource_id", "event_type", "event_date"))
    return ":".join(parts).strip(":")


def _name_of_smsmode(headers: Mapping[str, str], told: Read) -> str:
    status = told.get("status")
    value = _word(status.get("value"), 40) if isinstance(status, dict) else ""
    name = _word(told.get("messageId"), 80)
    return f"{name}:{value}" if name else ""


def _name_of_standard(headers: Mapping[str, str], told: Read) -> str:
    return headers.get("webhook-id", "")


ADAPTERS: Mapping[str, Adapter] = {
    "maileva": Adapter(_basic, _name_of_maileva, _read_maileva),
    "smsmode": Adapter(
        _by_the_address_alone,
        _name_of_smsmode,
        _read_smsmode,
        is_proved=_is_named,
        is_kept=lambda told: bool(_text_of(told)),
    ),
    "electronic": Adapter(_standard("electronic"), _name_of_standard, _read_electronic),
    "email": Adapter(_standard("email"), _name_of_standard, _read_email),
}
