"""What staff do about access: keys, tokens, second factors, locks."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from axes.models import AccessAttempt
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import services, tokens
from accounts.models import AccessToken, ApiKey, User
from accounts.selectors import has_access
from backoffice.actions import ObjectAction, Reason
from backoffice.login_guard import lock_lift
from backoffice.origin import staff_of
from backoffice.second_factor import has_second_factor, second_factor_reset
from backoffice.standing import is_above
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Sentence
from legalcity.lib.form_fields import DayField, TextField

MANAGE_ACCESS = "accounts.manage_access"
SHOWN_ONCE = "shown_once"  # attribute of the request that made it; a message would lie in a cookie


@dataclass(frozen=True, slots=True)
class ShownOnce:
    """What was made just now and is shown on one page: its title, what it is, the secret itself."""

    title: Sentence
    label: Sentence
    secret: str


def _may_manage(request: HttpRequest, thing: User | ApiKey | AccessToken | None) -> bool:
    user = thing if thing is None or isinstance(thing, User) else thing.user
    return request.user.has_perm(MANAGE_ACCESS) and not is_above(user, staff_of(request))


class KeyForm(forms.Form):
    """What a new key is called, and what narrows it."""

    name = TextField(label=gettext_lazy("Name"), max_length=100, required=False)
    expires_on = DayField(label=gettext_lazy("In force until the end of"), required=False)
    is_read_only = forms.BooleanField(label=gettext_lazy("Reads only"), required=False)
    addresses = TextField(
        label=gettext_lazy("From these addresses only"),
        help_text=gettext_lazy("Addresses or networks such as 192.0.2.0/24, comma between; empty: from anywhere."),
        max_length=2000,
        required=False,
    )


def _issue_key(request: HttpRequest, user: User, data: dict[str, Any]) -> str:
    last = data["expires_on"]
    key = services.key_issue(
        user=user,
        by=staff_of(request),
        name=data["name"],
        expires_at=datetime.combine(last + timedelta(days=1), time(), tzinfo=PARIS) if last else None,
        is_read_only=data["is_read_only"],
        addresses=data["addresses"],
    )
    setattr(request, SHOWN_ONCE, ShownOnce(_("New API key"), _("API key"), key))
    return _("The key is issued.")


def _renew_secret(request: HttpRequest, user: User, _data: dict[str, Any]) -> str:
    secret = services.secret_renew(user=user)
    setattr(request, SHOWN_ONCE, ShownOnce(_("New webhook secret"), _("Webhook secret (auth_secret)"), secret))
    return _("The secret is renewed.")


def _revoke_key(_request: HttpRequest, key: ApiKey, _data: dict[str, Any]) -> str:
    services.key_revoke(api_key=key)
    return _("The key is revoked.")


def _revoke_token(_request: HttpRequest, token: AccessToken, _data: dict[str, Any]) -> str:
    tokens.token_revoke(jti=token.jti)
    return _("The token is revoked.")


def _revoke_access(_request: HttpRequest, user: User, _data: dict[str, Any]) -> str:
    keys, revoked = services.access_revoke(user=user)
    return _("Revoked: {keys} keys, {tokens} tokens.").format(keys=keys, tokens=revoked)


def _reset_second_factor(_request: HttpRequest, user: User, _data: dict[str, Any]) -> str:
    second_factor_reset(user=user)
    return _("The second factor is reset.")


def _lift_lock(_request: HttpRequest, attempt: AccessAttempt, _data: dict[str, Any]) -> str:
    lock_lift(attempt=attempt)
    return _("The lock is lifted.")


ISSUE_KEY = ObjectAction(
    name="issue-key",
    label=gettext_lazy("Issue an API key"),
    permission=_may_manage,
    perform=_issue_key,
    form=KeyForm,
    is_offered=lambda request, user: user.has_api_access and user.is_active,
    explain=gettext_lazy("A further key; the older ones go on working. It is shown once, after this."),
    asks_again=True,
)
RENEW_SECRET = ObjectAction(
    name="renew-secret",
    label=gettext_lazy("Renew the webhook secret"),
    permission=_may_manage,
    perform=_renew_secret,
    form=Reason,
    is_offered=lambda request, user: user.has_api_access and user.is_active,
    explain=gettext_lazy(
        "A new auth_secret signs what is sent to the client; the old one signs beside it for 24 hours. It is shown "
        "once, after this."
    ),
    asks_again=True,
)
REVOKE_KEY = ObjectAction(
    name="revoke-key",
    label=gettext_lazy("Revoke the key"),
    permission=_may_manage,
    perform=_revoke_key,
    is_offered=lambda request, key: key.revoked_at is None,
    explain=gettext_lazy("The key opens nothing any more, for good. The sessions that it has opened end at once."),
    danger=True,
)
REVOKE_TOKEN = ObjectAction(
    name="revoke-token",
    label=gettext_lazy("Revoke the token"),
    permission=_may_manage,
    perform=_revoke_token,
    is_offered=lambda request, token: token.revoked_at is None,
    explain=gettext_lazy("The session behind it ends at once and for good."),
    danger=True,
)
REVOKE_ACCESS = ObjectAction(
    name="revoke-access",
    label=gettext_lazy("Revoke all keys and tokens"),
    permission=_may_manage,
    perform=_revoke_access,
    form=Reason,
    is_offered=lambda request, user: has_access(user=user),
    explain=gettext_lazy("Nothing that this person holds opens the API any more. A new key lets them in again."),
    danger=True,
)
RESET_SECOND_FACTOR = ObjectAction(
    name="reset-second-factor",
    label=gettext_lazy("Reset the second factor"),
    permission=_may_manage,
    perform=_reset_second_factor,
    form=Reason,
    is_offered=lambda request, user: has_second_factor(user),
    explain=gettext_lazy(
        "The person's authenticator application and backup codes stop working. Make sure that it is really they "
        "who ask: until they set it up again, their password alone protects the account."
    ),
    danger=True,
    asks_again=True,
)
LIFT_LOCK = ObjectAction(
    name="lift-lock",
    label=gettext_lazy("Lift the lock"),
    permission=MANAGE_ACCESS,
    perform=_lift_lock,
    explain=gettext_lazy("The failed attempts are forgotten: the person may try again at once from this address."),
)
