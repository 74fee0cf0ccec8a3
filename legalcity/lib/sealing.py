"""Secrets that must be read again (webhook secrets): encrypted at rest, keys rotated by prepending a new one."""

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def _keyring() -> MultiFernet:
    """The first key of ENCRYPTION_KEYS encrypts, all decrypt. Any string serves: it is stretched to a key."""
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in settings.ENCRYPTION_KEYS
    )


def sealed(secret: str) -> str:
    """`secret`, encrypted and authenticated, as text for a column."""
    return _keyring().encrypt(secret.encode()).decode()


def opened(token: str) -> str:
    """What `sealed` sealed. Raises cryptography.fernet.InvalidToken when no key fits."""
    return _keyring().decrypt(token.encode()).decode()
