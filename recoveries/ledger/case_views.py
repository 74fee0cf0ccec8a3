"""What the pages about the money of a case share: which case, and that somebody looked."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from backoffice.action_pages import ActionPages
from backoffice.audit import view_record
from recoveries.models import Recovery


class CaseViews(ActionPages):
    """Pages of a case beside the one of Django's own."""

    def case_seen(self, request: HttpRequest, case_id: int) -> Recovery:
        """The case, if the person may see it; that it was looked at is written down. Raises Http404."""
        case: Recovery | None = self.get_object(request, str(case_id))
        if case is None:
            raise Http404
        if not self.has_view_permission(request, case):
            raise PermissionDenied
        view_record(target=case)
        return case

    def case_page(self, request: HttpRequest, case: Recovery, template: str, **context: Any) -> HttpResponse:
        """A page about `case`."""
        request.current_app = self.admin_site.name
        page = {**self.admin_site.each_context(request), "opts": self.opts, "case": case, **context}
        return TemplateResponse(request, f"admin/recoveries/recovery/{template}.html", page)
