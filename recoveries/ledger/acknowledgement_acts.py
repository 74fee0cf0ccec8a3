"""Acts on acknowledgements of the debt: enter one, take one back."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction, Reason
from backoffice.fields import ChildField, chosen_child, not_in_the_future
from backoffice.origin import staff_of
from documents.models import Document
from legalcity.lib.clock import today
from legalcity.lib.form_fields import DayField, TextField
from recoveries.ledger.acknowledgements import acknowledgement_record, acknowledgement_reverse
from recoveries.ledger.acts import lives_here
from recoveries.models import Acknowledgement, Recovery


class AcknowledgementForm(forms.Form):
    """When the debtor recognised the debt, how, and the paper that proves it."""

    day = DayField(label=gettext_lazy("Date"), initial=today, validators=[not_in_the_future])
    note = TextField(
        label=gettext_lazy("How the debtor recognised the debt"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    document = ChildField(queryset=Document.objects.none(), label=gettext_lazy("Document"), required=False)

    def __init__(self, *args: Any, documents: QuerySet[Document], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["document"].among(documents, None)  # type: ignore[attr-defined]


class AcknowledgementChoice(ChildField):
    """An acknowledgement by its day and its words."""

    def label_from_instance(self, obj: Any) -> str:
        """What tells them from one another."""
        return f"{date_format(obj.date, 'SHORT_DATE_FORMAT')} · {obj.note[:60]}"


class ReverseForm(Reason):
    """Which one, and why."""

    entry = AcknowledgementChoice(queryset=Acknowledgement.objects.none(), label=gettext_lazy("To be reversed"))
    field_order = ("entry", "reason")

    def __init__(self, *args: Any, entries: QuerySet[Any], chosen: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["entry"].among(entries, chosen)  # type: ignore[attr-defined]


def _record(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    document = data["document"]
    acknowledgement_record(
        recovery_id=case.pk,
        day=data["day"],
        note=data["note"],
        document_id=document and document.pk,
        by=staff_of(request),
    )
    return _("The acknowledgement is recorded. Limitation runs anew from its day.")


def _reverse(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    acknowledgement_reverse(
        recovery_id=case.pk, acknowledgement_id=data["entry"].pk, note=data["reason"], by=staff_of(request)
    )
    return _("The acknowledgement no longer counts. Limitation runs as without it.")


def _documents(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    return {"documents": Document.objects.filter(recovery=case).order_by("-created_at", "-id")}


def _entries(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    entries = Acknowledgement.objects.standing().filter(recovery=case).order_by("-date", "-id")
    chosen = chosen_child(entries, request.GET.get("entry", ""))
    return {"entries": entries, "chosen": chosen, "initial": {"entry": chosen and chosen.pk}}


RECORD_ACKNOWLEDGEMENT = ObjectAction(
    name="record-acknowledgement",
    label=gettext_lazy("Record an acknowledgement of the debt"),
    permission="recoveries.record_payment",
    perform=_record,
    form=AcknowledgementForm,
    form_options=_documents,
    is_offered=lives_here,
    explain=gettext_lazy(
        "The debtor recognised that the sum is owed, in a letter, by asking for time, in a plan of payments … "
        "Limitation then runs anew from that day (art. 2240 C. civ.), unless the time had passed before."
    ),
)
REVERSE_ACKNOWLEDGEMENT = ObjectAction(
    name="reverse-acknowledgement",
    label=gettext_lazy("Reverse an acknowledgement"),
    permission="recoveries.record_payment",
    perform=_reverse,
    form=ReverseForm,
    form_options=_entries,
    is_offered=lives_here,
    explain=gettext_lazy(
        "The acknowledgement no longer counts: limitation is reckoned as if the debtor had said nothing. It stays in "
        "sight, struck out, with the reason. A reversal is not undone; what was right is recorded anew."
    ),
    danger=True,
)
