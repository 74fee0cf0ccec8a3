"""Guessing passwords: whom django-axes counts, and what somebody reads who has guessed too often."""

from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import audit_record
from backoffice.origin import current_request
from legalcity.api.limits import MINUTE, Limit, client_address, take
from legalcity.lib.clock import now

LOCKED_PAGE = "admin/locked.html"
JSON_PATHS = ("/api/", "/v1/")
# Every attempt of an address counts, whoever it names and however it ends.
STAFF_LOGIN = Limit("staff login", "LOGIN_PER_MINUTE", MINUTE)


def attempt_address(request: HttpRequest) -> str | None:
    """The client's address as a column of addresses takes it: an IPv6 network by its first one, none as null."""
    address = client_address(request).partition("/")[0]
    try:
        return str(ip_address(address))
    except ValueError:
        return None


def attempt_email(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The e-mail that an attempt is about. Capitals make no other person, and NUL bytes no other column."""
    named = (credentials or {}).get("username") or request.POST.get("username") or ""
    return str(named).replace("\0", "").strip().lower()[:254]


def lockout_answer(
    request: HttpRequest, _response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """429 for a person who is locked out at this address, with the seconds that are left."""
    newest = (
        AccessAttempt.objects.filter(username=attempt_email(request, credentials), ip_address=attempt_address(request))
        .order_by("-attempt_time")
        .first()
    )
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    until = (newest.attempt_time if newest else now()) + cool_off
    return too_many(request, wait=max(1, int((until - now()).total_seconds()) + 1))


def too_many(request: HttpRequest, *, wait: int) -> HttpResponse:
    """429 as a page of the house, as JSON where a program asks. `wait` is in seconds."""
    if request.path.startswith(JSON_PATHS):
        sentence = _("Too Many Attempts. Please wait {seconds} seconds before trying again.").format(seconds=wait)
        answer: HttpResponse = JsonResponse({"success": False, "message": sentence}, status=429)
    else:
        context = {
            **admin.site.each_context(request),
            "title": _("Too many attempts"),
            "minutes": max(1, round(wait / 60)),
        }
        answer = render(request, LOCKED_PAGE, context, status=429)
    answer["Retry-After"] = str(wait)
    answer["Cache-Control"] = "no-store"
    return answer


def login_refused(request: HttpRequest) -> HttpResponse | None:
    """Count an attempt of this address; the answer when it is one too many."""
    usage = take(STAFF_LOGIN, client_address(request), request)
    return too_many(request, wait=usage.wait) if usage.exceeded else None


def lock_lift(*, attempt: AccessAttempt) -> None:
    """Let the person of `attempt` try again from its address, with any browser."""
    AccessAttempt.objects.filter(username=attempt.username, ip_address=attempt.ip_address).delete()


def connect() -> None:
    """Have the audit learn who came in and who was locked out."""
    user_logged_in.connect(_signed_in, dispatch_uid="audit-signed-in")
    user_locked_out.connect(_locked_out, dispatch_uid="audit-locked-out")


def _signed_in(*, user: User, **_: Any) -> None:
    if current_request() is not None:
        audit_record(action="signed_in", target=user, actor=user)


def _locked_out(*, request: HttpRequest, username: str, **_: Any) -> None:
    # Attempts during the lock have no count: one lock, one event.
    if getattr(request, "axes_failures_since_start", None):
        audit_record(action="locked_out", details={"email": username}, succeeded=False)
