"""Writes of accounts: users, keys, sessions."""

import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.hearing import KeyFact, key_listeners
from accounts.key_scopes import comes_from, in_force, networks_read
from accounts.models import AccessToken, ApiKey, User
from accounts.tokens import token_issue
from legalcity.lib import sealing
from legalcity.lib.clock import now
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import DomainError, Forbidden, Invalid

NO_PERMISSION = _("You do not have permission to access this resource.")
OLD_SECRET_LASTS = timedelta(hours=24)
WRONG_CREDENTIALS = _("Invalid credentials provided")


class BadCredentials(DomainError):
    """E-mail and key do not fit each other."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What a registration gives: the key is known here and nowhere else."""

    user: User
    api_key: str
    created: bool


def key_digest(key: str) -> str:
    """What is stored of a key. A UUID has 122 random bits, so a fast hash is enough."""
    return hashlib.sha256(key.strip().lower().encode()).hexdigest()


@transaction.atomic
def key_issue(
    *,
    user: User,
    by: User | None = None,
    name: str = "",
    expires_at: datetime | None = None,
    is_read_only: bool = False,
    addresses: str = "",
) -> str:
    """A new API key for `user`; older keys go on working. Returned once, stored hashed.

    name          what people call it
    expires_at    after that it opens nothing; None: it has no end
    is_read_only  it changes nothing
    addresses     networks from which it opens, in CIDR notation; empty: from anywhere

    Raises Invalid for networks that are none, and an end that is over.
    """
    if expires_at is not None and expires_at <= now():
        raise Invalid({"expires_at": [_("This moment is over.")]})
    key = str(uuid.uuid4())
    issued = ApiKey.objects.create(
        user=user,
        digest=key_digest(key),
        hint=key[:8],
        issued_by=by,
        name=name,
        expires_at=expires_at,
        is_read_only=is_read_only,
        addresses=networks_read(addresses),
    )
    key_listeners.tell(KeyFact.ISSUED, [issued], by=by)
    return key


def secret_give(*, user: User) -> None:
    """Give `user` a webhook secret, unsaved."""
    user.sealed_auth_secret = sealing.sealed(str(uuid.uuid4()))


@transaction.atomic
def secret_renew(*, user: User, moment: datetime | None = None) -> str:
    """A new webhook secret for `user`, returned once; for a day the old one signs beside it."""
    known = User.objects.select_for_update().get(pk=user.pk)
    known.sealed_previous_auth_secret = known.sealed_auth_secret
    known.previous_auth_secret_until = (moment or now()) + OLD_SECRET_LASTS
    secret_give(user=known)
    known.save(
        update_fields=["sealed_auth_secret", "sealed_previous_auth_secret", "previous_auth_secret_until", "updated_at"]
    )
    return known.auth_secret


@transaction.atomic
def key_revoke(*, api_key: ApiKey, moment: datetime | None = None) -> bool:
    """Revoke a key for good, and the tokens that it has opened. False when it had been already."""
    at = moment or now()
    changed = ApiKey.objects.filter(pk=api_key.pk, revoked_at=None).update(revoked_at=at)
    key_listeners.tell(KeyFact.REVOKED, [api_key] if changed else [])
    AccessToken.objects.filter(api_key_id=api_key.pk, revoked_at=None).update(revoked_at=at)
    return bool(changed)


@transaction.atomic
def access_revoke(*, user: User, moment: datetime | None = None) -> tuple[int, int]:
    """Revoke all keys and all tokens of `user` for good; returns how many of each were in force."""
    at = moment or now()
    keys = list(ApiKey.objects.select_for_update().filter(user_id=user.pk, revoked_at=None))
    ApiKey.objects.filter(pk__in=[key.pk for key in keys]).update(revoked_at=at)
    key_listeners.tell(KeyFact.REVOKED, keys)
    tokens = AccessToken.objects.filter(user_id=user.pk, revoked_at=None, expires_at__gt=at).update(revoked_at=at)
    return len(keys), tokens


def login(*, email: str, key: str, address: str = "") -> tuple[User, str]:
    """The user and a new token. `address` is where the request comes from.

    An unknown e-mail takes the same steps as a wrong key: one look-up of keys by e-mail, one comparison at least,
    in constant time; so does a key that is past its end, or does not open from there. Raises BadCredentials, or
    Forbidden for the right key of an account that may not come in.
    """
    digest = key_digest(key)
    user, matched = None, None
    keys = ApiKey.objects.filter(in_force(now()), user__email=email.strip().lower()).select_related("user")
    for candidate in [*keys, ApiKey(digest="0" * 64)]:
        fits = hmac.compare_digest(candidate.digest, digest) and comes_from(candidate.addresses, address)
        if fits and candidate.pk:
            user, matched = candidate.user, candidate
    if user is None or matched is None:
        raise BadCredentials(WRONG_CREDENTIALS)
    if not (user.is_active and user.has_api_access):
        raise Forbidden(NO_PERMISSION, code=ErrorCode.NO_API_ACCESS)
    with transaction.atomic():
        # Holds the key: one that is revoked at this moment finds the token, or opens nothing.
        if not ApiKey.objects.filter(pk=matched.pk, revoked_at=None).update(last_used_at=now()):
            raise BadCredentials(WRONG_CREDENTIALS)
        return user, token_issue(api_key=matched)


def user_register(*, registrar: User, values: dict[str, Any]) -> Registration:
    """Create an API user, or update one that `registrar` created before, and issue a fresh key.

    `values` are the profile's fields, `email` among them. Raises Forbidden without the right to register, and
    for somebody else's user, the registrar's own e-mail or a member of staff.
    """
    if not registrar.can_register:
        raise Forbidden(NO_PERMISSION)
    profile = {**values, "email": values["email"].strip().lower()}
    try:
        with transaction.atomic():
            return _create_or_update(registrar, profile)
    except IntegrityError:
        # Two registrations of one e-mail at once: the other one made the user, this one updates it.
        with transaction.atomic():
            return _create_or_update(registrar, profile)


def _create_or_update(registrar: User, profile: dict[str, Any]) -> Registration:
    user = User.objects.select_for_update().filter(email=profile["email"]).first()
    if user is None:
        user = User.objects.create_user(**profile, registered_by_id=registrar.pk)
        return Registration(user, key_issue(user=user, by=registrar), created=True)
    if user.is_staff or user.registered_by_id != registrar.pk:
        raise Forbidden(NO_PERMISSION)
    for name, value in profile.items():
        setattr(user, name, value)
    user.save()
    return Registration(user, key_issue(user=user, by=registrar), created=False)
