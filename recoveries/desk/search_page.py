"""The search in the head of every page: what is found, by kind, and the way straight to what was meant."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from backoffice.amounts import euros
from backoffice.origin import staff_of
from companies.models import Company
from invoicing.models import Invoice
from legalcity.lib.errors import Sentence
from recoveries.catalogue import catalogue
from recoveries.desk.reads.finding import (
    Hits,
    Term,
    cases_for,
    clients_for,
    debtors_among,
    invoices_for,
    parties_for,
)
from recoveries.models import Recovery
from recoveries.selectors.sql import planned_for_their_values

FIELD, ALL = "q", "all"


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found. `is_meant`: what was typed names it."""

    text: Sentence
    url: str
    notes: Sequence[Sentence]
    is_meant: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of a kind; `more_url` is the list of all of it, where there is more."""

    label: Sentence
    hits: list[Hit]
    more_url: str = ""


@dataclass(slots=True)
class Findings:
    """All that was found, as far as the person may see it."""

    cases: Hits[Recovery] = field(default_factory=Hits)
    parties: Hits[Company] = field(default_factory=Hits)
    debtors: Set[int] = frozenset()
    invoices: Hits[Invoice] = field(default_factory=Hits)
    clients: Hits[User] = field(default_factory=Hits)


@never_cache
@require_safe
def search_view(request: HttpRequest) -> HttpResponse:
    """What is found; `all` keeps one here where what was typed names one thing."""
    term = Term(request.GET.get(FIELD, ""))
    with planned_for_their_values():
        findings = _findings(request, term) if term else Findings()
    groups = list(_groups(term, findings))
    if ALL not in request.GET and (url := _meant(findings)):
        if sum(len(group.hits) for group in groups) > 1:
            messages.info(request, _others(term))
        return HttpResponseRedirect(url)
    context = {
        **admin.site.each_context(request),
        "title": _("What was found"),
        "looked_for": term.text,
        "groups": groups,
        "is_short": bool(term) and not term.is_long_enough,
    }
    return TemplateResponse(request, "admin/backoffice/search.html", context)


def _findings(request: HttpRequest, term: Term) -> Findings:
    user, may = staff_of(request), request.user.has_perm
    findings = Findings()
    if may("companies.view_company"):
        findings.parties = parties_for(term, user)
        findings.debtors = debtors_among(findings.parties.rows, user)
    if may("recoveries.view_recovery"):
        findings.cases = cases_for(term, user, findings.parties.rows)
    if may("invoicing.view_invoice"):
        findings.invoices = invoices_for(term, user)
    if may("accounts.view_user"):
        findings.clients = clients_for(term)
    return findings


def _others(term: Term) -> str:
    url = f"{reverse('search')}?{urlencode({FIELD: term.text, ALL: '1'})}"
    return format_html('{} <a href="{}">{}</a>', _("Found: “{text}”.").format(text=term.text), url, _("All results"))


# --- the way straight to it ------------------------------------------------------------------------------------------
def _meant(findings: Findings) -> str:
    """The page of what was typed: the first thing that it names, else the only case that there is for it."""
    if findings.cases.meant:
        return case_url(findings.cases.meant[0].pk)
    if findings.invoices.meant:
        return case_url(findings.invoices.meant[0].recovery_id)
    if only := _only_case(findings):
        return case_url(only.pk)
    if findings.parties.meant:
        party = findings.parties.meant[0]
        return party_url(party, is_debtor=party.pk in findings.debtors)
    if findings.clients.meant:
        return client_url(findings.clients.meant[0])
    return ""


def _only_case(findings: Findings) -> Recovery | None:
    """The one case that all that was found belongs to."""
    cases = findings.cases.rows
    if len(cases) != 1 or findings.clients.rows:
        return None
    [case] = cases
    is_of_it = all(party.pk in (case.debtor_id, case.customer_id) for party in findings.parties.rows)
    return case if is_of_it and all(one.recovery_id == case.pk for one in findings.invoices.rows) else None


# --- as people read it -----------------------------------------------------------------------------------------------
def _groups(term: Term, findings: Findings) -> Iterator[Group]:
    cases, parties, invoices, clients = findings.cases, findings.parties, findings.invoices, findings.clients
    kinds: Iterable[tuple[Sentence, list[Hit], str, bool]] = (
        (_("Cases"), [_case(row, row in cases.meant) for row in cases.rows], "recoveries_recovery", cases.is_more),
        (
            _("Debtors and creditors"),
            [_party(row, row in parties.meant, row.pk in findings.debtors) for row in parties.rows],
            "companies_company",
            parties.is_more,
        ),
        (
            _("Invoices"),
            [_invoice(row, row in invoices.meant) for row in invoices.rows],
            "invoicing_invoice",
            invoices.is_more,
        ),
        (_("Clients"), [_client(row, row in clients.meant) for row in clients.rows], "accounts_user", clients.is_more),
    )
    for label, hits, name, is_more in kinds:
        if hits:
            more = f"{reverse(f'admin:{name}_changelist')}?{urlencode({'q': term.text})}" if is_more else ""
            yield Group(label, hits, more)


def _case(case: Recovery, is_meant: bool) -> Hit:
    debtor = case.debtor_company or case.debtor_name
    creditor = case.customer_company or case.owner.entreprise or str(case.owner)
    notes = [f"{creditor} → {debtor or '–'}", catalogue.entry(case.status_id).name, euros(case.amount_torecover)]
    if case.external_id:
        notes.append(_("client's reference {reference}").format(reference=case.external_id))
    return Hit(case.recovery_reference, case_url(case.pk), notes, is_meant)


def _party(party: Company, is_meant: bool, is_debtor: bool) -> Hit:
    told = (
        f"SIREN {party.company_siren}" if party.company_siren else "",
        " ".join(filter(None, (party.company_postal, party.company_city))),
        party.company_phone or "",
        party.company_email or "",
        _("client: {name}").format(name=party.owner.entreprise or party.owner),
    )
    return Hit(str(party), party_url(party, is_debtor=is_debtor), [note for note in told if note], is_meant)


def _invoice(invoice: Invoice, is_meant: bool) -> Hit:
    case = invoice.recovery
    day = date_format(invoice.invoice_date, "SHORT_DATE_FORMAT")
    notes = [case.recovery_reference, case.debtor_company or case.debtor_name, day, euros(invoice.invoice_amount)]
    return Hit(invoice.invoice_number, case_url(case.pk), [note for note in notes if note], is_meant)


def _client(client: User, is_meant: bool) -> Hit:
    told = (client.entreprise, client.email, client.phone)
    return Hit(str(client), client_url(client), [note for note in told if note], is_meant)


def case_url(pk: int) -> str:
    """The page of a case."""
    return reverse("admin:recoveries_recovery_change", args=[pk])


def party_url(party: Company, *, is_debtor: bool) -> str:
    """The page of a party."""
    return reverse("debtor" if is_debtor else "admin:companies_company_change", args=[party.pk])


def client_url(client: User) -> str:
    """The page of a client."""
    return reverse("admin:accounts_user_change", args=[client.pk])
