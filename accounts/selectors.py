"""Reads of accounts."""

import uuid

from django.db import connection

from accounts.models import AccessToken, ApiKey, User
from legalcity.lib.clock import now

_FLAGS = frozenset({"can_register", "is_staff", "is_active", "has_api_access"})
_WANTED = _FLAGS | {"id", "email", "first_name", "last_name", "entreprise"}
# In the order of the model, which is how a row becomes an instance.
_COLUMNS = [field.attname for field in User._meta.concrete_fields if field.attname in _WANTED]

# One statement gives the token's state, the user and whether the account is active. Written by hand because it
# runs on every request: building the same query by the ORM costs ten times what PostgreSQL needs to answer it.
_USER_OF_TOKEN = f"""
    SELECT {", ".join(f"u.{column}" for column in _COLUMNS)}
    FROM accounts_accesstoken t JOIN accounts_user u ON u.id = t.user_id
    WHERE t.jti = %s AND t.revoked_at IS NULL AND t.expires_at > %s AND u.is_active AND u.has_api_access
"""


def user_of_token(jti: uuid.UUID) -> User | None:
    """The user whose token `jti` is in force and who may use the API, else None. One indexed query.

    Columns that the API does not need are left out; they load when somebody looks at them.
    """
    stored_jti = jti if connection.features.has_native_uuid_field else jti.hex
    with connection.cursor() as cursor:
        cursor.execute(_USER_OF_TOKEN, [stored_jti, connection.ops.adapt_datetimefield_value(now())])
        row = cursor.fetchone()
    if row is None:
        return None
    # SQLite has no booleans.
    values = [bool(value) if name in _FLAGS else value for name, value in zip(_COLUMNS, row, strict=True)]
    return User.from_db(connection.alias, _COLUMNS, values)


def has_access(*, user: User) -> bool:
    """Whether `user` holds a key or a token that is in force."""
    keys = ApiKey.objects.filter(user_id=user.pk, revoked_at=None)
    tokens = AccessToken.objects.filter(user_id=user.pk, revoked_at=None, expires_at__gt=now())
    return keys.exists() or tokens.exists()
