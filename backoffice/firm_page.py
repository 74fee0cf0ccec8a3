"""The page of the firm: who it is, what is missing of that, and what waits for it. Bank details have a form apart."""

from typing import Any

from constance.forms import ConstanceForm
from constance.utils import get_values
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from backoffice.firm_details import DETAILS, FURTHER, firm_details_change
from backoffice.firm_needs import CHANGE, FIRM_PAGE, SEE, needs_unmet, setting_label
from backoffice.origin import staff_of
from legalcity.lib.settings.live import live

SECTIONS = (
    (gettext_lazy("Who the firm is"), ("FIRM_NAME", "FIRM_LEGAL_FORM", "FIRM_CAPITAL", "FIRM_RCS")),
    (
        gettext_lazy("Where it is, how it is reached"),
        ("FIRM_ADDRESS", "FIRM_POSTAL_CODE", "FIRM_CITY", "FIRM_EMAIL", "FIRM_PHONE"),
    ),
    (
        gettext_lazy("What its letters and invoices say"),
        ("LETTERS_SIGNATORY", "PRIVACY_NOTICE", "LATE_PENALTIES", "EARLY_PAYMENT_DISCOUNT"),
    ),
)


class SettingsPart(ConstanceForm):
    """Some of the settings, each labelled by what it is."""

    names: tuple[str, ...] = ()

    def __init__(self, initial: dict[str, Any], request: HttpRequest | None = None, **options: Any) -> None:
        super().__init__(initial, request, **options)
        self.fields: dict[str, forms.Field] = {name: self.fields[name] for name in self.names}
        for name, field in self.fields.items():
            field.label = setting_label(name)


class FirmForm(SettingsPart):
    """Who the firm is: all but where money goes."""

    names = FURTHER


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def firm_page(request: HttpRequest) -> HttpResponse:
    """The details of the firm, those that are missing first; whoever may change settings changes them here."""
    may_change = request.user.has_perm(CHANGE)
    if not (may_change if request.method == "POST" else request.user.has_perm(SEE)):
        raise PermissionDenied
    form = FirmForm(get_values(), request if may_change else None, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        if firm_details_change(values=form.cleaned_data, by=staff_of(request)):
            messages.success(request, _("The details of the firm are changed."))
        return HttpResponseRedirect(reverse(FIRM_PAGE))
    for field in form.fields.values():
        field.disabled = not may_change
    unmet = needs_unmet()
    context = {
        **admin.site.each_context(request),
        "title": _("The firm"),
        "form": form,
        "may_change": may_change,
        "missing": [(name, setting_label(name), needs, name in DETAILS) for name, needs in unmet.items()],
        "sections": [(title, [(form[name], unmet.get(name)) for name in names]) for title, names in SECTIONS],
        "bank": [(name.lower(), setting_label(name), getattr(live, name), unmet.get(name)) for name in DETAILS],
    }
    return TemplateResponse(request, "admin/backoffice/firm.html", context)
