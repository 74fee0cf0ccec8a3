"""The post folder: letters that staff print, fold and carry to the post office."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from legalcity.lib.errors import Sentence
from recoveries.letters.channels.postal import LEAST_LINES, MOST_LINES
from recoveries.letters.channels.protocol import Fact, Handed, Refused
from recoveries.letters.models import Message

PROVIDER = "post-folder"


def address_faults(message: Message) -> list[Sentence]:
    """Why an address does not do for a letter."""
    lines = message.address.splitlines()
    if len(lines) < LEAST_LINES:
        return [_("The debtor's postal address is not complete.")]
    if len(lines) > MOST_LINES:
        return [_("The postal address has more than {lines} lines.").format(lines=MOST_LINES)]
    return []


class PostFolder:
    """By hand: `posting.py` prints and confirms."""

    provider = PROVIDER
    is_by_hand = True
    can_ask = False

    def check(self, message: Message) -> list[Sentence]:
        """An address that fits the window."""
        return address_faults(message)

    def submit(self, message: Message, *, keep: Callable[[str], None]) -> Handed:
        """Nothing is handed over by a worker."""
        raise Refused("by_hand")

    def facts(self, payload: Mapping[str, Any]) -> list[Fact]:
        """Staff tell them."""
        return []

    def cost(self, message: Message) -> Decimal | None:
        """Nobody knows before: postage is paid at the counter."""
        return None
