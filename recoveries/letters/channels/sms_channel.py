"""Text messages: to a file, for trying, or by a provider."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from legalcity.lib.errors import Sentence
from legalcity.lib.private_files import keep_private
from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.phones import read_mobile
from recoveries.letters.channels.clients.calling import ProviderAway, ProviderRefused
from recoveries.letters.channels.clients.smsmode import DELIVERED, UNDELIVERED, Account, sms_send
from recoveries.letters.channels.postal import country_of
from recoveries.letters.channels.protocol import Fact, Handed, Refused, Unknown
from recoveries.letters.channels.text_messages import MOST_SEGMENTS, plain_signs, segments_of
from recoveries.letters.models import Message

KINDS = {**dict.fromkeys(DELIVERED, "delivered"), **dict.fromkeys(UNDELIVERED, "bounced"), "EXPIRED": "expired"}


def _faults(message: Message) -> list[Sentence]:
    """A mobile phone, and no more segments than are paid for."""
    faults: list[Sentence] = []
    try:
        read_mobile(message.recipient, region=country_of(message.recovery.debtor))
    except Unreadable:
        faults.append(_("Enter the number of a mobile phone."))
    if message.text and segments_of(plain_signs(message.text)) > MOST_SEGMENTS:
        faults.append(_("This text message takes more than {most} segments.").format(most=MOST_SEGMENTS))
    return faults


class SmsFiles:
    """Each message to a file of its own: for trying. A file that is there is not written again."""

    provider = "file"
    is_by_hand = False
    can_ask = True

    def check(self, message: Message) -> list[Sentence]:
        """As a provider would ask."""
        return _faults(message)

    def submit(self, message: Message, *, keep: Callable[[str], None]) -> Handed:
        """Write the file, in one step."""
        token = message.client_token.hex if message.client_token else str(message.pk)
        file = Path(settings.SMS_FILE_PATH) / f"{token}.json"
        keep_private(file, made_by_us=file.parent)
        words = plain_signs(message.text)
        told = {"to": message.recipient, "text": words, "segments": segments_of(words)}
        half = file.with_suffix(".part")
        half.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
        half.replace(file)
        return Handed(file.name, Decimal(0))

    def facts(self, payload: Mapping[str, Any]) -> list[Fact]:
        """Files tell nothing."""
        return []

    def cost(self, message: Message) -> Decimal | None:
        """Nothing."""
        return Decimal(0)


class Smsmode:
    """By smsmode. What it has taken cannot be asked for, so an answer that is lost leaves the message to a person."""

    provider = "smsmode"
    is_by_hand = False
    can_ask = False

    def check(self, message: Message) -> list[Sentence]:
        """A mobile phone, and few segments."""
        return _faults(message)

    def submit(self, message: Message, *, keep: Callable[[str], None]) -> Handed:
        """Hand it over."""
        number = read_mobile(message.recipient, region=country_of(message.recovery.debtor))
        token = message.client_token.hex if message.client_token else str(message.pk)
        try:
            taken = sms_send(
                Account(**settings.SMSMODE),
                to=number,
                words=plain_signs(message.text),
                token=token,
                callback=_callback(),
            )
        except ProviderAway as error:
            raise Unknown(error.reason) from error
        except ProviderRefused as error:
            raise Refused(error.reason) from error
        return Handed(taken.ref, taken.cost)

    def facts(self, payload: Mapping[str, Any]) -> list[Fact]:
        """What a call tells: delivered, or not (hooks.py has read it)."""
        kind = KINDS.get(str(payload.get("status", "")))
        if kind is None:
            return []
        return [Fact(kind=kind, at=payload["at"], provider_id=f"{payload['ref']}:{kind}", note=payload["status"])]

    def cost(self, message: Message) -> Decimal | None:
        """The provider tells it when it takes the message."""
        return None


def _callback() -> str:
    token = settings.HOOKS["smsmode"].token
    return f"{settings.PUBLIC_BASE_URL}{reverse('hook', args=['smsmode', token])}" if token else ""
