"""Reminders to the debtor: what would be sent by each channel is shown with what the guard says of it, then sent."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction, refusal_text
from backoffice.fields import Suggestions
from backoffice.origin import staff_of
from companies.contacts import further_contacts
from companies.models import PartyContact
from law.contact import Channel, Outcome
from law.vocabulary import Reminder, Step
from legalcity.lib.clock import now
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Conflict, Invalid, Sentence
from legalcity.lib.form_fields import EmailField, PhoneField, TextField
from legalcity.lib.pairs import pair
from recoveries.letters.gathering import Demand, demand_of, is_open
from recoveries.letters.judging import Draft, drafts_of
from recoveries.letters.services import EXTRA_LENGTH, message_send
from recoveries.letters.telling import not_asked_told, sent_told
from recoveries.letters.ways import Way, ways_of
from recoveries.models import Message, Recovery

Kind = Message.Kind
REMINDERS = [Kind(word) for word in Reminder]
NEXT = {Step.CREATED: Kind.REMINDER_1, Step.REMINDER_1: Kind.REMINDER_2}


class ReminderForm(forms.Form):
    """Which reminder, by which channel, to which address, and what else it says."""

    kind = forms.ChoiceField(label=gettext_lazy("Reminder"), choices=[(kind.value, kind.label) for kind in REMINDERS])
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        help_text=gettext_lazy("A letter goes to the debtor's postal address."),
    )
    to = EmailField(label=gettext_lazy("E-mail address"), required=False)
    phone = PhoneField(label=gettext_lazy("Mobile phone"), required=False)
    extra = TextField(
        label=gettext_lazy("Further words"),
        required=False,
        max_length=EXTRA_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Plain text, in French; it stands before the closing formula."),
    )
    move = forms.BooleanField(
        label=gettext_lazy("Move the case to the status of this reminder"),
        required=False,
        initial=False,
        help_text=gettext_lazy("Once it has been sent; a case that has gone elsewhere by then stays there."),
    )

    def __init__(
        self, *args: Any, may_move: bool, ways: list[Way], contacts: Collection[PartyContact], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        for name, kind in (("to", PartyContact.Kind.EMAIL), ("phone", PartyContact.Kind.PHONE)):
            offered = [(one.value, one.note) for one in contacts if one.kind == kind]
            if offered:
                self.fields[name].widget = Suggestions(offered)
        self.fields["channel"].choices = [(way.channel, way.label) for way in ways]  # type: ignore[attr-defined]
        if Channel.SMS not in {way.channel for way in ways}:
            del self.fields["phone"]
        if not may_move:
            del self.fields["move"]


def _options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    kind = NEXT.get(Step(case.status_id), Kind.FORMAL_NOTICE) if case.status_id in list(Step) else Kind.FORMAL_NOTICE
    ways = ways_of(case)
    to = {way.channel: way.to for way in ways}
    return {
        "may_move": request.user.has_perm("recoveries.move_status"),
        "ways": ways,
        "contacts": list(further_contacts(case.debtor)) if case.debtor else [],
        "initial": {
            **{"kind": kind, "channel": Channel.EMAIL.value, "move": True},
            **{"to": to.get(Channel.EMAIL, ""), "phone": to.get(Channel.SMS, "")},
        },
    }


def _send(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> Sentence:
    asked = "phone" if data["channel"] == Channel.SMS else "to"
    try:
        message = message_send(
            case_id=case.pk,
            kind=data["kind"],
            channel=data["channel"],
            to=data[asked],
            extra=data["extra"],
            moves_case=data.get("move", False),
            by=staff_of(request),
        )
    except Invalid as refused:  # The service knows one address, the form one for each channel.
        raise Invalid({asked if name == "to" else name: told for name, told in refused.errors.items()}) from refused
    return sent_told(message)


def _preview(case: Recovery) -> Sentence:
    intro = _(
        "The reminder is written with the figures of today and sent to the debtor at once, in the name of the firm; a "
        "letter waits until it is posted, and one that is held leaves by itself once it may: each with the figures of "
        "that day. It is kept with the case as it was sent, and cannot be called back. What it says:"
    )
    try:
        written = _written(case)
    except Conflict as error:
        return refusal_text(error)
    [first, *_rest] = written[0][1]
    return format_html(
        "{}{}{}{}{}",
        intro,
        _warned(case, first.demand),
        format_html_join("", '<p class="lc-note">{}</p>', ((told.sentence,) for told in first.demand.account.warnings)),
        not_asked_told(first.verdict.not_asked),
        format_html_join("", "{}", ((_shown_by(way, drafts),) for way, drafts in written)),
    )


def _written(case: Recovery) -> list[tuple[Way, list[Draft]]]:
    """What each reminder would be by each channel: the account is reckoned once. Raises Conflict as `drafts_of`."""
    moment = now()
    demand = demand_of(case, moment.astimezone(PARIS).date())
    return [
        (way, drafts_of(case, way.kinds, to=way.to, channel=way.channel, moment=moment, demand=demand))
        for way in ways_of(case)
    ]


def _shown_by(way: Way, drafts: list[Draft]) -> Sentence:
    """The reminders by one channel; the page shows those of the channel that is chosen."""
    shown = format_html_join("", "{}", ((_shown(draft),) for draft in drafts))
    return format_html('<div class="lc-by" data-by="{}"><h2>{}</h2>{}</div>', way.channel, way.label, shown)


def _warned(case: Recovery, demand: Demand) -> Sentence:
    """What staff should know of a letter that leaves because a manager has lifted the hold."""
    if not (demand.is_doubtful and case.is_hold_lifted):
        return ""
    told = _(
        "What is asked for is time-barred unless the payments or the due date prolonged the time (art. L218-2 C. "
        "conso., art. 2233, 2240 C. civ.): a manager has lifted the hold."
    )
    return format_html('<div class="lc-note lc-note-wait">{}</div>', told)


def _shown(draft: Draft) -> Sentence:
    """What a letter says, and what speaks against it: for ever, or now."""
    verdict, label = draft.verdict, Kind(draft.kind).label
    told = format_html_join("", "<br>{}", ((reason,) for reason in verdict.standing))
    if verdict.outcome == Outcome.NEVER:
        return format_html(
            '<div class="lc-note lc-note-bad"><strong>{}</strong>{}</div>', pair(label, _("never")), told
        )
    page = '<details><summary>{}</summary><pre class="lc-letter">{}</pre></details>'
    letter = format_html(page, pair(label, draft.letter.subject), draft.letter.text)
    if verdict.outcome == Outcome.SEND:
        return letter
    held = '<div class="lc-note lc-note-wait"><strong>{}</strong>{}{}</div>'
    return format_html(held, pair(label, _("not now")), told, letter)


SEND_REMINDER = ObjectAction(
    name="send-reminder",
    label=gettext_lazy("Send a reminder"),
    permission="recoveries.send_email",
    perform=_send,
    form=ReminderForm,
    form_options=_options,
    is_offered=lambda request, case: is_open(case),
    explain=_preview,
)
