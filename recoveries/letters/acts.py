"""Reminders to the debtor by e-mail: what would be sent is shown with what the guard says of it, then sent."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction, refusal_text
from backoffice.origin import staff_of
from law.contact import Outcome
from law.vocabulary import Reminder, Step
from legalcity.lib.clock import now
from legalcity.lib.errors import Conflict, Sentence
from legalcity.lib.form_fields import EmailField, TextField
from recoveries.letters.gathering import Demand, is_open
from recoveries.letters.judging import Draft, drafts_of
from recoveries.letters.services import EXTRA_LENGTH, message_send
from recoveries.letters.telling import not_asked_told, until_told
from recoveries.models import Message, Recovery

Kind = Message.Kind
REMINDERS = [Kind(word) for word in Reminder]
NEXT = {Step.CREATED: Kind.REMINDER_1, Step.REMINDER_1: Kind.REMINDER_2}


class EmailForm(forms.Form):
    """Which reminder, to whom, and what else it says."""

    kind = forms.ChoiceField(label=gettext_lazy("Reminder"), choices=[(kind.value, kind.label) for kind in REMINDERS])
    to = EmailField(label=gettext_lazy("Recipient"))
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

    def __init__(self, *args: Any, may_move: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not may_move:
            del self.fields["move"]


def _options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    kind = NEXT.get(Step(case.status_id), Kind.FORMAL_NOTICE) if case.status_id in list(Step) else Kind.FORMAL_NOTICE
    return {
        "may_move": request.user.has_perm("recoveries.move_status"),
        "initial": {"kind": kind, "to": _address_of(case), "move": True},
    }


def _address_of(case: Recovery) -> str:
    return (case.debtor.company_email if case.debtor else None) or ""


def _send(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> Sentence:
    words = {name: data[name] for name in ("kind", "to", "extra")}
    email = message_send(case_id=case.pk, **words, moves_case=data.get("move", False), by=staff_of(request))
    if email.state == Message.State.HELD:
        return until_told(email)
    return _("The e-mail is on its way; the timeline shows what becomes of it.")


def _preview(case: Recovery) -> Sentence:
    intro = _(
        "The reminder is written in French with the figures of today and sent to the debtor at once, in the name of "
        "the firm; one that is held leaves by itself once it may, with the figures of that day. It is kept with the "
        "case as it was sent. An e-mail cannot be called back. What it says:"
    )
    try:
        drafts = drafts_of(case, [kind.value for kind in REMINDERS], to=_address_of(case), moment=now())
    except Conflict as error:
        return refusal_text(error)
    demand = drafts[0].demand
    return format_html(
        "{}{}{}{}{}",
        intro,
        _warned(case, demand),
        format_html_join("", '<p class="lc-note">{}</p>', ((warning.sentence,) for warning in demand.account.warnings)),
        not_asked_told(drafts[0].verdict.not_asked),
        format_html_join("", "{}", ((_shown(draft),) for draft in drafts)),
    )


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
        return format_html('<div class="lc-note lc-note-bad"><strong>{}: {}</strong>{}</div>', label, _("never"), told)
    page = '<details><summary>{}: {}</summary><pre class="lc-letter">{}</pre></details>'
    letter = format_html(page, label, draft.letter.subject, draft.letter.text)
    if verdict.outcome == Outcome.SEND:
        return letter
    held = '<div class="lc-note lc-note-wait"><strong>{}: {}</strong>{}{}</div>'
    return format_html(held, label, _("not now"), told, letter)


SEND_EMAIL = ObjectAction(
    name="send-reminder",
    label=gettext_lazy("Send a reminder by e-mail"),
    permission="recoveries.send_email",
    perform=_send,
    form=EmailForm,
    form_options=_options,
    is_offered=lambda request, case: is_open(case),
    explain=_preview,
)
