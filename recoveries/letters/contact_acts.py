"""The act that corrects how the debtor of a case is reached."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.origin import staff_of
from legalcity.lib.form_fields import EmailField, PhoneField, TextField
from recoveries.models import Recovery
from recoveries.services.parties import party_correct

CONTACTS = (
    *("company_email", "company_phone", "company_address", "company_postal", "company_city", "company_country"),
)


class ContactForm(forms.Form):
    """How the debtor is reached; what is left empty is not known."""

    company_phone = PhoneField(label=gettext_lazy("Phone"), required=False)
    company_email = EmailField(label=gettext_lazy("E-mail"), required=False)
    company_address = TextField(label=gettext_lazy("Address"), required=False, max_length=255)
    company_postal = TextField(label=gettext_lazy("Postal code"), required=False, max_length=20)
    company_city = TextField(label=gettext_lazy("City"), required=False, max_length=255)
    company_country = TextField(label=gettext_lazy("Country"), required=False, max_length=255)


def _present(_request: HttpRequest, case: Recovery) -> dict[str, Any]:
    return {"initial": {name: getattr(case.debtor, name) for name in CONTACTS}}


def _correct(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    values = {name: data[name] or None for name in CONTACTS}
    party_correct(recovery_id=case.pk, side="debtor", values=values, by=staff_of(request))
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
