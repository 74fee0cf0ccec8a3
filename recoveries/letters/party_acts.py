"""Acts on what is known of the debtor of a case as a person."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.fields import ChildField, not_in_the_future
from backoffice.origin import staff_of
from documents.models import Document
from documents.selectors import ENDED_BADLY
from law.notices import FIRST_DAY
from legalcity.lib.form_fields import DayField, TextField
from recoveries.letters.notice_acts import ProofChoice
from recoveries.letters.party_facts import facts_about, party_fact_enter, party_fact_withdraw
from recoveries.models import PartyFact, Recovery


class FactForm(forms.Form):
    """What is known, since when, about which address, and the proof."""

    kind = forms.ChoiceField(label=gettext_lazy("What is known"), choices=PartyFact.Kind.choices)
    since = DayField(
        label=gettext_lazy("Since"),
        earliest=FIRST_DAY,
        validators=[not_in_the_future],
        help_text=gettext_lazy("Of insolvency proceedings the day of the judgment."),
    )
    published_on = DayField(
        label=gettext_lazy("Published on"),
        required=False,
        earliest=FIRST_DAY,
        validators=[not_in_the_future],
        help_text=gettext_lazy("Of insolvency proceedings the day of the BODACC."),
    )
    value = TextField(
        label=gettext_lazy("Address"),
        required=False,
        max_length=254,
        help_text=gettext_lazy(
            "The one that is wrong; the lawyer's, to which letters may go; the one that it agreed to for electronic "
            "registered letters (empty: its own); the one that is not to be written to (empty for all of them)."
        ),
    )
    note = TextField(label=gettext_lazy("Note"), required=False, max_length=500)
    proof = ProofChoice(queryset=Document.objects.none(), required=False, label=gettext_lazy("Proof"))

    def __init__(self, *args: Any, documents: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["proof"].among(documents, None)  # type: ignore[attr-defined]


class FactChoice(ChildField):
    """A fact by what it says."""

    def label_from_instance(self, obj: Any) -> str:
        """What tells facts from one another."""
        return f"{obj} ({obj.since:%d/%m/%Y})"


class WithdrawForm(forms.Form):
    """Which fact holds no more, and why."""

    fact = FactChoice(queryset=PartyFact.objects.none(), label=gettext_lazy("What is known"))
    reason = TextField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, facts: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["fact"].among(facts, None)  # type: ignore[attr-defined]


def _documents(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    documents = Document.objects.filter(recovery=case).exclude(state__in=ENDED_BADLY).order_by("-created_at", "-id")
    return {"documents": documents}


def _enter(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    values = {name: data[name] for name in ("kind", "since", "value", "published_on", "note")}
    proof = data["proof"] and data["proof"].pk
    fact = party_fact_enter(recovery_id=case.pk, **values, proof_id=proof, by=staff_of(request))
    return _("Known of the debtor: {fact}.").format(fact=fact)


def _withdraw(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    fact = party_fact_withdraw(fact_id=data["fact"].pk, recovery_id=case.pk, by=staff_of(request))
    return _("No longer known of the debtor: {fact}.").format(fact=fact)


ENTER_FACT = ObjectAction(
    name="enter-party-fact",
    label=gettext_lazy("Enter what is known of the debtor"),
    permission="recoveries.enter_party_fact",
    perform=_enter,
    form=FactForm,
    form_options=_documents,
    is_offered=lambda request, case: case.debtor_id is not None,
    explain=gettext_lazy(
        "It decides whether the debtor may be written to, where and how, on every case against the same person, of "
        "every client: by SIREN, else by e-mail, phone, or name with birthday. It can be withdrawn."
    ),
)
WITHDRAW_FACT = ObjectAction(
    name="withdraw-party-fact",
    label=gettext_lazy("Withdraw what is known of the debtor"),
    permission="recoveries.enter_party_fact",
    perform=_withdraw,
    form=WithdrawForm,
    form_options=lambda request, case: {"facts": facts_about(case)},
    is_offered=lambda request, case: case.debtor_id is not None,
    explain=gettext_lazy("It stays in the audit, and holds no more."),
)
