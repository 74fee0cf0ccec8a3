"""Which carrier a way goes by, as the settings of the installation say."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from law.contact import Channel as Way
from legalcity.lib.errors import Sentence
from recoveries.letters.channels.electronic import ElectronicChannel
from recoveries.letters.channels.email_channel import EmailChannel
from recoveries.letters.channels.post_folder import PostFolder
from recoveries.letters.channels.protocol import Channel, Fact, Handed, Refused
from recoveries.letters.channels.registered import MailevaChannel
from recoveries.letters.channels.sms_channel import SmsFiles, Smsmode
from recoveries.letters.models import Message

# Ways by post, of which one is proved.
BY_POST = frozenset({Way.LETTER, Way.REGISTERED})
PROVED = frozenset({Way.REGISTERED, Way.ELECTRONIC})


class NotOffered:
    """A way that no carrier is set up for."""

    provider = ""
    is_by_hand = False
    can_ask = False

    def check(self, message: Message) -> list[Sentence]:
        """Nothing goes this way."""
        return [_("No carrier is set up for this channel.")]

    def submit(self, message: Message, *, keep: Callable[[str], None]) -> Handed:
        """Nothing goes this way."""
        raise Refused("no_carrier")

    def facts(self, payload: Mapping[str, Any]) -> list[Fact]:
        """Nothing is told."""
        return []

    def cost(self, message: Message) -> Decimal | None:
        """Nobody knows."""
        return None


CARRIERS: Mapping[str, type[Channel]] = {
    "smtp": EmailChannel,
    "post-folder": PostFolder,
    "maileva": MailevaChannel,
    "electronic": ElectronicChannel,
    "file": SmsFiles,
    "smsmode": Smsmode,
    "none": NotOffered,
}


def channel_of(way: str) -> Channel:
    """The channel that messages of a way (`law.contact.Channel`) leave by now."""
    return carrier_of(_CHOSEN.get(way, lambda: "none")())


@cache
def carrier_of(provider: str) -> Channel:
    """The channel of a carrier by its name: a message that has left is asked for where it went."""
    return CARRIERS.get(provider, NotOffered)()


_CHOSEN: Mapping[str, Callable[[], str]] = {
    Way.EMAIL: lambda: "smtp",
    Way.LETTER: lambda: "post-folder",
    Way.REGISTERED: lambda: settings.REGISTERED_CARRIER,
    Way.ELECTRONIC: lambda: settings.ELECTRONIC_CARRIER,
    Way.SMS: lambda: settings.SMS_CARRIER,
}
