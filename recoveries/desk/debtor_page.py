"""The page of a debtor as a person: cases of all clients, ways to reach them, what is known, what came in."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from backoffice.action_pages import sent_token
from backoffice.actions import ObjectAction, form_token
from backoffice.audit import view_record
from backoffice.in_place import carried_out
from backoffice.origin import staff_of
from companies.models import Company
from legalcity.lib.clock import today
from legalcity.lib.ids import is_id
from recoveries.desk.acts.persons import LINK_PERSON, UNLINK_PERSON
from recoveries.desk.reads.debtor import Debtor, cases_against, debtor_of
from recoveries.desk.reads.duplicates import likenesses, links_of
from recoveries.letters.contact_acts import CORRECT_CONTACT
from recoveries.letters.further_contact_acts import END_CONTACT, FURTHER_CONTACTS, WRITE_THERE
from recoveries.letters.party_acts import ENTER_FACT, WITHDRAW_FACT
from recoveries.models import PartyFact, Recovery

ACTIONS = (ENTER_FACT, WITHDRAW_FACT, CORRECT_CONTACT, *FURTHER_CONTACTS, LINK_PERSON, UNLINK_PERSON)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def debtor_view(request: HttpRequest, company_id: int) -> HttpResponse:
    """The person that a row of a debtor is of; what is sent is an act on one of the cases against them."""
    if not (request.user.has_perm("recoveries.view_recovery") and request.user.has_perm("companies.view_company")):
        raise PermissionDenied
    party = Company.objects.filter(pk=company_id).first()
    debtor = debtor_of(party, staff_of(request)) if party else None
    if party is None or debtor is None:  # One that is not there is not told from that of another handler.
        messages.warning(request, _("There is no such debtor, or another handler has the cases."))
        return HttpResponseRedirect(reverse("admin:companies_company_changelist"))
    if request.method == "POST":
        _act(request, party)
        return HttpResponseRedirect(request.get_full_path())
    view_record(target=party)
    return TemplateResponse(request, "admin/backoffice/debtor.html", _context(request, debtor))


def _context(request: HttpRequest, debtor: Debtor) -> dict[str, Any]:
    case = debtor.cases[0]
    return {
        **admin.site.each_context(request),
        "title": str(debtor.party),
        "debtor": debtor,
        "case": case,
        "token": form_token(),
        "today": today(),
        "kinds": PartyFact.Kind,
        "likenesses": likenesses(debtor.party, staff_of(request)),
        "links": links_of(debtor.rows),
        "end_label": END_CONTACT.label,
        "write_there_label": WRITE_THERE.label,
        "link_label": LINK_PERSON.label,
        "unlink_label": UNLINK_PERSON.label,
        "may_act": ENTER_FACT.is_allowed(request, Recovery, case),
        "may_see_letters": request.user.has_perm("recoveries.view_message"),
        "may_see_people": request.user.has_perm("accounts.view_user"),
    }


def _act(request: HttpRequest, party: Company) -> None:
    action: ObjectAction | None = next((one for one in ACTIONS if one.name == request.POST.get("act")), None)
    pk = request.POST.get("case", "")
    case = cases_against(party, staff_of(request)).filter(pk=int(pk)).first() if is_id(pk) else None
    if action is None or case is None:
        raise Http404
    if not action.is_allowed(request, Recovery, case):
        raise PermissionDenied
    messages.add_message(request, *carried_out(request, action, case, sent_token(request) or form_token()))
