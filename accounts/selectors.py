"""Reads of accounts."""

import uuid
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection

from accounts.key_scopes import NOTED_EVERY, Session, comes_from, in_force, use_note
from accounts.models import AccessToken, ApiKey, User
from legalcity.lib.asking import rows_of
from legalcity.lib.clock import now

_FLAGS = frozenset({"can_register", "is_staff", "is_active", "has_api_access"})
_WANTED = _FLAGS | {"id", "email", "first_name", "last_name", "entreprise"}
# In the order of the model, which is how a row becomes an instance.
_COLUMNS = [field.attname for field in User._meta.concrete_fields if field.attname in _WANTED]

# One statement gives the token's state, the user and whether the account is active. Written by hand because it
# runs on every request: building the same query by the ORM costs ten times what PostgreSQL needs to answer it.
_USER_OF_TOKEN = f"""
    SELECT k.id, k.is_read_only, k.addresses, k.last_used_at IS NULL OR k.last_used_at <= %(noted)s,
        {", ".join(f"u.{column}" for column in _COLUMNS)}
    FROM accounts_accesstoken t
    JOIN accounts_user u ON u.id = t.user_id JOIN accounts_apikey k ON k.id = t.api_key_id
    WHERE t.jti = %(jti)s AND t.revoked_at IS NULL AND t.expires_at > %(at)s AND u.is_active AND u.has_api_access
    AND (k.expires_at IS NULL OR k.expires_at > %(at)s)
"""


def session_of_token(jti: uuid.UUID, *, address: str) -> Session | None:
    """Whose token `jti` is, if it is in force at `address` and they may use the API, else None.

    One indexed query; once a minute a second one writes down that the key is used. Columns of the user that the API
    does not need are left out; they load when somebody looks at them.
    """
    moment = now()
    rows = rows_of(_USER_OF_TOKEN, _asked(jti, moment))
    if not rows or not comes_from(rows[0][2], address):
        return None
    key_id, is_read_only, _addresses, is_to_be_noted, *row = rows[0]
    if is_to_be_noted:
        use_note(key_id=key_id, moment=moment)
    # SQLite has no booleans.
    values = [bool(value) if name in _FLAGS else value for name, value in zip(_COLUMNS, row, strict=True)]
    return Session(User.from_db(DEFAULT_DB_ALIAS, _COLUMNS, values), key_id, bool(is_read_only))


def _asked(jti: uuid.UUID, moment: datetime) -> dict[str, Any]:
    if connection.features.has_native_uuid_field:
        return {"jti": jti, "at": moment, "noted": moment - NOTED_EVERY}
    written = connection.ops.adapt_datetimefield_value
    return {"jti": jti.hex, "at": written(moment), "noted": written(moment - NOTED_EVERY)}


def has_access(*, user: User) -> bool:
    """Whether `user` holds a key or a token that is in force."""
    keys = ApiKey.objects.filter(in_force(now()), user_id=user.pk)
    tokens = AccessToken.objects.filter(user_id=user.pk, revoked_at=None, expires_at__gt=now())
    return keys.exists() or tokens.exists()
