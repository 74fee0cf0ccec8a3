"""The sender in the envelope of an e-mail that stands in a row: what a server sends back comes under the row's name.

One block of AES over a mark of the table and the number of the row: nobody else makes one up, and no column is kept.
"""

import hashlib
from collections.abc import Iterator
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from django.conf import settings

from legalcity.lib.emails.addresses import address_with
from legalcity.lib.emails.rows import Email

HALF = 8  # bytes of the mark, and of the number


def envelope_sender(email: Email, usual: str) -> str:
    """The address that `email` leaves from: its own one where bounces are read, else `usual`."""
    if not settings.BOUNCE_MAILBOX:
        return usual
    return address_with(return_token(email), settings.BOUNCE_MAILBOX.address)


def return_token(email: Email) -> UUID:
    """The name of the row in its address."""
    block = _mark(type(email)) + email.pk.to_bytes(HALF)
    return UUID(bytes=_through(next(_ciphers()).encryptor(), block))


def row_returned(token: UUID, table: type[Email]) -> int | None:
    """The number of the row of `table` that a token names; None for one that is another's, or nobody's."""
    for cipher in _ciphers():
        block = _through(cipher.decryptor(), token.bytes)
        if block[:HALF] == _mark(table):
            return int.from_bytes(block[HALF:])
    return None


def _mark(table: type[Email]) -> bytes:
    return hashlib.sha256(table._meta.label_lower.encode()).digest()[:HALF]


def _through(context: CipherContext, block: bytes) -> bytes:
    return context.update(block) + context.finalize()


def _ciphers() -> Iterator[Cipher[ECB]]:
    """The first key makes tokens, all read them. One block is no pattern: ECB is the bare permutation."""
    for key in settings.ENCRYPTION_KEYS:
        yield Cipher(AES(hashlib.sha256(f"returning:{key}".encode()).digest()), ECB())  # noqa: S305
