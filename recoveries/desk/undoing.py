"""*Annuler*: what was done to many cases at once goes back, case by case, where nothing has happened since."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import AuditEvent
from backoffice.action_pages import ActionPages, RowResult, sent_token
from backoffice.actions import AlreadyDone, ObjectAction, action_run, refusal_text
from backoffice.origin import staff_of
from legalcity.lib.errors import DomainError, Forbidden
from recoveries.desk.acts.taking_back import WAYS, Way
from recoveries.desk.bulk import ASSIGN, MOVE, RELEASE
from recoveries.desk.filters import query_kept
from recoveries.desk.reads.bulk_acts import UNDONE, bulk_acts
from recoveries.models import Recovery
from recoveries.services.cases import recovery_lock

TOKEN = "undone"  # noqa: S105 - the name of a field
BULK_WAYS = {ASSIGN.name: WAYS[ASSIGN.name], RELEASE.name: WAYS[ASSIGN.name], MOVE.name: WAYS[MOVE.name]}
"""How each act on many cases is undone; letters and what else has left the house have no way back."""
LABELS = {action.name: action.label for action in (ASSIGN, RELEASE, MOVE)}


def _undo(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    """As the act was before, unless something stands in the way. Raises Forbidden with what does."""
    event = AuditEvent.objects.get(pk=data["event"])
    way: Way = BULK_WAYS[event.action]
    locked = recovery_lock(recovery_id=case.pk)
    obstacle = way.obstacle(locked, event)
    if obstacle is not None:
        raise Forbidden(obstacle)
    way.undo(locked, event, staff_of(request))
    return _("The case is back where it was.")


def _may(request: HttpRequest, case: Any) -> bool:
    return any(way.action.is_allowed(request, Recovery, case) for way in BULK_WAYS.values())


UNDO_MANY = ObjectAction(
    name=UNDONE, label=gettext_lazy("Undo what was done to many cases"), permission=_may, perform=_undo
)


class UndoPages(ActionPages):
    """The way back from what was done to many cases."""

    def undo_urls(self) -> list[URLPattern]:
        """The address; it stands before Django's own."""
        return [path("undo/", self.admin_site.admin_view(self.undo_view), name="recoveries_recovery_undo")]

    def undo_offered(self, request: HttpRequest, action: ObjectAction, rows: list[Any]) -> dict[str, Any] | None:
        """Who handles the cases and where they stand can be undone."""
        if action.name not in BULK_WAYS:
            return None
        query = request.GET.urlencode()
        address = reverse("admin:recoveries_recovery_undo")
        return {"address": f"{address}?{query}" if query else address, "token": sent_token(request)}

    def undo_view(self, request: HttpRequest) -> HttpResponse:
        """What can be undone: one's own acts of the last hour, a manager's those of all. What is sent is undone.

        The audit says what it was: cases that one has given away one may see no more.
        """
        if not UNDO_MANY.is_allowed(request, Recovery):
            raise PermissionDenied
        kept = query_kept(request.GET.urlencode())
        address = reverse("admin:recoveries_recovery_changelist")
        context: dict[str, Any] = {"back": f"{address}?{kept}" if kept else address, "title": _("Undo a bulk act")}
        token = request.POST.get(TOKEN, "")
        person = staff_of(request)
        if request.method == "POST" and token.isalnum() and token.isascii():
            events = [event for act in bulk_acts(person, BULK_WAYS, token[:64]) for event in reversed(act.events)]
            results = [self._undone(request, event) for event in events]
            context |= {"results": results, "failed": sum(not result.succeeded for result in results)}
            context["done"] = len(results) - context["failed"]
            if results:
                return self._undo_page(request, "bulk_results", context)
        context["acts"] = [
            {"act": act, "label": LABELS[act.name], "cases": _counted(len(act.events))}
            for act in bulk_acts(person, BULK_WAYS)
            if len(act.events) > 1 or act.token == token
        ]
        return self._undo_page(request, "bulk_undo", context)

    def _undo_page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> TemplateResponse:
        page = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, **context}
        return TemplateResponse(request, f"admin/backoffice/{name}.html", page)

    def _undone(self, request: HttpRequest, event: AuditEvent) -> RowResult:
        label, address = event.object_label, self._address("change", event.object_id)
        case = Recovery.objects.filter(pk=event.object_id).first()
        try:
            if case is None:
                raise Forbidden(_("It is no longer there."))
            if not BULK_WAYS[event.action].action.is_allowed(request, Recovery, case):
                raise Forbidden(_("You may not do this."))
            said = action_run(UNDO_MANY, request, case, {"event": event.pk}, str(event.pk))
        except AlreadyDone as error:
            return RowResult(label, address, succeeded=True, sentence=str(error))
        except DomainError as error:
            return RowResult(label, address, succeeded=False, sentence=refusal_text(error))
        return RowResult(label, address, succeeded=True, sentence=str(said))


def _counted(count: int) -> str:
    return ngettext("{count} case", "{count} cases", count).format(count=count)
