"""The columns of a client's own file: what they are called there, which of ours they are, and what goes for every row.

A file none of whose headings is ours is the client's own. Which of its columns is which is proposed by what people call
them, said by a person, and remembered for the client.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from companies.models import Company
from invoicing.models import Invoice
from law.vocabulary import CompanyType
from legalcity.lib.errors import Invalid
from legalcity.lib.text import folded
from recoveries.intake.columns import CASE, columns
from recoveries.intake.tables import Table
from recoveries.models import ColumnMatching, Recovery

SAMPLES = 3
SAMPLE_LENGTH = 60
REMARK = "À corriger"  # the column of what is wrong in a file that we give back: never read
BY_SIREN = "by_siren"  # of the type of debtors: a commercial company where a SIREN stands, else a private person
NEEDED = ("invoice.invoice_number", "invoice.invoice_date", "invoice.invoice_amount")
# What may be said once for all rows, beside the creditor.
FIXED = (
    "recovery.recovery_service_object",
    "debtor.company_type",
    "debtor.company_legal_form",
    "debtor.company_country",
    "debtor.company_legalrep_firstname",
    "debtor.company_legalrep_lastname",
)
USUAL = {"debtor.company_type": BY_SIREN, "debtor.company_country": "France"}
# Words of headings that say nothing, and one word for what people write in several ways.
_EMPTY = {"de", "du", "des", "la", "le", "les", "l", "d", "en", "of", "the", "eur", "euros"}
_ALIKE = {"n": "numero", "no": "numero", "nr": "numero", "num": "numero", "number": "numero", "ref": "reference"}
_CALLED: Mapping[str, tuple[str, ...]] = {
    CASE: ("dossier", "numero dossier", "reference dossier", "code client", "numero client", "compte", "compte client"),
    "recovery.external_id": ("reference", "reference externe", "identifiant", "votre reference"),
    "recovery.recovery_service_object": ("objet", "libelle", "prestation", "objet prestation", "designation"),
    "recovery.recovery_observations": ("observations", "commentaire", "commentaires", "remarques", "notes"),
    "invoice.invoice_number": ("facture", "numero facture", "piece", "numero piece", "numero", "reference facture"),
    "invoice.invoice_date": ("date", "date facture", "date piece", "date emission", "date facturation"),
    "invoice.invoice_due_date": ("echeance", "date echeance", "date limite paiement", "date exigibilite"),
    "invoice.invoice_amount": ("montant", "montant ttc", "total ttc", "ttc", "solde", "montant du", "reste a payer"),
    "debtor.company_name": (
        *("raison sociale", "societe", "entreprise", "nom societe", "debiteur", "client", "nom client"),
        *("denomination", "nom debiteur"),
    ),
    "debtor.company_siren": ("siren", "numero siren"),
    "debtor.company_legal_form": ("forme juridique", "forme"),
    "debtor.company_type": ("type", "type client", "type debiteur"),
    "debtor.company_legalrep_gender": ("civilite", "titre"),
    "debtor.company_legalrep_lastname": ("nom", "nom famille", "nom representant", "nom dirigeant", "nom contact"),
    "debtor.company_legalrep_firstname": ("prenom", "prenom representant", "prenom dirigeant", "prenom contact"),
    "debtor.company_legalrep_birthday": ("date naissance", "naissance"),
    "debtor.company_address": ("adresse", "rue", "adresse 1", "adresse postale"),
    "debtor.company_postal": ("code postal", "cp"),
    "debtor.company_city": ("ville", "commune", "localite"),
    "debtor.company_country": ("pays",),
    "debtor.company_email": ("e mail", "email", "mail", "courriel", "adresse e mail", "adresse mail"),
    "debtor.company_phone": ("telephone", "tel", "mobile", "portable", "telephone mobile", "numero telephone"),
}
_KNOWN = {word: column for column, words in _CALLED.items() for word in words}
ROWS_WITHOUT_NUMBER = _("Say in which columns the number, the date and the amount of the invoices stand.")
TWICE = _("Two columns of the file cannot be the same thing: {name}.")
UNKNOWN = _("There is no such column.")

Matching = dict[str, Any]  # {"columns": one of ours or "" for each heading, "fixed": {column: text}}


def is_own(headings: Sequence[str]) -> bool:
    """Whether a file has headings of its own, and none of ours."""
    return not {*headings} & {*columns()}


def matching_propose(table: Table, owner: User) -> Matching:
    """What the columns of a client's file seem to be: as it was said the last time, else by what they are called."""
    kept = ColumnMatching.objects.filter(owner=owner).first()
    remembered, fixed = (kept.columns, kept.fixed) if kept else ({}, {})
    proposed: list[str] = []
    for heading in table.rows[0]:
        name = plain_heading(heading)
        column = remembered.get(name, _KNOWN.get(name, ""))
        proposed.append(column if column not in proposed else "")
    return {"columns": proposed, "fixed": fixed or USUAL}


def samples_of(table: Table) -> list[list[str]]:
    """The first few texts of each column."""
    shown: list[list[str]] = []
    for place in range(len(table.rows[0])):
        texts = (row[place][:SAMPLE_LENGTH] for row in table.rows[1:200] if row[place])
        shown.append(list(dict.fromkeys(texts))[:SAMPLES])
    return shown


def matching_check(matching: Matching, *, width: int) -> None:
    """Raises Invalid unless a file of `width` columns can be read by it."""
    chosen = [column for column in matching["columns"] if column]
    if len(matching["columns"]) != width or {*chosen, *matching["fixed"]} - {*columns()}:
        raise Invalid({"columns": [UNKNOWN]})
    if twice := next((column for column in chosen if chosen.count(column) > 1), ""):
        raise Invalid({"columns": [str(TWICE).format(name=column_label(twice))]})
    if {*NEEDED} - {*chosen}:
        raise Invalid({"columns": [ROWS_WITHOUT_NUMBER]})


def matching_remember(matching: Matching, *, headings: Sequence[str], owner: User, by: User) -> None:
    """Keep for the client's next file what was said of this one."""
    named = dict(zip(map(plain_heading, headings), matching["columns"], strict=True))
    values = {"columns": named, "fixed": matching["fixed"], "user": by}
    ColumnMatching.objects.update_or_create(owner=owner, defaults=values)


def completed(row: Mapping[str, str], fixed: Mapping[str, str]) -> dict[str, str]:
    """A row with what goes for all of them, where it says nothing itself."""
    whole = {**fixed, **{column: text for column, text in row.items() if text}}
    if whole.get("debtor.company_type") == BY_SIREN:
        is_company = bool(whole.get("debtor.company_siren"))
        whole["debtor.company_type"] = CompanyType.COMMERCIAL if is_company else CompanyType.PARTICULAR
    return whole


def plain_heading(heading: str) -> str:
    """A heading without what differs from one writer to the next: `N° de facture` gives `numero facture`."""
    words = re.sub(r"[^a-z0-9]+", " ", folded(heading.replace("°", " "))).split()
    return " ".join(_ALIKE.get(word, word) for word in words if word not in _EMPTY)


def column_label(column: str) -> str:
    """One of our columns as people call it."""
    part, _dot, name = column.partition(".")
    if not name:
        return str(_("Case (rows with the same word are one case)"))
    model: Any = {"recovery": Recovery, "invoice": Invoice}.get(part, Company)
    return str(model._meta.get_field(name).verbose_name)
