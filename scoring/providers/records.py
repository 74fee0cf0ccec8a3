"""The firm's own records: how the company pays the client who asks, and, in bands, everybody else.

Claims live in cases, which stand above this room. So the room that has them registers a reader
(`payment_records.register`), and this one knows nothing of cases.
"""

from collections.abc import Mapping
from datetime import date
from typing import Protocol

from legalcity.lib.settings.live import live
from scoring.conduct import band_of_others
from scoring.facts import Claim
from scoring.providers.base import Findings, Subject

Records = Mapping[int, tuple[Claim, ...]]


class Reader(Protocol):
    """Reads what a company owes or owed."""

    def __call__(self, *, siren: str, company_id: int, owner_id: int, today: date) -> Records:
        """The claims on the company, by client.

        It is the company of that SIREN in every account. Without a SIREN only the account `owner_id` is read, where
        it is the company of that id.
        """
        ...


class PaymentRecords:
    """Where the reader is registered; there is one."""

    def __init__(self) -> None:
        self._reader: Reader | None = None

    def register(self, reader: Reader) -> None:
        """Name the reader; done by the room that has the claims, when it is loaded."""
        self._reader = reader

    def read(self, subject: Subject, today: date) -> Records:
        """The claims on the company of `subject`, by client."""
        if self._reader is None:
            raise RuntimeError("no room has registered a reader of payment records")
        return self._reader(siren=subject.siren, company_id=subject.company_id, owner_id=subject.owner_id, today=today)


payment_records = PaymentRecords()


class OwnRecords:
    """The built-in provider. What leaves it of other clients is one word, or nothing."""

    name = "payment_records"

    def find(self, subject: Subject, today: date) -> Findings:
        """The client's own claims, and the band of the others when enough of them stand behind it."""
        records = dict(payment_records.read(subject, today))
        own = records.pop(subject.owner_id, ())
        return Findings(own=own, others=band_of_others(records, least_clients=live.SCORING_MIN_CLIENTS))
