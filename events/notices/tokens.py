"""Sealed words in addresses that e-mails carry: who has the address may do the one thing that it says.

They are authenticated and encrypted (`legalcity/lib/sealing.py`): neither an account nor an e-mail can be read from
one, and nobody makes one up.
"""

import json
import re
from datetime import datetime, timedelta
from typing import NamedTuple

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.urls import reverse

from legalcity.lib.sealing import opened_briefly, sealed_briefly

CONFIRM_WITHIN = timedelta(hours=72)
CONFIRM, LEAVE = "confirm", "leave"


class Confirming(NamedTuple):
    """To confirm the address of the recipient `recipient_id`, until `until` (seconds since 1970)."""

    recipient_id: int
    until: int

    def is_over(self, moment: datetime) -> bool:
        """Whether its time has run out."""
        return moment.timestamp() > self.until


class Leaving(NamedTuple):
    """To tell `email` no more of `group`, for the account `owner_id`."""

    owner_id: int
    group: str
    email: str


KINDS: dict[str, type[Confirming | Leaving]] = {CONFIRM: Confirming, LEAVE: Leaving}


def confirming_address(*, recipient_id: int, asked_at: datetime) -> str:
    """The address of the page that confirms a recipient."""
    return _address(CONFIRM, recipient_id, int((asked_at + CONFIRM_WITHIN).timestamp()))


def leaving_address(*, owner_id: int, group: str, email: str) -> str:
    """The address of the page by which a recipient is told no more of a group. It does not run out."""
    return _address(LEAVE, owner_id, group, email)


def token_opened(token: str) -> Confirming | Leaving | None:
    """What a token says; None for one that is not ours."""
    try:
        word, *values = json.loads(opened_briefly(token))
        said: Confirming | Leaving = KINDS[word](*values)
    except (InvalidToken, ValueError, TypeError, KeyError):  # Sealed by us too, it may say something else.
        return None
    return said


def links_hidden(text: str) -> str:
    """The words of an e-mail without what its links may do."""
    return re.sub(r"(/notices/)[\w=-]+", r"\1…", text)


def _address(*words: str | int) -> str:
    token = sealed_briefly(json.dumps(words, separators=(",", ":")).encode())
    return settings.PUBLIC_BASE_URL + reverse("notice-link", args=[token])
