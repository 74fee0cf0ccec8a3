"""The back-office as a site: who may come in, by which steps."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from backoffice import entrance
from backoffice.home import home_context, ways_of
from backoffice.login_guard import login_refused
from backoffice.odd_queries import readable
from backoffice.staying import seconds_left, session_view
from backoffice.steps import knows_password, next_step


class StaffSite(admin.AdminSite):
    """Staff come in by password, and by a second factor if they have one or the setting asks for it."""

    site_title = _("LegalCity back-office")
    site_header = _("LegalCity back-office")
    index_title = _("Back-office")
    site_url = None

    def has_permission(self, request: HttpRequest) -> bool:
        """Nothing but the second step is open before the second step."""
        return knows_password(request) and next_step(request) is None

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Every page of the site: an address that cannot be read is answered by a page that says so."""
        return super().admin_view(readable(view), cacheable)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With how long the session goes on, and the ways that the head of every page has."""
        context = super().each_context(request)
        ways = ways_of(request) if context["has_permission"] else []
        return {**context, "session_seconds": seconds_left(request), "ways": ways}

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The first step; who has taken it is led to the second one."""
        if request.method == "GET" and knows_password(request) and (step := next_step(request)):
            onward = request.GET.get(REDIRECT_FIELD_NAME, "")
            query = f"?{urlencode({REDIRECT_FIELD_NAME: onward})}" if onward else ""
            return HttpResponseRedirect(reverse(step) + query)
        refusal = login_refused(request) if request.method == "POST" else None
        return refusal or super().login(request, extra_context)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The home page: what waits for the person who looks."""
        return super().index(request, {**(extra_context or {}), **home_context(request)})

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """The pages of the second factor and of one's own account, before those of the models."""
        own: list[URLResolver | URLPattern] = [
            path("second-factor/", entrance.second_factor, name="second_factor"),
            path("second-factor/again/", self.admin_view(entrance.second_factor_again), name="second_factor_again"),
            path("second-factor/setup/", entrance.second_factor_setup, name="second_factor_setup"),
            path("second-factor/codes/", self.admin_view(entrance.backup_codes), name="backup_codes"),
            path("second-factor/remove/", self.admin_view(entrance.second_factor_remove), name="second_factor_remove"),
            path("session/", session_view, name="session"),
            path("account/", self.admin_view(entrance.account), name="account"),
        ]
        return own + super().get_urls()
