"""*Annuler*: cases that somebody has just given away or taken away go back to who had them."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import AuditEvent, User
from backoffice.action_pages import MOST_ROWS, ActionPages, sent_token
from backoffice.actions import AlreadyDone, ObjectAction, action_run
from backoffice.origin import staff_of
from legalcity.lib.clock import now
from legalcity.lib.errors import DomainError, Forbidden
from legalcity.lib.ids import is_id
from recoveries.desk.acts.everyday import ASSIGN
from recoveries.desk.bulk import UNDONE_BY
from recoveries.desk.filters import query_kept
from recoveries.models import Recovery
from recoveries.services.cases import recovery_lock
from recoveries.services.handlers import case_assign

WITHIN = timedelta(hours=1)
TOKEN = "undone"  # noqa: S105 - the name of a field


def _undo(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    """Back to who had it, unless somebody has given it to another one since."""
    locked = recovery_lock(recovery_id=case.pk)
    if locked.user_id != data["became"]:
        raise Forbidden(_("Somebody has assigned the case anew since."))
    former = User.objects.filter(pk=data["was"], is_staff=True, is_active=True).first() if data["was"] else None
    case_assign(recovery_id=case.pk, handler=former, by=staff_of(request))
    return _("The case is back where it was.")


UNDO = ObjectAction(
    name="undo-assignment",
    label=gettext_lazy("Undo the assignment"),
    permission=ASSIGN.permission,
    perform=_undo,
)


class UndoPages(ActionPages):
    """The way back from an assignment of many cases."""

    def undo_urls(self) -> list[URLPattern]:
        """The address; it stands before Django's own."""
        page = self.admin_site.admin_view(self.undo_view)
        return [path("undo-assignment/", page, name="recoveries_recovery_undo")]

    def undo_offered(self, request: HttpRequest, action: ObjectAction, rows: list[Any]) -> dict[str, Any] | None:
        """Who handles the cases can be undone."""
        if action.name not in UNDONE_BY:
            return None
        query = request.GET.urlencode()
        address = reverse("admin:recoveries_recovery_undo")
        return {
            "address": f"{address}?{query}" if query else address,
            "token": sent_token(request),
            "rows": [row.pk for row in rows],
        }

    def undo_view(self, request: HttpRequest) -> HttpResponse:
        """Undo what the person did to the named cases by the form of that token, within an hour.

        The audit says what it was: cases that one has given away one may see no more.
        """
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not UNDO.is_allowed(request, Recovery):
            raise PermissionDenied
        outcomes = [self._undone(request, event) for event in _done(request)]
        back, refused = outcomes.count(True), outcomes.count(False)
        if back:
            said = ngettext("{count} case is back where it was.", "{count} cases are back where they were.", back)
            messages.success(request, said.format(count=back))
        if refused:
            said = ngettext("{count} case has changed since.", "{count} cases have changed since.", refused)
            messages.warning(request, said.format(count=refused))
        if not outcomes:
            messages.warning(request, _("There is nothing to undo, or no longer."))
        kept = query_kept(request.GET.urlencode())
        address = reverse("admin:recoveries_recovery_changelist")
        return HttpResponseRedirect(f"{address}?{kept}" if kept else address)

    @staticmethod
    def _undone(request: HttpRequest, event: AuditEvent) -> bool:
        case = Recovery.objects.filter(pk=event.object_id).first()
        if case is None:
            return False
        sides = {"was": (event.before or {}).get("user_id"), "became": (event.after or {}).get("user_id")}
        try:
            action_run(UNDO, request, case, sides, str(event.pk))
        except (DomainError, AlreadyDone):
            return False
        return True


def _done(request: HttpRequest) -> Iterable[AuditEvent]:
    """What the person did to the named cases by that form."""
    pks = [pk for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)[:MOST_ROWS] if is_id(pk)]
    keys = list(_keys(pks, request.POST.get(TOKEN, "")[:64]))
    since = now() - WITHIN
    events = AuditEvent.objects.filter(once_key__in=keys, actor_id=staff_of(request).pk, succeeded=True, at__gte=since)
    return [event for event in events.order_by("pk") if "user_id" in (event.after or {})]


def _keys(pks: Iterable[str], token: str) -> Iterator[str]:
    if not token.isalnum():
        return
    for pk in pks:
        for name in UNDONE_BY:
            yield f"{name}:{Recovery._meta.label_lower}:{pk}:{token}"
