"""Acts on further phones and e-mails of a debtor: add one, correct it, take it away, write there from now on."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.fields import ChildField, chosen_child
from backoffice.origin import staff_of
from companies.contacts import contact_add, contact_correct, contact_end, contact_swap, further_contacts
from companies.identity import Identity
from companies.models import Company, PartyContact
from legalcity.lib.form_fields import TextField
from recoveries.letters.contact_acts import CORRECT_CONTACT
from recoveries.letters.contacts import debtor_lock
from recoveries.models import Recovery
from recoveries.services.parties import party_correct

COLUMNS = {PartyContact.Kind.PHONE: "company_phone", PartyContact.Kind.EMAIL: "company_email"}
ROWS = 100  # of one debtor, as their page has them


class NewContactForm(forms.Form):
    """A phone or an e-mail, and whose it is or when."""

    value = TextField(label=gettext_lazy("Phone or e-mail"), max_length=254)
    note = TextField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Whose it is, when to call there."),
    )


class ContactChoiceForm(forms.Form):
    """Which contact."""

    contact = ChildField(queryset=PartyContact.objects.none(), label=gettext_lazy("Further contact"))

    def __init__(
        self, *args: Any, contacts: QuerySet[PartyContact], chosen: PartyContact | None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.fields["contact"].among(contacts, chosen)  # type: ignore[attr-defined]


class CorrectedForm(NewContactForm, ContactChoiceForm):
    """Which contact, and what it is instead."""

    field_order = ("contact", "value", "note")


def _known(case: Recovery) -> QuerySet[PartyContact]:
    return further_contacts(case.debtor) if case.debtor else PartyContact.objects.none()


def _options(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    contacts = _known(case)
    chosen = chosen_child(contacts, request.POST.get("contact") or request.GET.get("contact", "")) or contacts.first()
    initial = {"contact": chosen.pk, "value": chosen.value, "note": chosen.note} if chosen else {}
    return {"contacts": contacts, "chosen": chosen, "initial": initial}


def _seen(request: HttpRequest, debtor: Company | None) -> list[Company]:
    """The rows of a debtor on cases that one sees: what others give would not be shown to be known."""
    if debtor is None:
        return []
    cases = Recovery.objects.in_reach_of(request.user).filter(debtor=OuterRef("pk"))
    return list(Company.objects.filter(Identity.of(debtor).same(), Exists(cases)).order_by("pk")[:ROWS])


def _add(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    value, also = data["value"], _seen(request, case.debtor)
    contact_add(company_id=case.debtor_id or 0, value=value, note=data["note"], also=also, by=staff_of(request))
    return _("{contact} is kept as a further contact.").format(contact=value)


def _correct(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    contact, value, also = data["contact"], data["value"], _seen(request, case.debtor)
    contact_correct(contact_id=contact.pk, value=value, note=data["note"], also=also, by=staff_of(request))
    return _("{former} is corrected to {contact}.").format(former=contact, contact=value)


def _end(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    contact_end(contact_id=data["contact"].pk, by=staff_of(request))
    return _("{contact} is no longer a contact.").format(contact=data["contact"])


def _write_there(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    """What was written to before is kept as a further contact."""
    contact, by = data["contact"], staff_of(request)
    debtor_lock(case.pk)
    name = COLUMNS[contact.kind]
    former = getattr(case.debtor, name)
    values, seen = {name: contact.value}, {name: former}
    party = party_correct(recovery_id=case.pk, side="debtor", values=values, seen=seen, by=by)
    also = _seen(request, party)
    contact_swap(contact_id=contact.pk, company_id=party.pk, former=former or "", also=also, by=by)
    return _("Letters to come go to {contact}.").format(contact=contact)


ADD_CONTACT = ObjectAction(
    name="add-contact",
    label=gettext_lazy("Add a contact"),
    permission=CORRECT_CONTACT.permission,
    perform=_add,
    form=NewContactForm,
    is_offered=CORRECT_CONTACT.is_offered,
    explain=gettext_lazy(
        "A further phone or e-mail of the debtor, for the house alone: found by the search, dialled by a click, "
        "offered where a letter is sent, and on every case against the same person. The client does not see it."
    ),
    in_place=True,
)
CORRECT_ADDED = ObjectAction(
    name="correct-added-contact",
    label=gettext_lazy("Correct a further contact"),
    permission=CORRECT_CONTACT.permission,
    perform=_correct,
    form=CorrectedForm,
    form_options=_options,
    is_offered=CORRECT_CONTACT.is_offered,
    explain=gettext_lazy("What it was stays in the history, with who changed it and when."),
)
END_CONTACT = ObjectAction(
    name="end-contact",
    label=gettext_lazy("Take a further contact away"),
    permission=CORRECT_CONTACT.permission,
    perform=_end,
    form=ContactChoiceForm,
    form_options=_options,
    is_offered=CORRECT_CONTACT.is_offered,
    explain=gettext_lazy("It stays in the history. A wrong number is better said to be wrong: nobody adds it again."),
)
WRITE_THERE = ObjectAction(
    name="write-there",
    label=gettext_lazy("Write there from now on"),
    permission=CORRECT_CONTACT.permission,
    perform=_write_there,
    form=ContactChoiceForm,
    form_options=_options,
    is_offered=CORRECT_CONTACT.is_offered,
    explain=gettext_lazy(
        "Letters and text messages to come on this case go there, and the client sees it. What was written to before "
        "is kept as a further contact."
    ),
)
FURTHER_CONTACTS = (ADD_CONTACT, CORRECT_ADDED, END_CONTACT, WRITE_THERE)
