"""Registered letters by a provider: printed, posted and tracked by it, with the proofs that it keeps for us."""

import hashlib
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from legalcity.lib.errors import Sentence
from legalcity.lib.settings.live import live
from recoveries.letters.channels.clients.calling import ProviderAway, ProviderRefused
from recoveries.letters.channels.clients.maileva import DRAFT, REJECTED, Account, Maileva, Tracked
from recoveries.letters.channels.papers import letter_pdf
from recoveries.letters.channels.post_folder import address_faults
from recoveries.letters.channels.postal import LINE_LENGTH, country_of
from recoveries.letters.channels.protocol import Fact, Handed, Later, Refused
from recoveries.letters.models import Message

SERVED = frozenset({"FR", "MC", "RE", "YT", "MQ", "GP", "MF", "BL", "GF"})  # where the provider's letters go
PROOF_OF = {"depot": "deposited", "ar": "delivered"}


class MailevaChannel:
    """By Maileva. A letter is a draft there until it is submitted, and its name is kept before: so it goes once."""

    provider = "maileva"
    is_by_hand = False
    can_ask = True

    def __init__(self) -> None:
        self.client = Maileva(Account(**settings.MAILEVA))

    def check(self, message: Message) -> list[Sentence]:
        """An address that the provider delivers to."""
        faults = address_faults(message)
        if any(len(line) > LINE_LENGTH for line in message.address.splitlines()):
            faults.append(_("A line of the postal address has more than {n} characters.").format(n=LINE_LENGTH))
        if country_of(message.recovery.debtor) not in SERVED:
            faults.append(_("The carrier of registered letters does not deliver there."))
        return faults

    def submit(self, message: Message, *, keep: Callable[[str], None]) -> Handed:
        """Make the draft, keep its name, then have it printed. What was submitted already is left as it is."""
        try:
            ref = message.provider_ref or self._drafted(message, keep)
            status = self.client.status(ref)
            if status == DRAFT:
                self._submit(message, ref)
            elif status in REJECTED:
                raise Refused(status.lower())
        except ProviderAway as error:  # Whatever was done, the next attempt asks for it by its name.
            raise Later(error.reason) from error
        except ProviderRefused as error:
            raise Refused(error.reason) from error
        return Handed(ref)

    def _drafted(self, message: Message, keep: Callable[[str], None]) -> str:
        firm = (live.FIRM_NAME, live.FIRM_ADDRESS, f"{live.FIRM_POSTAL_CODE} {live.FIRM_CITY}")
        name = message.recovery.recovery_reference
        ref = self.client.draft(token=_token(message), name=name, sender=firm)
        keep(ref)
        return ref

    def _submit(self, message: Message, ref: str) -> None:
        address, country = message.address.splitlines(), country_of(message.recovery.debtor)
        self.client.fill(ref, pdf=letter_pdf(message), token=_token(message), address=address, country=country)
        self.client.submit(ref)

    def facts(self, payload: Mapping[str, Any]) -> list[Fact]:
        """What has become of the letter `payload["ref"]`, with its proofs. Raises ProviderAway, ProviderRefused."""
        ref = str(payload["ref"])
        return self.facts_of(ref, self.client.track(ref))

    def facts_of(self, ref: str, tracked: Tracked) -> list[Fact]:
        """The facts of what the provider tracks; a proof is fetched with the event that it proves."""
        papers = {PROOF_OF.get(one.kind, "returned"): one for one in tracked.proofs}
        facts = []
        for event in tracked.events:
            paper = papers.get(event.kind) or (papers.get("returned") if event.note.startswith("N0") else None)
            content = self._proof(paper.path) if paper else None
            facts.append(
                Fact(
                    kind=event.kind,
                    at=event.at,
                    provider_id=f"{ref}:{event.kind}:{'proved' if content else 'told'}",
                    note=event.note or tracked.number,
                    sha256=hashlib.sha256(content).hexdigest() if content else "",
                    proof=content,
                )
            )
        return sorted(facts, key=lambda fact: fact.at)

    def _proof(self, path: str) -> bytes | None:
        """One that cannot be fetched now keeps no news back: it is asked for again."""
        try:
            return self.client.proof(path)
        except (ProviderAway, ProviderRefused):
            return None

    def cost(self, message: Message) -> Decimal | None:
        """The provider tells it afterwards."""
        return None


def _token(message: Message) -> str:
    return message.client_token.hex if message.client_token else str(message.pk)
