"""The ledger of a case for staff: each posting with its lines, who, when, why, and what reverses what."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from legalcity.lib.ids import MOST_ID
from recoveries.ledger.case_views import CaseViews
from recoveries.ledger.journal import ledger_read
from recoveries.ledger.reversal_acts import REVERSE_POSTING


class LedgerPage(CaseViews):
    """Adds the ledger to the pages of a case."""

    def get_urls(self) -> list[URLPattern]:
        """Before Django's own, the last of which takes any address for an id."""
        page = self.admin_site.admin_view(self.ledger_view)
        return [path("<id:case_id>/ledger/", page, name="recoveries_recovery_ledger"), *super().get_urls()]

    def ledger_view(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """Newest first; `?before=` an id goes on."""
        case = self.case_seen(request, case_id)
        before = _id_read(request.GET.get("before", ""))
        context: dict[str, Any] = {"title": _("Ledger of the case"), "is_older": before is not None}
        act = REVERSE_POSTING
        may_reverse = act.is_allowed(request, self.model, case) and act.is_offered(request, case)
        context["reverse_url"] = self.action_address(case, act) if may_reverse else ""
        return self.case_page(request, case, "ledger", ledger=ledger_read(case.pk, before=before), **context)


def _id_read(text: str) -> int | None:
    """An id of an address; None for what is none."""
    is_id = text.isascii() and text.isdecimal() and len(text) < 20
    return min(int(text), MOST_ID) if is_id else None
