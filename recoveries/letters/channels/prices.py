"""What messages cost by the firm's own prices: where the carrier tells nothing."""

from decimal import Decimal

from legalcity.lib.settings.live import live
from recoveries.letters.channels.text_messages import plain_signs, segments_of
from recoveries.letters.models import Message

Channel = Message.Channel
NOTHING = Decimal("0.00")
SETTINGS = {Channel.LETTER: "LETTER_PRICE", Channel.REGISTERED: "REGISTERED_PRICE", Channel.SMS: "SMS_SEGMENT_PRICE"}


def price_of(channel: str) -> Decimal:
    """What one message of a channel costs, EUR; of a text message, one segment. Nothing where no price is entered."""
    name = SETTINGS.get(Channel(channel)) if channel in Channel.values else None
    return Decimal(getattr(live, name)) if name else NOTHING


def cost_of(message: Message, told: Decimal | None = None) -> Decimal | None:
    """What a message that leaves costs, EUR: as the carrier has `told`, else by the price; None where nobody knows."""
    if told is not None or message.channel == Channel.EMAIL:
        return told
    price = price_of(message.channel)
    segments = segments_of(plain_signs(message.text)) if message.channel == Channel.SMS else 1
    return price * segments or None
