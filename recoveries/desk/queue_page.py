"""The page of the queue: what is due, each case with why, and the way in."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backoffice.actions import form_token
from backoffice.home import ALL, MINE, SCOPE
from backoffice.origin import staff_of
from backoffice.reach import sees_all_cases
from backoffice.way import PLACE, QUEUE
from legalcity.lib.clock import today
from recoveries.desk.acts.taking import TAKE
from recoveries.desk.next_case import is_mine
from recoveries.desk.reads.queue import MOST, Due, free_cases, queue
from recoveries.models import Recovery

SEE = "recoveries.view_recovery"


@never_cache
@require_safe
def queue_view(request: HttpRequest) -> HttpResponse:
    """The queue of the person who looks, or (`scope=all`, for who sees all cases) everybody's."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    mine = is_mine(request, request.GET.get(SCOPE, ""))
    scope = MINE if mine else ALL
    found = queue(staff_of(request), mine=mine, day=today())
    rows = [
        (f"{reverse('admin:recoveries_recovery_change', args=[due.pk])}?{QUEUE}={scope}&{PLACE}={place}", due)
        for place, due in enumerate(found, 1)
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("Cases to do"),
        "rows": rows,
        "free": _free(request, scope),
        "scope": scope,
        "may_switch": sees_all_cases(staff_of(request)),
        "most": MOST if len(found) == MOST else None,
    }
    return TemplateResponse(request, "admin/backoffice/queue.html", context)


def _free(request: HttpRequest, scope: str) -> list[tuple[str, str, Due]]:
    """New cases that nobody handles, each with the address that takes it and goes on to it, for who may take cases."""
    if not TAKE.is_allowed(request, Recovery):
        return []
    return [
        (f"{reverse('admin:recoveries_recovery_action', args=[due.pk, TAKE.name])}?{QUEUE}={scope}", form_token(), due)
        for due in free_cases(staff_of(request), day=today())
    ]
