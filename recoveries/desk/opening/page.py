"""The pages of a new case: whose it is, then its form. Every button but the last one shows the form again."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from backoffice.action_pages import sent_token
from backoffice.actions import form_token, refusal_text
from backoffice.audit import view_record
from backoffice.origin import staff_of
from companies.models import Company
from legalcity.lib.errors import DomainError, Invalid
from legalcity.lib.ids import is_id
from recoveries.desk.opening.fields import CUSTOMER, DEBTOR, RECOVERY
from recoveries.desk.opening.form import (
    MATTER,
    MORE,
    MORE_ROWS,
    MOST_ROWS,
    PARTY,
    ROWS_FIELD,
    TERMS,
    WHERE,
    WHO,
    OpeningForm,
    Values,
)
from recoveries.desk.reads.finding import Term, clients_for
from recoveries.desk.reads.known_parties import clients_lately, debtors_found, debtors_of
from recoveries.selectors.creditors import client_as_creditor, creditors_lately, party_texts
from recoveries.services.opening import case_open, case_opened_by

OPEN_CASE = "recoveries.add_recovery"
OPEN, ENTER, MORE_INVOICES, LOOK = "open", "enter", "rows", "look"
TAKE_DEBTOR, TAKE_CREDITOR = "debtor-", "creditor-"
KNOWN = "known"  # what known debtors are looked for by


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opening_view(request: HttpRequest) -> HttpResponse:
    """Choose the client, fill in the case, open it."""
    _require(request)
    owner = _client(request.POST.get("client") or request.GET.get("client", ""))
    if owner is None:
        return _choose_client(request)
    if request.method != "POST":
        return _form_page(request, OpeningForm(owner, initial=_initial(request, owner)))
    wish = request.POST.get("do", ENTER)
    form = OpeningForm(owner, _with_more_rows(request.POST, wish))
    if wish == OPEN or (wish == ENTER and not request.POST.get(KNOWN)):
        return _open(request, form) or _form_page(request, form)
    for side, prefix in ((DEBTOR, TAKE_DEBTOR), (CUSTOMER, TAKE_CREDITOR)):
        if wish.startswith(prefix) and (values := _taken(request, owner, side, wish.removeprefix(prefix))):
            form.fill_in(side, values)
    return _form_page(request, form)


@never_cache
@require_safe
def known_debtors_view(request: HttpRequest) -> HttpResponse:
    """The client's debtors that a text finds: what the page shows below the field, for its script."""
    _require(request)
    owner = _client(request.GET.get("client", ""))
    asked = request.GET.get(KNOWN, "")
    found = debtors_found(owner, staff_of(request), asked) if owner else []
    return TemplateResponse(request, "admin/backoffice/_known_debtors.html", {"known_debtors": found, "asked": asked})


def _require(request: HttpRequest) -> None:
    if not request.user.has_perm(OPEN_CASE):
        raise PermissionDenied


def _client(asked: str) -> User | None:
    clients = User.objects.filter(is_staff=False, is_active=True)
    return clients.filter(pk=int(asked)).first() if is_id(asked) else None


# --- whose case it is ------------------------------------------------------------------------------------------------
def _choose_client(request: HttpRequest) -> TemplateResponse:
    term = Term(request.GET.get("name", ""))
    found = clients_for(term).rows if term else clients_lately(staff_of(request))
    context = {
        **admin.site.each_context(request),
        "title": _("New case"),
        "asked": term.text,
        "clients": [client for client in found if client.is_active],
    }
    return TemplateResponse(request, "admin/backoffice/new_case_client.html", context)


# --- the form --------------------------------------------------------------------------------------------------------
def _initial(request: HttpRequest, owner: User) -> dict[str, Values]:
    """The creditor of the client's latest case, else the client; the debtor that the address names."""
    lately = creditors_lately(owner, staff_of(request))
    creditor = party_texts(lately[0], PARTY) if lately else client_as_creditor(owner)
    debtor = _taken(request, owner, DEBTOR, request.GET.get("debtor", ""))
    return {CUSTOMER: creditor, DEBTOR: debtor or {"company_country": "France"}}


def _taken(request: HttpRequest, owner: User, side: str, asked: str) -> Values:
    """What a party is filled in with from one that the client has given before; nothing for any other."""
    user = staff_of(request)
    parties: list[Company] = []
    if is_id(asked):
        given = debtors_of(owner, user).filter(pk=int(asked)) if side == DEBTOR else creditors_lately(owner, user)
        parties = [party for party in given if party.pk == int(asked)]
    for party in parties:
        view_record(target=party)
    return party_texts(parties[0], PARTY) if parties else {}


def _with_more_rows(data: QueryDict, wish: str) -> QueryDict:
    if wish != MORE_INVOICES:
        return data
    copy, rows = data.copy(), data.get(ROWS_FIELD, "")
    copy[ROWS_FIELD] = str(min(int(rows[:4]) + MORE_ROWS, MOST_ROWS)) if rows[:4].isdecimal() else "0"
    return copy


def _open(request: HttpRequest, form: OpeningForm) -> HttpResponse | None:
    """Open the case and go there; None when the form shows why not. A form that is sent again leads to its case."""
    token = sent_token(request)
    values = form.read() if token else None
    is_asked = bool(form.known) and not request.POST.get("despite")
    if values is None or (is_asked and case_opened_by(token) is None):
        return None
    handler = staff_of(request) if request.POST.get("mine") else None
    try:
        case = case_open(owner=form.owner, values=values, handler=handler, token=token, by=staff_of(request))
    except (DomainError, IntegrityError) as error:
        if opened := case_opened_by(token):
            messages.warning(request, _("This form was sent before: this is the case that it has opened."))
            return HttpResponseRedirect(reverse("admin:recoveries_recovery_change", args=[opened]))
        if isinstance(error, Invalid):
            form.refuse(error)
        elif isinstance(error, DomainError):
            form.errors.append(refusal_text(error))
        else:
            raise
        return None
    messages.success(request, _("The case {reference} is open.").format(reference=case.recovery_reference))
    return HttpResponseRedirect(reverse("admin:recoveries_recovery_change", args=[case.pk]))


def _form_page(request: HttpRequest, form: OpeningForm) -> TemplateResponse:
    asked = request.POST.get(KNOWN, "")
    is_sent = request.method == "POST"
    user = staff_of(request)
    context = {
        **admin.site.each_context(request),
        "title": _("New case"),
        "form": form,
        "token": sent_token(request) or form_token(),
        "parties": [
            _party(form, CUSTOMER, _("Creditor")) | {"lately": creditors_lately(form.owner, user)[1:]},
            _party(form, DEBTOR, _("Debtor")) | {"is_debtor": True},
        ],
        "matter": form.shown(RECOVERY, MATTER),
        "terms": form.shown(RECOVERY, TERMS),
        "asked": asked,
        "known_debtors": debtors_found(form.owner, user, asked),
        "is_mine": bool(request.POST.get("mine")) if is_sent else True,
        "is_wrong": is_sent and form.is_wrong,
        "can_have_more": len(form.invoices) < MOST_ROWS,
        "most_rows": MOST_ROWS,
    }
    return TemplateResponse(request, "admin/backoffice/new_case.html", context)


def _party(form: OpeningForm, side: str, label: str) -> dict[str, Any]:
    more = form.shown(side, MORE)
    return {
        "side": side,
        "label": label,
        "who": form.shown(side, WHO),
        "where": form.shown(side, WHERE),
        "more": more,
        "is_more_open": any(field.errors for field in more),
    }
