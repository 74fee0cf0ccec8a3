"""The steps between an address and the back-office: the password, then the second factor. Site and pages ask here.

Some acts ask for the second factor once more (for the password, of who has none), and take it for a few minutes: a
session that was left open, or stolen, does not change where money goes or who comes in.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from backoffice.second_factor import has_second_factor
from legalcity.lib.clock import now
from legalcity.lib.settings.live import live

FRESH = 300  # seconds
PROVED = "second_factor_proved"  # When, in seconds since 1970


def knows_password(request: HttpRequest) -> bool:
    """Whether an active member of staff has taken the first step."""
    return request.user.is_active and request.user.is_staff


def is_verified(request: HttpRequest) -> bool:
    """Whether the second step was taken in this session."""
    return getattr(request.user, "otp_device", None) is not None


def next_step(request: HttpRequest) -> str | None:
    """The page that stands between the password and the back-office, by name; None when nothing does."""
    if is_verified(request):
        return None
    if has_second_factor(cast(User, request.user)):
        return "admin:second_factor"
    return "admin:second_factor_setup" if live.STAFF_SECOND_FACTOR_REQUIRED else None


def needs_second_factor(user: User) -> bool:
    """Whether the password of this member of staff alone opens nothing."""
    return bool(live.STAFF_SECOND_FACTOR_REQUIRED) or has_second_factor(user)


def mark_fresh(request: HttpRequest) -> None:
    """Remember that the second factor, or the password, was shown just now, for the acts that ask for it once more."""
    request.session[PROVED] = int(now().timestamp())


def is_fresh(request: HttpRequest) -> bool:
    """Whether the second factor was shown lately; the password once more, by who has none where none is required."""
    return 0 <= int(now().timestamp()) - int(request.session.get(PROVED, 0)) < FRESH


def ask_again(onward: str) -> HttpResponseRedirect:
    """To the page that asks for the second factor, or the password, once more, and from there to `onward`."""
    return HttpResponseRedirect(f"{reverse('admin:second_factor_again')}?{urlencode({REDIRECT_FIELD_NAME: onward})}")


def fresh(onward: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A view that asks for the second factor once more; then on to the page `onward` (a name), else to the same one."""

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
            if is_fresh(request):
                return cast(HttpResponseBase, view(request, *args, **options))
            return ask_again(reverse(onward) if onward else request.get_full_path())

        return guarded

    return guard
