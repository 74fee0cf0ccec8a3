"""The steps between an address and the back-office: the password, then the second factor. Site and pages ask here."""

from typing import cast

from django.http import HttpRequest

from accounts.models import User
from backoffice.second_factor import has_second_factor
from legalcity.lib.settings.live import live


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
