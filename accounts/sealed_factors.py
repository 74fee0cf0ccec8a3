"""The secrets of authenticator applications: the library keeps them in clear, the database of the house does not.

A device in memory has its key as the library wants it; what is stored is sealed. So a dump opens no account.
"""

from binascii import hexlify, unhexlify
from typing import Any

from django.db.models.signals import post_init, post_save, pre_save
from django_otp.plugins.otp_totp.models import TOTPDevice

from legalcity.lib.sealing import opened_briefly, sealed_briefly

MARK = "$"  # before what is sealed; a key in clear is hexadecimal


def key_sealed(key: str) -> str:
    """The hexadecimal `key` for the column, which has 80 characters."""
    return key if key.startswith(MARK) else MARK + sealed_briefly(unhexlify(key))


def key_opened(stored: str) -> str:
    """The hexadecimal key of what is stored. Raises cryptography.fernet.InvalidToken when no key fits."""
    return hexlify(opened_briefly(stored.removeprefix(MARK))).decode() if stored.startswith(MARK) else stored


def connect() -> None:
    """Once, when the process starts."""
    post_init.connect(_open, sender=TOTPDevice, dispatch_uid="second-factor-open")
    pre_save.connect(_seal, sender=TOTPDevice, dispatch_uid="second-factor-seal")
    post_save.connect(_open, sender=TOTPDevice, dispatch_uid="second-factor-open-again")


def _open(*, instance: TOTPDevice, **_: Any) -> None:
    if "key" in instance.__dict__:
        instance.key = key_opened(instance.key)


def _seal(*, instance: TOTPDevice, **_: Any) -> None:
    if "key" in instance.__dict__:
        instance.key = key_sealed(instance.key)
