"""Secrets that must be read again (webhook secrets, second factors, keys of payment pages): encrypted at rest.

Keys are rotated by prepending a new one to ENCRYPTION_KEYS.
"""

import base64
import hashlib
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

NONCE = 12  # bytes


@lru_cache(maxsize=4)
def _keyring(keys: tuple[str, ...]) -> MultiFernet:
    """The first key encrypts, all decrypt. Any string serves: it is stretched to a key."""
    return MultiFernet(Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys)


def sealed(secret: str) -> str:
    """`secret`, encrypted and authenticated, as text for a column."""
    return _keyring(tuple(settings.ENCRYPTION_KEYS)).encrypt(secret.encode()).decode()


def opened(token: str) -> str:
    """What `sealed` sealed. Raises cryptography.fernet.InvalidToken when no key fits."""
    return _keyring(tuple(settings.ENCRYPTION_KEYS)).decrypt(token.encode()).decode()


def sealed_briefly(secret: bytes) -> str:
    """Likewise for a column that has little room: 4 characters for each 3 bytes, and 38 more."""
    nonce = os.urandom(NONCE)
    return base64.urlsafe_b64encode(nonce + _ciphers()[0].encrypt(nonce, secret, None)).decode()


def opened_briefly(token: str) -> bytes:
    """What `sealed_briefly` sealed. Raises cryptography.fernet.InvalidToken for any other text."""
    try:
        packed = base64.urlsafe_b64decode(token)
    except ValueError as error:
        raise InvalidToken from error
    if base64.urlsafe_b64encode(packed).decode() != token:
        raise InvalidToken  # Who decodes passes over what is no letter of the alphabet: a text has one form here.
    for cipher in _ciphers():
        try:
            return cipher.decrypt(packed[:NONCE], packed[NONCE:], None)
        except (InvalidTag, ValueError):
            continue
    raise InvalidToken


def _ciphers() -> list[AESGCM]:
    return [AESGCM(hashlib.sha256(f"brief:{key}".encode()).digest()) for key in settings.ENCRYPTION_KEYS]


class SealedField(models.TextField):
    """Text that the database holds sealed and rows show open. No look-up finds it: each sealing is another text."""

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        """Opened."""
        return None if value is None else opened(value)

    def get_prep_value(self, value: Any) -> Any:
        """Sealed."""
        prepared = super().get_prep_value(value)
        return None if prepared is None else sealed(prepared)
