"""The pages of actions: one for a thing, one for the chosen rows of a list."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from backoffice.actions import (
    AlreadyDone,
    ObjectAction,
    action_run,
    done,
    form_token,
    not_possible,
    refusal_show,
    refusal_text,
)
from backoffice.audited import audit_address
from backoffice.steps import ask_again, is_fresh
from backoffice.way import way_kept
from legalcity.lib.errors import DomainError, Forbidden

TOKEN = "form_token"  # noqa: S105 - the name of a field
MOST_ROWS = 500  # Each is a transaction of its own within one request.


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row of a list."""

    label: str
    address: str
    succeeded: bool
    sentence: str


def sent_token(request: HttpRequest) -> str:
    """The token of the form that was sent; empty when it is none of ours."""
    token = request.POST.get(TOKEN, "")
    return token if re.fullmatch("[0-9a-f]{32}", token) else ""


class ActionPages(admin.ModelAdmin):
    """Serves `object_actions` and `bulk_actions`."""

    object_actions: tuple[ObjectAction, ...] = ()
    bulk_actions: tuple[ObjectAction, ...] = ()

    # --- a thing ---------------------------------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """Before Django's own, the last of which takes any address for an id."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_action"
        page = self.admin_site.admin_view(self.action_view)
        return [path("<path:object_id>/action/<slug:name>/", page, name=name), *super().get_urls()]

    def action_address(self, thing: models.Model, action: ObjectAction) -> str:
        """Where an act on `thing` is explained, asked for and confirmed."""
        return self._address("action", quote(thing.pk), action.name)

    def offered_actions(self, request: HttpRequest, thing: models.Model) -> list[dict[str, Any]]:
        """What the person may do to `thing` now, as buttons (`_act.html`)."""
        return [
            self.offered(request, thing, action)
            for action in self.object_actions
            if action.is_allowed(request, self.model, thing) and action.is_offered(request, thing)
        ]

    def offered(self, request: HttpRequest, thing: models.Model, action: ObjectAction) -> dict[str, Any]:
        """An act as its button: `url` is its page, `asking` what a further question is put behind."""
        url = self.action_address(thing, action) + way_kept(request)
        return {
            "action": action,
            "label": action.button(thing),
            "url": url,
            "asking": f"{url}{'&' if '?' in url else '?'}",
            "token": form_token() if action.at_once else "",
            "named": action.named(request, thing),
        }

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """The page of a thing, with its buttons and the way to its audit."""
        if obj is not None:
            if "offered_actions" not in context:  # A page that has asked already
                context["offered_actions"] = self.offered_actions(request, obj)
            context["audit_url"] = audit_address(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def action_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponseBase:
        """Explain, ask and confirm one act on one thing; then carry it out."""
        thing = self.get_object(request, unquote(object_id))
        if thing is None:
            messages.error(request, _("It is not there, or no longer."))
            return HttpResponseRedirect(self._address("changelist"))
        action = next((action for action in self.object_actions if action.name == name), None)
        if action is None:
            raise Http404
        if not (self.has_view_permission(request, thing) and action.is_allowed(request, self.model, thing)):
            raise PermissionDenied
        if action.asks_again and not is_fresh(request):
            return ask_again(request.get_full_path())
        is_sent = request.method == "POST"
        if not is_sent and not action.is_offered(request, thing):
            messages.error(request, not_possible(action))
            return HttpResponseRedirect(self._address("change", quote(thing.pk)) + way_kept(request))
        form = action.bound_form(request, thing, sent=is_sent)
        if is_sent and sent_token(request) and form.is_valid():
            said = self._carry_out(action, request, thing, form)
            if said is not None:
                messages.add_message(request, *said)
                return HttpResponseRedirect(self._way_back(request, thing.pk))
        back = self._address("change", quote(thing.pk)) + way_kept(request)
        context = {"thing": thing, "back": back, "title": str(action.label)}
        context["explanation"] = action.explanation(thing)
        return self._page(request, action, form, "action", context)

    @staticmethod
    def _carry_out(action: ObjectAction, request: HttpRequest, thing: Any, form: Form) -> tuple[int, str] | None:
        """A message with its level, or None when the form shows the refusal."""
        try:
            said = action_run(action, request, thing, form.cleaned_data, sent_token(request))
        except AlreadyDone as error:
            return messages.WARNING, str(error)
        except DomainError as error:
            refusal_show(error, form)
            return None
        return messages.SUCCESS, str(said or done(action))

    def _way_back(self, request: HttpRequest, pk: Any) -> str:
        """The thing's page by the way that led to it, or the list when the thing is gone."""
        is_there = self.model._base_manager.filter(pk=pk).exists()
        return self._address("change", quote(pk)) + way_kept(request) if is_there else self._address("changelist")

    # --- the chosen rows of a list ---------------------------------------------------------------------------------
    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Django's own and `bulk_actions`, as far as the person may use them."""
        actions: dict[str, Any] = super().get_actions(request)
        if self.actions is None or IS_POPUP_VAR in request.GET:
            return actions
        for action in self.bulk_actions:
            if action.is_allowed(request, self.model):
                # Django fills the names of the model into the label.
                actions[action.name] = (self._bulk(action), action.name, str(action.label).replace("%", "%%"))
        return actions

    def response_action(
        self, request: HttpRequest, queryset: models.QuerySet, *args: Any, **options: Any
    ) -> HttpResponse | None:
        """What a hostile form names as rows is not looked for."""
        key = self.opts.pk
        try:
            for value in request.POST.getlist(ACTION_CHECKBOX_NAME):
                key.run_validators(key.to_python(value))
        except ValidationError:
            messages.error(request, _("These rows do not exist."))
            return None
        return super().response_action(request, queryset, *args, **options)

    @staticmethod
    def _bulk(action: ObjectAction) -> Callable[["ActionPages", HttpRequest, models.QuerySet], HttpResponse | None]:
        def serve(pages: "ActionPages", request: HttpRequest, queryset: models.QuerySet) -> HttpResponse | None:
            return pages.bulk_view(request, queryset, action)

        return serve

    def bulk_view(self, request: HttpRequest, queryset: models.QuerySet, action: ObjectAction) -> HttpResponse | None:
        """Explain, ask and confirm one act on many rows; then carry it out row by row and tell what became of each."""
        rows = list(queryset[: MOST_ROWS + 1])
        if len(rows) > MOST_ROWS:
            messages.error(request, _("Choose {count} rows at most.").format(count=MOST_ROWS))
            return None
        is_sent = TOKEN in request.POST
        form = action.bound_form(request, None, sent=is_sent)
        context: dict[str, Any] = {"rows": rows, "back": request.get_full_path(), "title": str(action.label)}
        if is_sent and sent_token(request) and form.is_valid():
            results = [self._row(action, request, thing, form.cleaned_data) for thing in rows]
            context["results"] = results
            context["failed"] = sum(not result.succeeded for result in results)
            context["done"] = len(results) - context["failed"]
            context["undo"] = self.undo_offered(request, action, rows) if context["done"] else None
            return self._page(request, action, form, "bulk_results", context)
        if not callable(action.explain):
            context["explanation"] = action.explain
        return self._page(request, action, form, "bulk", context)

    def undo_offered(
        self, request: HttpRequest, action: ObjectAction, rows: list[models.Model]
    ) -> dict[str, Any] | None:
        """Where the act on `rows` is undone, and what is sent there; None where it cannot be."""
        return None

    def _row(self, action: ObjectAction, request: HttpRequest, thing: Any, data: dict[str, Any]) -> RowResult:
        address, label = self._address("change", quote(thing.pk)), str(thing)
        try:
            if not action.is_allowed(request, self.model, thing):
                raise Forbidden(_("You may not do this."))
            said = action_run(action, request, thing, data, sent_token(request))
        except AlreadyDone as error:
            return RowResult(label, address, succeeded=True, sentence=str(error))
        except DomainError as error:
            return RowResult(label, address, succeeded=False, sentence=refusal_text(error))
        return RowResult(label, address, succeeded=True, sentence=str(said or done(action)))

    # --- both ------------------------------------------------------------------------------------------------------
    def _page(
        self, request: HttpRequest, action: ObjectAction, form: Form, name: str, context: dict[str, Any]
    ) -> TemplateResponse:
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "action": action,
            "form": form,
            "media": self.media + form.media,
            "token": form_token(),
            "preserved_filters": self.get_preserved_filters(request),
            **context,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, f"admin/backoffice/{name}.html", page)

    def _address(self, page: str, *args: Any) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=args)
