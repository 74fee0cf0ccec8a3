"""Ids of events as outsiders see them: neither order nor number can be read from them."""

import base64
import binascii
from functools import cache

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from events.models import IdKey

PREFIX = "evt_"
BLOCK = 16  # bytes
LENGTH = 26  # characters of base32 for a block


def public_id(event_id: int) -> str:
    """`evt_` and 26 characters of a–z2–7: one block of AES over the id."""
    block = _through(_cipher().encryptor(), event_id.to_bytes(BLOCK))
    return PREFIX + base64.b32encode(block).decode().rstrip("=").lower()


def event_id_of(told: str) -> int | None:
    """The id behind a public one; None for what was never one."""
    code = told.removeprefix(PREFIX)
    if not told.startswith(PREFIX) or len(code) != LENGTH or code != code.lower():
        return None
    try:
        block = base64.b32decode(code.upper() + "=" * (-LENGTH % 8))
    except (binascii.Error, ValueError):
        return None
    event_id = int.from_bytes(_through(_cipher().decryptor(), block))
    # A block that is not of ours says a number that no row has; of one id there is one text only.
    return event_id if event_id < 1 << 63 and public_id(event_id) == told else None


def _through(context: CipherContext, block: bytes) -> bytes:
    return context.update(block) + context.finalize()


@cache
def _cipher() -> Cipher[ECB]:
    # One block is no pattern: ECB is the bare permutation that is wanted here.
    return Cipher(AES(bytes.fromhex(IdKey.objects.get().key)), ECB())  # noqa: S305
