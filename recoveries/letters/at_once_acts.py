"""Letters to the debtor by one click: the next reminder, and the décompte.

What leaves is irrevocable, so each button names it and where it goes, and the click sends that or nothing; the guard is
asked as on the form. A formal notice has effects of law and is never one click away.
"""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.origin import staff_of
from law.contact import Channel
from law.vocabulary import Step
from legalcity.lib.errors import Conflict, Sentence
from recoveries.letters.acts import NEXT, SEND_REMINDER
from recoveries.letters.gathering import is_open
from recoveries.letters.services import message_send
from recoveries.letters.telling import sent_told
from recoveries.models import Message, Recovery

Kind = Message.Kind
MOVE_STATUS = "recoveries.move_status"


class NamedLetter(forms.Form):
    """The letter and the address that the button has named."""

    kind = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    to = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


def _address(case: Recovery) -> str:
    return (case.debtor and case.debtor.company_email) or ""


def _next(case: Recovery) -> Kind | None:
    return NEXT.get(Step(case.status_id)) if case.status_id in list(Step) else None


def _send(request: HttpRequest, case: Recovery, kind: Kind, *, moves_case: bool) -> Sentence:
    message = message_send(
        case_id=case.pk,
        kind=kind,
        channel=Channel.EMAIL,
        to=_address(case),
        moves_case=moves_case,
        by=staff_of(request),
    )
    return sent_told(message)


def _as_named(case: Recovery, kind: Kind | None, data: dict[str, Any]) -> Kind:
    """The letter, where it and its address are what the button has named."""
    if kind is None or (data["kind"], data["to"]) != (kind, _address(case)):
        raise Conflict(_("The case has changed since this page was shown. Nothing was sent: look at it again."))
    return kind


def _remind(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> Sentence:
    kind = _as_named(case, _next(case), data)
    return _send(request, case, kind, moves_case=request.user.has_perm(MOVE_STATUS))


def _send_decompte(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> Sentence:
    return _send(request, case, _as_named(case, Kind.DECOMPTE, data), moves_case=False)


def _says_reminder(case: Recovery) -> Sentence:
    kind = _next(case)
    return _("Send {letter} to {address}").format(letter=kind.label if kind else "", address=_address(case))


REMIND_NEXT = ObjectAction(
    name="send-next-reminder",
    label=gettext_lazy("Send the next reminder"),
    says=_says_reminder,
    permission=SEND_REMINDER.permission,
    perform=_remind,
    form=NamedLetter,
    form_options=lambda request, case: {"initial": {"kind": _next(case) or "", "to": _address(case)}},
    is_offered=lambda request, case: is_open(case) and bool(_address(case)) and _next(case) is not None,
    explain=gettext_lazy(
        "The reminder that comes next leaves by e-mail at once, with the figures of today, if the guard lets it; one "
        "that is held leaves by itself once it may. It cannot be called back. “Send a reminder” shows its words first."
    ),
    at_once=True,
)
SEND_DECOMPTE = ObjectAction(
    name="send-decompte",
    label=gettext_lazy("Send the décompte to the debtor"),
    says=lambda case: _("Send the décompte to {address}").format(address=_address(case)),
    permission=SEND_REMINDER.permission,
    perform=_send_decompte,
    form=NamedLetter,
    form_options=lambda request, case: {"initial": {"kind": Kind.DECOMPTE, "to": _address(case)}},
    is_offered=lambda request, case: is_open(case) and bool(_address(case)),
    explain=gettext_lazy(
        "What is owed today goes to the debtor by e-mail, in words and as a PDF, if the guard lets it: it names a sum, "
        "so everything is asked of it that is asked of a reminder. It moves no case, and cannot be called back."
    ),
    at_once=True,
)
