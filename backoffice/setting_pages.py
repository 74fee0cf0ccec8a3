"""The pages of the system settings: one form, but for the firm, which has its page, and its bank details theirs."""

from typing import Any

from constance.admin import Config, ConstanceAdmin
from constance.forms import ConstanceForm
from constance.utils import get_values
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from backoffice.firm_details import DETAILS, FURTHER, firm_details_change
from backoffice.firm_needs import FIRM_PAGE
from backoffice.firm_page import SettingsPart, firm_page
from backoffice.origin import staff_of
from backoffice.setting_search import groups_shown
from backoffice.steps import fresh

LONGEST_SEARCH = 100  # characters
SUPERUSERS_ONLY = ("STAFF_SECOND_FACTOR_REQUIRED",)


class SettingsForm(ConstanceForm):
    """All settings; closed are those of the firm's page, and for managers what protects everybody's account."""

    def __init__(self, initial: dict[str, Any], request: HttpRequest | None = None, **options: Any) -> None:
        super().__init__(initial, request, **options)
        is_superuser = request is not None and staff_of(request).is_superuser
        for name in (*DETAILS, *FURTHER, *(() if is_superuser else SUPERUSERS_ONLY)):
            self.fields[name].disabled = True


class FirmDetailsForm(SettingsPart):
    """Where money goes and who asks for it."""

    names = DETAILS


admin.site.unregister([Config])


@admin.register(Config)
class SettingsAdmin(ConstanceAdmin):
    """The form of the settings, and the page of the firm's details."""

    change_list_form = SettingsForm
    change_list_template = "admin/constance/settings.html"

    def get_urls(self) -> list[URLPattern]:
        """The pages of the firm, before constance's own."""
        pages = (("identity/", firm_page, "firm"), ("firm/", self.firm_details_view, "firm_details"))
        own = [path(address, self.admin_site.admin_view(page), name=name) for address, page, name in pages]
        return [*own, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The form; who may only read it sends nothing."""
        if request.method == "POST" and not request.user.has_perm("constance.change_config"):
            raise PermissionDenied
        page: HttpResponse = super().changelist_view(request, extra_context)
        if isinstance(page, TemplateResponse) and page.context_data:
            asked = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
            groups = groups_shown(page.context_data["fieldsets"], asked=asked)
            page.context_data |= {
                "groups": groups,
                "asked": asked,
                "title": self.model._meta.verbose_name_plural.capitalize(),
            }
        return page

    @method_decorator(fresh())
    def firm_details_view(self, request: HttpRequest) -> HttpResponse:
        """The firm's bank and numbers; every manager is told of a change."""
        if not request.user.has_perm("constance.change_config"):
            raise PermissionDenied
        form = FirmDetailsForm(get_values(), request, data=request.POST or None)
        if request.method == "POST" and form.is_valid():
            if firm_details_change(values=form.cleaned_data, by=staff_of(request)):
                messages.success(request, _("The details of the firm are changed. All managers are told by e-mail."))
            return HttpResponseRedirect(reverse(FIRM_PAGE))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Bank details and numbers of the firm"),
            "opts": self.model._meta,
            "form": form,
        }
        return TemplateResponse(request, "admin/constance/firm_details.html", context)
