"""The act that corrects how the debtor of a case is reached."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.correcting import CorrectingForm
from backoffice.origin import staff_of
from legalcity.lib.form_fields import EmailField, PhoneField, TextField
from recoveries.models import Recovery
from recoveries.services.parties import party_correct

CONTACTS = (
    *("company_email", "company_phone", "company_address", "company_postal", "company_city", "company_country"),
)


class ContactForm(CorrectingForm):
    """How the debtor is reached; what is left empty is not known."""

    company_phone = PhoneField(label=gettext_lazy("Phone"), required=False)
    company_email = EmailField(label=gettext_lazy("E-mail"), required=False)
    company_address = TextField(label=gettext_lazy("Address"), required=False, max_length=255)
    company_postal = TextField(label=gettext_lazy("Postal code"), required=False, max_length=20)
    company_city = TextField(label=gettext_lazy("City"), required=False, max_length=255)
    company_country = TextField(label=gettext_lazy("Country"), required=False, max_length=255)

    def __init__(self, *args: Any, stored: dict[str, Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.correct(CONTACTS, stored)

    def clean(self) -> dict[str, Any]:
        """What was changed; an empty field is one that is not known."""
        return self.settled(
            {name: self.cleaned_data[name] or None for name in self.cleaned_data if self.is_to_change(name)}
        )


def _present(_request: HttpRequest, case: Recovery) -> dict[str, Any]:
    return {"stored": {name: getattr(case.debtor, name) for name in CONTACTS}}


def _correct(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    values, seen = data["values"], data.pop("seen")
    party_correct(recovery_id=case.pk, side="debtor", values=values, seen=seen, by=staff_of(request))
    return _("The contact details are corrected.")


CORRECT_CONTACT = ObjectAction(
    name="correct-contact",
    label=gettext_lazy("Correct the contact details"),
    permission="recoveries.enter_party_fact",
    perform=_correct,
    form=ContactForm,
    form_options=_present,
    is_offered=lambda request, case: case.debtor_id is not None,
    explain=gettext_lazy(
        "Letters to come go to the new address; the client sees it on the case. The former one stays in the audit."
    ),
)
