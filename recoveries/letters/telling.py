"""What staff read of a verdict, on the form and on the page of a message."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from backoffice.amounts import euros
from law.contact import NotAsked, Outcome
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Sentence
from recoveries.letters.followers import LEFT_BEHIND
from recoveries.letters.scenarios.report import REASONS
from recoveries.letters.verdicts import Told, not_asked_of, reasons_of
from recoveries.models import Message

SHORT = 80  # characters of what went wrong, in a list


def until_told(email: Message) -> Sentence:
    """Why a letter is held, and until when if that is known."""
    told = " ".join(str(reason) for reason in reasons_of(email) if not reason.is_lifted)
    if not (email.guard or {}).get("until"):
        return _("The letter is held, until this is over or lifted: {reasons}").format(reasons=told)
    day = date_format(email.due_at.astimezone(PARIS), "SHORT_DATETIME_FORMAT")
    return _("The letter is held until {day}, and leaves by itself then: {reasons}").format(day=day, reasons=told)


def sent_told(message: Message) -> Sentence:
    """What is on with a message that was let go, or held."""
    if message.state == Message.State.HELD:
        return until_told(message)
    if message.state == Message.State.TO_POST:
        return _("The letter waits to be posted: see “Letters to post” on the home page.")
    return _("The message is on its way; the timeline shows what becomes of it.")


def why_told(email: Message) -> str:
    """Why a message waits or did not leave, in a few words; nothing of one that is on its way or arrived."""
    kept = email.guard or {}
    if email.state in (Message.State.HELD, Message.State.CANCELLED) and kept.get("verdict") != Outcome.SEND:
        codes = dict.fromkeys(one["code"] for one in kept.get("reasons", ()) if not one["is_lifted"])
        return ", ".join(str(REASONS.get(code, code)) for code in codes)
    return email.error[:SHORT]


def beside_told(message: Message) -> Sentence:
    """The other cases, all of one client, that a message is about: each with what was asked for, its own message."""
    about = Q(pk=message.goes_with_id) | Q(goes_with=message.goes_with_id or message.pk)
    others = Message.objects.filter(about).exclude(pk=message.pk).exclude(state__in=LEFT_BEHIND)
    rows = [
        (
            reverse("admin:recoveries_message_change", args=[one.pk]),
            one.recovery.recovery_reference,
            euros(one.total) if one.total is not None else "–",
        )
        for one in others.select_related("recovery").order_by("pk")
    ]
    return format_html_join("", '<a href="{}">{}</a> · {}<br>', rows) or "–"


def not_asked_told(claims: Iterable[NotAsked]) -> Sentence:
    """The claims that a demand leaves out, each with its reason."""
    rows = [(claim.number, euros(claim.amount), claim.sentence, claim.article) for claim in claims]
    return _listed(rows)


def verdict_told(email: Message) -> Sentence:
    """The verdict on a message as it is kept with it."""
    if email.guard is None:
        return _("None: it was written before the guard.")
    told = ((reason, f" – {_('lifted')}" if reason.is_lifted else "") for reason in reasons_of(email))
    reasons = format_html_join("", "{}{}<br>", told) or _("Nothing speaks against it.")
    rows = [
        (number, euros(Decimal(amount)), told.sentence, told.article) for number, amount, told in not_asked_of(email)
    ]
    return format_html("{}{}", reasons, _listed(rows))


def _listed(rows: Sequence[tuple[str, str, Sentence, str]]) -> Sentence:
    if not rows:
        return ""
    told = ((number, amount, Told(str(why), article)) for number, amount, why, article in rows)
    return format_html(
        '<div class="lc-note"><strong>{}</strong>{}</div>',
        _("Not asked for:"),
        format_html_join("", "<br>{} · {} · {}", told),
    )
