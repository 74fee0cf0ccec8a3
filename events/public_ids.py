"""Ids of events as outsiders see them: neither order nor number can be read from them."""

import base64
import binascii
from collections.abc import Sequence
from functools import cache

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB

from events.models import IdKey

PREFIX = "evt_"
BLOCK = 16  # bytes
LENGTH = 26  # characters of base32 for a block
FILLING = bytes(4)
FILLED_LENGTH = 32  # characters of base32 for a block and its filling


def public_id(event_id: int) -> str:
    """`evt_` and 26 characters of a–z2–7: one block of AES over the id."""
    return public_ids([event_id])[0]


def public_ids(event_ids: Sequence[int]) -> list[str]:
    """Those of a whole page, with one call of AES and one of base32: each costs as much as all."""
    blocks = _through(_cipher().encryptor(), b"".join(event_id.to_bytes(BLOCK) for event_id in event_ids))
    # Filled up to what is a whole number of characters, of which the first ones are those of the block alone.
    filled = b"".join(blocks[at : at + BLOCK] + FILLING for at in range(0, len(blocks), BLOCK))
    text = base64.b32encode(filled).decode().lower()
    return [PREFIX + text[at : at + LENGTH] for at in range(0, len(text), FILLED_LENGTH)]


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
