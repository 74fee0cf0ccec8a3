"""The list of cases as staff see it: columns, filters, search, what can be done with many cases at once."""

from collections.abc import Set
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.amounts import euros
from backoffice.way import LIST
from law.deadlines import Kind, told
from legalcity.lib.bounded_paginator import BoundedPaginator
from legalcity.lib.clock import today
from recoveries.catalogue import catalogue
from recoveries.desk.bulk import ASSIGN, MOVE, RELEASE
from recoveries.desk.export import ExportPages
from recoveries.desk.filters import NAMES, CaseFilters, filters_shown
from recoveries.desk.reads.worklist import cases_searched, with_unread
from recoveries.desk.saved_filters import SavedFilterPages, filters_offered
from recoveries.desk.undoing import UNDO_MANY, UndoPages
from recoveries.intake.import_pages import ImportPages
from recoveries.letters.bulk.list_pages import MailingPages
from recoveries.models import CaseBalance, Recovery

DUE = F("balance__due")


class MarkedColumns:
    """The columns that show more of a case than its row holds, read once for the page."""

    def __init__(self) -> None:
        self.unread: Set[int] = frozenset()

    @admin.display(description=gettext_lazy("debtor"), ordering="debtor_company")
    def debtor_shown(self, case: Recovery) -> str:
        """Company or person, with what is unread."""
        name = case.debtor_company or case.debtor_name or "-"
        if case.pk not in self.unread:
            return name
        return format_html('{} <span class="lc-badge lc-badge-info">{}</span>', name, _("unread"))


class CaseChangeList(ChangeList):
    """A page of cases, with what its rows show beside their own."""

    def __init__(self, request: HttpRequest, model: type[Recovery], list_display: Any, *rest: Any) -> None:
        self.marked = MarkedColumns()
        # Columns of the page itself, where the list of columns names those of any page.
        bound = [getattr(self.marked, each.__name__) if callable(each) else each for each in list_display]
        super().__init__(request, model, bound, *rest)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Recovery]) -> list[Any]:
        """What is asked for, then the id in the same direction, so that one index serves both directions."""
        ordering: list[Any] = super().get_ordering(request, queryset.order_by())
        return [*ordering[:-1], "pk"] if ordering[-1] == "-pk" and not _is_descending(ordering[0]) else ordering

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Recovery]:
        """Sorted by what is due they are read from its index: by way of the balance, which each case has."""
        cases: QuerySet[Recovery] = super().get_queryset(request, exclude_parameters)
        is_by_due = any(getattr(part, "expression", None) == DUE for part in cases.query.order_by)
        return cases.filter(balance__isnull=False) if is_by_due else cases

    def get_results(self, request: HttpRequest) -> None:
        """Read once, whatever the rows then ask of them.

        What is shown beside a row is looked up for the rows of the page: joined, it would be joined to every case that
        is sorted.
        """
        super().get_results(request)
        self.result_list = list(self.result_list)
        prefetch_related_objects(self.result_list, "owner", "user", "balance")
        self.marked.unread = with_unread(self.result_list)


def _is_descending(part: Any) -> bool:
    return part.startswith("-") if isinstance(part, str) else part.descending


class CaseList(UndoPages, ExportPages, ImportPages, SavedFilterPages, MailingPages):
    """Columns, filters and search of the list."""

    list_display: tuple[Any, ...] = (
        "recovery_reference",
        MarkedColumns.debtor_shown,
        "creditor_shown",
        "state",
        "to_recover",
        "owed",
        "due",
        "deadline",
        "handler",
        "created",
    )
    list_display_links = ("recovery_reference",)
    list_filter = (CaseFilters,)
    list_select_related = ()
    list_per_page = 50
    ordering = ("-created_at", "-id")
    paginator = BoundedPaginator
    show_full_result_count = False
    search_fields = ("search_text",)
    bulk_actions = (ASSIGN, RELEASE, MOVE)
    change_list_template = "admin/recoveries/recovery/change_list.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """With our columns."""
        return CaseChangeList

    def get_preserved_filters(self, request: HttpRequest) -> str:
        """The list without a filter is one, too, through which one goes from case to case."""
        match = request.resolver_match
        is_list = match is not None and (match.url_name or "").endswith("_changelist")
        return super().get_preserved_filters(request) or (urlencode({LIST: "p=1"}) if is_list else "")

    def get_urls(self) -> list[URLPattern]:
        """The pages around the list before Django's own, the last of which takes any address for an id."""
        return [
            *self.undo_urls(),
            *self.export_urls(),
            *self.import_urls(),
            *self.saved_filter_urls(),
            *super().get_urls(),
        ]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """The address filters by what filters.py names, and not by any column."""
        return lookup in NAMES

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Recovery], search_term: str
    ) -> tuple[QuerySet[Recovery], bool]:
        """By the column and the folding that the API searches by."""
        return cases_searched(queryset, search_term), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list with its panel of filters."""
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        if context and "cl" in context:
            form = context["cl"].filter_specs[0].form
            context["filter_form"] = form
            context["media"] += form.media
            context["filters_shown"] = filters_shown(form.active, form)
            context["saved_filters"] = filters_offered(request)
            context["may_export"] = self.may_export(request)
            context["may_import"] = self.may_import(request)
            context["may_undo"] = UNDO_MANY.is_allowed(request, Recovery)
            context["may_open"] = request.user.has_perm("recoveries.add_recovery")
        return response

    @admin.display(description=gettext_lazy("creditor"), ordering="customer_company")
    def creditor_shown(self, case: Recovery) -> str:
        """The creditor's company, or the client where there is none."""
        return case.customer_company or case.owner.entreprise or str(case.owner)

    @admin.display(description=gettext_lazy("status"), ordering="status_id")
    def state(self, case: Recovery) -> SafeString:
        """The status, closed ones in another tone."""
        entry = catalogue.entry(case.status_id)
        return format_html(
            '<span class="lc-badge{}">{}</span>', "" if entry.is_closing else " lc-badge-wait", entry.name
        )

    @admin.display(description=gettext_lazy("to recover"), ordering="amount_torecover")
    def to_recover(self, case: Recovery) -> str:
        """EUR, as one reads it."""
        return euros(case.amount_torecover)

    # What nobody can say comes below nothing: last, where the most comes first.
    @admin.display(description=gettext_lazy("due as of today"), ordering=DUE.asc(nulls_first=True))
    def owed(self, case: Recovery) -> str | SafeString:
        """EUR of the balance; with its day when that is not today, and why where there is none."""
        balance: CaseBalance | None = getattr(case, "balance", None)
        if balance is None:
            return "-"
        if balance.due is None:
            return _("no rate for {day}").format(day=short(balance.missing_on))
        if balance.on == today() or balance.next_change is None or balance.next_change > today():
            return euros(balance.due)
        return format_html('{}<br><span class="lc-quiet">{}</span>', euros(balance.due), _on(balance))

    @admin.display(description=gettext_lazy("due"), ordering="recovery_due_date")
    def due(self, case: Recovery) -> SafeString:
        """The due date, and how long ago it was."""
        days = (today() - case.recovery_due_date).days
        ago = ngettext("{days} day ago", "{days} days ago", days).format(days=days) if days > 0 else _("not due yet")
        return format_html('{}<br><span class="lc-quiet">{}</span>', short(case.recovery_due_date), ago)

    @admin.display(description=gettext_lazy("deadline"), ordering="next_deadline", empty_value="")
    def deadline(self, case: Recovery) -> SafeString | None:
        """The next legal date of an open case, and what it is for."""
        day = case.next_deadline
        if day is None or catalogue.is_closing(case.status_id):
            return None
        days = (day - today()).days
        tone = "bad" if days < 7 else "wait" if days < 30 else "info"
        return format_html(
            '<span class="lc-badge lc-badge-{}" title="{}">{}</span>',
            tone,
            told(Kind(case.next_deadline_code)),
            short(day),
        )

    @admin.display(description=gettext_lazy("handler"), ordering="user__last_name")
    def handler(self, case: Recovery) -> str:
        """Who works on it."""
        return str(case.handler or "-")

    @admin.display(description=gettext_lazy("opened"), ordering="created_at")
    def created(self, case: Recovery) -> str:
        """The day."""
        return short(localtime(case.created_at))


def _on(balance: CaseBalance) -> str:
    return _("on {day}").format(day=short(balance.on))


def short(day: Any) -> str:
    """A day in the short form of the language."""
    return date_format(day, "SHORT_DATE_FORMAT")
