"""The pages between the password and the back-office, and those of one's own account. They work without scripts."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import segno
from django.contrib import admin, messages
from django.contrib.auth import REDIRECT_FIELD_NAME, authenticate
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as mark_verified

from accounts.models import User
from backoffice.audit import audit_record
from backoffice.forms import CodeForm, OwnSettingsForm, PasswordForm
from backoffice.login_guard import login_refused
from backoffice.origin import staff_of
from backoffice.roles import role_label
from backoffice.second_factor import (
    backup_codes_left,
    backup_codes_renew,
    code_check,
    enrolment_begin,
    enrolment_confirm,
    has_second_factor,
    second_factor_reset,
)
from backoffice.steps import ask_again, fresh, is_fresh, is_verified, knows_password, mark_fresh
from legalcity.lib.errors import BadRequest, DomainError
from legalcity.lib.settings.live import live

View = Callable[[HttpRequest], HttpResponse]


def after_password(view: View) -> View:
    """For staff who have taken the first step; attempts are counted."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not knows_password(request):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        refusal = login_refused(request) if request.method == "POST" else None
        return refusal or view(request)

    return never_cache(csrf_protect(require_http_methods(["GET", "POST"])(guarded)))


@after_password
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second step of somebody who has set it up."""
    user = staff_of(request)
    if is_verified(request) or not has_second_factor(user):
        return HttpResponseRedirect(_onward(request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            mark_verified(request, code_check(user=user, code=form.cleaned_data["code"]))
        except DomainError as error:
            form.add_error("code", str(error.message))
        else:
            request.session.cycle_key()
            return HttpResponseRedirect(_onward(request))
    return _page(request, "admin/second_factor.html", _("Second step"), form=form)


@require_http_methods(["GET", "POST"])
def second_factor_again(request: HttpRequest) -> HttpResponse:
    """The second factor once more, for acts that not everybody at this screen may do; the password of who has none."""
    if request.method == "POST" and (refusal := login_refused(request)):
        return refusal
    has_factor = has_second_factor(staff_of(request))
    form = CodeForm(request.POST or None) if has_factor else PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            (_code_again if has_factor else _password_again)(request, form)
        except DomainError as error:
            form.add_error(None, str(error.message))
        else:
            mark_fresh(request)
            return HttpResponseRedirect(_onward(request))
    title = _("The second factor once more") if has_factor else _("Your password once more")
    page = "admin/second_factor.html" if has_factor else "admin/password_again.html"
    return _page(request, page, title, form=form, is_again=True)


def _code_again(request: HttpRequest, form: Form) -> None:
    code_check(user=staff_of(request), code=form.cleaned_data["code"])


def _password_again(request: HttpRequest, form: Form) -> None:
    """Raises BadRequest for a wrong one, which counts as at the login."""
    user = staff_of(request)
    if authenticate(request, username=user.email, password=form.cleaned_data["password"]) != user:
        raise BadRequest(_("This password is wrong."))


@after_password
def second_factor_setup(request: HttpRequest) -> HttpResponse:
    """Put the secret into an application and prove that it works; the backup codes are shown here and never again."""
    user = staff_of(request)
    if has_second_factor(user) and not is_verified(request):
        return redirect("admin:second_factor")
    is_obliged = live.STAFF_SECOND_FACTOR_REQUIRED and not has_second_factor(user)  # Nothing else is open to them yet.
    if not is_obliged and not is_fresh(request):
        return ask_again(request.get_full_path())
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device, codes = enrolment_confirm(user=user, code=form.cleaned_data["code"])
        except DomainError as error:
            form.add_error("code", str(error.message))
        else:
            mark_verified(request, device)
            mark_fresh(request)
            request.session.cycle_key()
            return _codes_page(request, codes)
    device = enrolment_begin(user=user)
    context = {
        "form": form,
        "qr": segno.make(device.config_url).svg_inline(scale=5, border=4, light="#fff", title=_("QR code")),
        "secret": _secret_for_reading(device.config_url),
        "is_required": live.STAFF_SECOND_FACTOR_REQUIRED,
    }
    return _page(request, "admin/second_factor_setup.html", _("Set up the second factor"), **context)


@never_cache
@require_POST
@fresh("admin:account")
def backup_codes(request: HttpRequest) -> HttpResponse:
    """Ten new backup codes in the place of the former ones."""
    if not is_verified(request):
        return redirect("admin:account")
    return _codes_page(request, backup_codes_renew(user=staff_of(request)))


@never_cache
@require_POST
@fresh("admin:account")
def second_factor_remove(request: HttpRequest) -> HttpResponse:
    """Do without the second factor, where it is not required."""
    if is_verified(request) and not live.STAFF_SECOND_FACTOR_REQUIRED:
        second_factor_reset(user=staff_of(request))
        audit_record(action="second_factor_removed", target=staff_of(request))
        messages.success(request, _("The second factor is removed."))
    return redirect("admin:account")


@never_cache
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: settings, password, second factor."""
    user = User.objects.get(pk=staff_of(request).pk)
    form = OwnSettingsForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(user.language):
            messages.success(request, _("Your settings are saved."))
        return redirect("admin:account")
    context = {
        "form": form,
        "person": user,
        "roles": ", ".join(role_label(group.name) for group in user.groups.order_by("name")),
        "has_second_factor": has_second_factor(user),
        "codes_left": backup_codes_left(user),
        "is_required": live.STAFF_SECOND_FACTOR_REQUIRED,
    }
    return _page(request, "admin/account.html", _("My account"), **context)


def _onward(request: HttpRequest) -> str:
    """Where the person wanted to go, if it is ours."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else reverse("admin:index")


def _secret_for_reading(config_url: str) -> str:
    """The secret in groups of four letters, for typing it."""
    secret = config_url.partition("secret=")[2].partition("&")[0]
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return _page(request, "admin/backup_codes.html", _("Backup codes"), codes=codes)


def _page(request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
    """A page of the site that nobody keeps a copy of."""
    shared = {**admin.site.each_context(request), "title": title, "next": _onward(request)}
    response = TemplateResponse(request, template, {**shared, **context})
    response["Cache-Control"] = "no-store, private"
    return response
