"""Electronic registered letters: sent once under our token, followed by the evidence that the service keeps."""

import hashlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from companies.parties import quality_of
from law.parties import Quality
from legalcity.lib.clock import now
from legalcity.lib.errors import Sentence
from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.emails import read_email
from legalcity.lib.settings.live import live
from recoveries.letters.channels.clients.calling import ProviderAway, ProviderRefused
from recoveries.letters.channels.clients.electronic import Account, ElectronicLetters, Event, LetterRejected
from recoveries.letters.channels.papers import letter_pdf
from recoveries.letters.channels.protocol import Fact, Handed, Later, Refused
from recoveries.letters.models import Message


class ElectronicChannel:
    """By a bridge to the firm's qualified provider. A letter is known there by our token, so it goes once."""

    provider = "electronic"
    is_by_hand = False
    can_ask = True

    def __init__(self) -> None:
        self.client = ElectronicLetters(Account(**settings.ELECTRONIC))

    def check(self, message: Message) -> list[Sentence]:
        """An e-mail address. Whether the debtor agreed to such letters the guard asks (`consent`)."""
        try:
            read_email(message.recipient)
        except Unreadable:
            return [_("Enter a valid e-mail address.")]
        return []

    def submit(self, message: Message, *, keep: Callable[[str], None]) -> Handed:
        """Put the letter under its token; one that is there already is not sent again."""
        token = _token(message)
        keep(token)
        try:
            told = self.client.put(token, letter=_letter(message), pdf=letter_pdf(message))
        except ProviderAway as error:  # Whatever was done, the next attempt puts the same letter.
            raise Later(error.reason) from error
        except ProviderRefused as error:
            raise Refused(error.reason) from error
        return Handed(token, told.cost)

    def facts(self, payload: Mapping[str, Any]) -> list[Fact]:
        """What has become of the letter `payload["ref"]`, with its proofs. Raises ProviderAway, ProviderRefused.

        One that was taken may be rejected afterwards: it never went.
        """
        ref = str(payload["ref"])
        try:
            tracked = self.client.track(ref)
        except LetterRejected as error:
            return [Fact(kind="failed", at=now(), provider_id=f"{ref}:rejected", note=error.reason)]
        return sorted((self._fact(ref, tracked.number, event) for event in tracked.events), key=lambda fact: fact.at)

    def _fact(self, ref: str, number: str, event: Event) -> Fact:
        """The fact of an event; its proof is fetched with it, and makes it another fact than it was without.

        One that cannot be fetched now keeps no news back.
        """
        try:
            content = self.client.proof(event.proof) if event.proof else None
        except (ProviderAway, ProviderRefused):
            content = None
        return Fact(
            kind=event.kind,
            at=event.at,
            provider_id=f"{ref}:{event.kind}:{'proved' if content else 'told'}",
            note=number,
            sha256=hashlib.sha256(content).hexdigest() if content else "",
            proof=content,
        )

    def cost(self, message: Message) -> Decimal | None:
        """The provider tells it when it takes the letter."""
        return None


def _letter(message: Message) -> dict[str, Any]:
    """Who writes to whom, and about what. Whether the recipient is a professional decides whose consent is asked."""
    debtor = message.recovery.debtor
    return {
        "subject": message.subject,
        "reference": message.recovery.recovery_reference,
        "sender": {"name": live.FIRM_NAME, "email": live.FIRM_EMAIL},
        "recipient": {
            "name": str(debtor or ""),
            "email": message.recipient,
            "is_professional": quality_of(debtor, is_debtor=True) == Quality.PROFESSIONAL,
        },
    }


def _token(message: Message) -> str:
    return message.client_token.hex if message.client_token else str(message.pk)
