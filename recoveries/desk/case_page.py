"""The page of a case as staff see it: header, buttons, timeline, facts."""

from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from backoffice.action_pages import ActionPages
from companies.contacts import further_contacts
from companies.models import Company
from companies.parties import quality_of
from law.account.facts import ClaimKind
from law.deadlines import is_court_known
from law.limitation import is_in_doubt
from legalcity.lib.clock import now, today
from recoveries.court.procedure import field_labels
from recoveries.court.recorded import DATES
from recoveries.court.selectors import is_fee_unconfirmed
from recoveries.desk.acts import CASE_ACTIONS, GROUPS
from recoveries.desk.case_work import FOLLOW_UP, OFFERED, work_context
from recoveries.desk.next_case import place_keep, way_of
from recoveries.desk.reads.case_account import CaseAccount, Row, case_account
from recoveries.desk.reads.case_facts import (
    JOINED,
    Rows,
    acknowledgements_of,
    acomptes_of,
    dettes_of,
    documents_of_case,
    earlier_letters_of,
    invoices_of,
    next_date,
    notices_of,
    rows_of,
)
from recoveries.desk.reads.timeline import cursor_read, timeline
from recoveries.desk.reads.timeline_sources import TABS
from recoveries.letters.party_facts import facts_about
from recoveries.letters.scenarios.outlook import panel_of
from recoveries.models import Injunction, Recovery
from recoveries.selectors.deadlines import deadlines_of, opposed_too_late, procedure_of
from recoveries.selectors.sides import SIDES
from recoveries.services.pins import pins_of

PAGES = {
    "invoices": invoices_of,
    "documents": documents_of_case,
    "payments": acomptes_of,
    "debts": dettes_of,
    "acknowledgements": acknowledgements_of,
    "notices": notices_of,
    "earlier_letters": earlier_letters_of,
}
LAST_PAGE = 10_000
ROW_ACTIONS = (
    "mark-read",
    "correct-added-contact",
    "end-contact",
    "write-there",
    "pin-note",
    "unpin-note",
    "set-visibility",
    "request-signature",
    "reverse-payment",
    "reverse-debt",
    "reverse-posting",
    "reverse-acknowledgement",
    "invoice-facts",
    "add-invoice",
    "correct-invoice",
    "remove-invoice",
    "correct-party",
    "correct-claim",
    "notice-received",
    "withdraw-party-fact",
    "move-status",
    "undo",
    "take",
    "next-date",
    "fee-paid",
    *OFFERED,
    FOLLOW_UP,
)


class CasePage(ActionPages):
    """Everything about one case. Services write it: nothing on the page is a field, acts are buttons."""

    change_form_template = "admin/recoveries/recovery/case.html"
    object_actions = CASE_ACTIONS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Recovery]:
        """The page of one case and its acts need what it points at; the list says for itself what it needs."""
        cases = cast("QuerySet[Recovery]", super().get_queryset(request))
        match = request.resolver_match
        is_list = match is None or not match.kwargs
        return cases if is_list else cases.select_related(*JOINED)

    def get_fieldsets(self, request: HttpRequest, obj: Recovery | None = None) -> list[Any]:
        """None: Django would fill selects with all clients and companies."""
        return []

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """Neither tells the case of another handler from one that is not there."""
        messages.warning(request, _("There is no such case, or another handler has it."))
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:recoveries_recovery_changelist"))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, obj: Any = None, **options: Any
    ) -> HttpResponse:
        """Add what the page shows."""
        if obj is not None:
            way = way_of(request, obj, self)
            place_keep(request, way)
            context["offered_actions"] = self.offered_actions(request, obj)
            offered = {entry["action"].name: entry for entry in context["offered_actions"]}
            context["groups"] = _groups(offered)
            context["work"] = work_context(request, obj, offered) | {"way": way}
            context["row_actions"] = {name.replace("-", "_"): entry for name, entry in offered.items()}
            context |= case_context(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **options)  # type: ignore[misc]


def _groups(offered: dict[str, Any]) -> list[dict[str, Any]]:
    """The buttons by group. Those of a comment or a document stand beside it."""
    groups = [
        {
            "label": label,
            "buttons": [offered[a.name] for a in actions if a.name in offered and a.name not in ROW_ACTIONS],
        }
        for label, actions in GROUPS
    ]
    return [group for group in groups if group["buttons"]]


def case_context(request: HttpRequest, case: Recovery) -> dict[str, Any]:
    """What the page of `case` shows, with the pages of its tables that the address names."""
    day = today()
    procedure = procedure_of(case)
    account, deadlines = case_account(case, day), deadlines_of(case, day)
    tables = {name: rows_of(rows(case), _page(request, name)) for name, rows in PAGES.items()}
    pins = pins_of(case.pk)
    kind = request.GET.get("kind", "")
    kind = kind if kind in TABS else ""
    return {
        "case": case,
        "title": case.recovery_reference,
        "subtitle": None,
        "account": account,
        **_claims(account, tables),
        "next_date": next_date(deadlines, day),
        "procedure": procedure,
        "qualities": {side: _quality(case, side) for side in SIDES},
        "procedure_dates": _dates(procedure) if procedure else [],
        "is_fee_unconfirmed": procedure is not None and is_fee_unconfirmed(procedure),
        "deadlines": deadlines,
        "is_limitation_doubtful": not case.is_in_court and is_in_doubt(deadlines, day),
        "is_court_unknown": procedure is not None and not is_court_known(procedure.court_territory),
        "is_opposed_too_late": opposed_too_late(case),
        "further_contacts": list(further_contacts(case.debtor)) if case.debtor else [],
        "party_facts": list(facts_about(case)),
        "pins": pins,
        "pinned": {pin.comment_id for pin in pins},
        "scenario": panel_of(case, now()),
        "timeline": timeline(case.pk, tab=kind or None, after=cursor_read(request.GET.get("after", ""))),
        "is_older": "after" in request.GET,
        "kind": kind,
        "kinds": [(name, tab.label) for name, tab in TABS.items()],
        "tables": tables,
        "may": {
            "companies": request.user.has_perm("companies.view_company"),
            "documents": request.user.has_perm("documents.view_document"),
            "letters": request.user.has_perm("recoveries.view_message"),
            "procedure": request.user.has_perm("recoveries.view_injunction"),
            "people": request.user.has_perm("accounts.view_user"),
            "events": request.user.has_perm("events.view_event"),
        },
    }


def _claims(account: CaseAccount, tables: dict[str, Rows]) -> dict[str, list[Row]]:
    """The rows of the tables of claims, each with what the account says is left of it."""
    return {
        "invoice_rows": account.rows(ClaimKind.INVOICE, tables["invoices"].rows),
        "debt_rows": account.rows(ClaimKind.DEBT, tables["debts"].rows),
    }


def _quality(case: Recovery, side: str) -> str:
    """In which quality a party deals, as people read it."""
    return str(Company.ActsAs(quality_of(getattr(case, side), is_debtor=side == "debtor")).label)


def _dates(procedure: Injunction) -> list[tuple[str, str]]:
    """What is known of the procedure, by the names of its fields."""
    labels = field_labels()
    told = {name: getattr(procedure, name) for name in DATES}
    told["served_how"] = procedure.get_served_how_display()
    return [(capfirst(str(labels[name])), _shown(value)) for name, value in told.items() if value not in (None, "")]


def _shown(value: Any) -> str:
    return date_format(value, "SHORT_DATE_FORMAT") if isinstance(value, date) else str(value)


def _page(request: HttpRequest, name: str) -> int:
    asked = request.GET.get(name, "")
    return min(max(int(asked[:6]), 1), LAST_PAGE) if asked.isascii() and asked.isdecimal() else 1
