"""The act that tells what became of a formal notice, also of one that the creditor sent before the case came."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.fields import ChildField, chosen_child, not_in_the_future
from backoffice.origin import staff_of
from documents.models import Document
from documents.selectors import ENDED_BADLY
from law.notices import FIRST_DAY
from legalcity.lib.form_fields import AmountField, DayField
from legalcity.lib.money import CENT
from recoveries.ledger.acts import lives_here
from recoveries.letters.channels.notices_told import notice_tell
from recoveries.models import FormalNotice, Recovery
from recoveries.services.notices import notice_enter

State = FormalNotice.State
OUTCOMES = (State.RECEIVED, State.PRESENTED, State.UNCLAIMED, State.REFUSED, State.SENT)


class NoticeChoice(ChildField):
    """A notice by its day, its channel and its state."""

    def label_from_instance(self, obj: Any) -> str:
        """What tells notices from one another."""
        day = date_format(obj.sent_on, "SHORT_DATE_FORMAT") if obj.sent_on else "–"
        return f"{day} · {obj}"


class ProofChoice(ChildField):
    """A document by its name."""

    def label_from_instance(self, obj: Any) -> str:
        """What tells documents from one another."""
        return str(obj.name)


def _day(label: Any, **options: Any) -> DayField:
    return DayField(label=label, required=False, earliest=FIRST_DAY, validators=[not_in_the_future], **options)


class NoticeForm(forms.Form):
    """Which notice, or a further one; how far it came, and the proof."""

    notice = NoticeChoice(
        queryset=FormalNotice.objects.none(),
        required=False,
        label=gettext_lazy("Formal notice"),
        help_text=gettext_lazy("Empty: one that is entered now, as the creditor's before the case came."),
    )
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"),
        choices=[("", "—"), *FormalNotice.Channel.choices],
        required=False,
        help_text=gettext_lazy("Of a notice that is entered now."),
    )
    sent_on = _day(gettext_lazy("Sent on"), help_text=gettext_lazy("Of a notice that is entered now."))
    amount = AmountField(label=gettext_lazy("Amount demanded, EUR"), min_value=CENT, required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("What became of it"), choices=[(state.value, state.label) for state in OUTCOMES]
    )
    presented_on = _day(gettext_lazy("First presented on"))
    received_on = _day(gettext_lazy("Received on"))
    proof = ProofChoice(
        queryset=Document.objects.none(),
        required=False,
        label=gettext_lazy("Proof"),
        help_text=gettext_lazy(
            "A document of the case: the receipt, the act. An e-mail needs one to count as received."
        ),
    )

    def __init__(self, *args: Any, notices: Any, documents: Any, chosen: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["notice"].among(notices, chosen)  # type: ignore[attr-defined]
        self.fields["proof"].among(documents, None)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A further notice says how it went; the days of one that is there stay."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("notice") and "channel" not in self.errors and not data.get("channel"):
            self.add_error("channel", _("How did the notice go?"))
        return data


def _options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    notices = FormalNotice.objects.filter(recovery=case).exclude(state=State.FAILED).order_by("-id")
    chosen = chosen_child(notices, request.GET.get("notice", ""))
    documents = Document.objects.filter(recovery=case).exclude(state__in=ENDED_BADLY).order_by("-created_at", "-id")
    initial = {name: getattr(chosen, name) for name in ("presented_on", "received_on")} if chosen else {}
    initial |= {"notice": chosen and chosen.pk, "state": State.RECEIVED}
    return {"notices": notices, "documents": documents, "chosen": chosen, "initial": initial}


def _follow(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    outcome = {name: data[name] for name in ("state", "presented_on", "received_on")}
    outcome |= {"recovery_id": case.pk, "proof_id": data["proof"] and data["proof"].pk, "by": staff_of(request)}
    if data["notice"]:
        notice = notice_tell(notice_id=data["notice"].pk, **outcome)
    else:
        notice = notice_enter(channel=data["channel"], sent_on=data["sent_on"], amount=data["amount"], **outcome)
    return _("The formal notice is now: {state}.").format(state=notice.get_state_display())


NOTICE_RECEIVED = ObjectAction(
    name="notice-received",
    label=gettext_lazy("Formal notice received"),
    permission="recoveries.send_email",
    perform=_follow,
    form=NoticeForm,
    form_options=_options,
    is_offered=lives_here,
    explain=gettext_lazy(
        "Interest that asks for a notice, and an agreed penalty, run from the day after the receipt (art. 1231-6 and "
        "1231-5 C. civ.); a registered letter that was refused or not fetched counts from its first presentation where "
        "the system settings say so. What was known before is replaced, and stands in the audit."
    ),
)
