"""Sessions behind the cookie of `/v1/firms/`.

They lie where Django keeps sessions, under keys of their own: neither cookie opens the other's door. A session ends
with logoff, with its time, with a new password and with the account.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import authenticate, user_logged_in
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import BadCredentials
from backoffice.steps import needs_second_factor
from invoicing.models import ClientUser
from legalcity.lib.errors import Forbidden

USER, PASSWORD = "firms_user", "firms_password"


def lifetime() -> timedelta:
    """How long a session lasts."""
    return timedelta(hours=settings.FIRMS_SESSION_HOURS)


def may_enter(user: User) -> bool:
    """Whether `user` reads invoices at this door: a client's user, or staff who may see them in the back-office.

    This door asks for a password alone: staff who have a second factor, or must have one, do not enter by it.
    """
    if not user.is_staff:
        return ClientUser.objects.filter(user=user).exists()
    return user.has_perm("invoicing.view_firminvoice") and not needs_second_factor(user)


def session_open(*, request: HttpRequest, email: str, password: str) -> str:
    """The key of a new session. Attempts are counted by django-axes, which knows the address by `request`.

    Raises BadCredentials; Forbidden for the right password of somebody who reads no invoices here.
    """
    user = authenticate(request=request, username=email.strip().lower(), password=password)
    if not isinstance(user, User):
        raise BadCredentials(_("Invalid credentials provided"))
    if not may_enter(user):
        raise Forbidden(_("You do not have permission to access this resource."))
    session = SessionStore()
    session[USER], session[PASSWORD] = user.pk, user.get_session_auth_hash()
    session.set_expiry(lifetime())
    session.create()
    user_logged_in.send(sender=User, request=request, user=user)
    return str(session.session_key)


def session_user(key: str) -> User | None:
    """The user behind a session in force, else None."""
    session = SessionStore(session_key=key)
    user = User.objects.filter(pk=session[USER], is_active=True).first() if USER in session else None
    if user is None or (user.is_staff and not may_enter(user)):
        return None
    if not constant_time_compare(session.get(PASSWORD, ""), user.get_session_auth_hash()):
        return None
    return user


def session_close(key: str) -> None:
    """End a session for good."""
    SessionStore(session_key=key).delete()
