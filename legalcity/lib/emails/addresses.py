"""Addresses that tell a message: mail servers and debtors write back to its own one. Pure.

A mailbox `retours@firm.example` takes what is sent to `retours+<token>@firm.example` (RFC 5233) as well.
"""

import re
from collections.abc import Iterable
from uuid import UUID

SEPARATOR = "+"
_TOKEN = re.compile(r"\+([0-9a-f]{32})@", re.IGNORECASE)


def address_with(token: UUID, mailbox: str) -> str:
    """The address of one message at a mailbox: `retours+0f…9a@firm.example`."""
    local, _at, domain = mailbox.rpartition("@")
    return f"{local}{SEPARATOR}{token.hex}@{domain}"


def tokens_in(texts: Iterable[str]) -> list[UUID]:
    """The tokens that stand in addresses of these texts, each once, in their order."""
    found = (UUID(hex=match[1]) for text in texts for match in _TOKEN.finditer(text))
    return list(dict.fromkeys(found))
