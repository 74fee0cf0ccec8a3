"""The catalogues of rates as the statement of account takes them: small, read twice a year, kept for some seconds."""

import time
from dataclasses import dataclass
from typing import Any

from django.db.models.signals import post_delete, post_save

from law.interest import RatePair
from law.vocabulary import Creditor
from recoveries.models import EcbRate, LegalRate

MAX_AGE = 5.0  # seconds


@dataclass(frozen=True, slots=True)
class Rates:
    """All rates, in order of time; the legal ones by the quality of the creditor."""

    individual: tuple[RatePair, ...] = ()
    other: tuple[RatePair, ...] = ()
    ecb: tuple[RatePair, ...] = ()


class RateBook:
    """Reads the catalogues in two statements; again when older than MAX_AGE or when this process changed a rate."""

    def __init__(self) -> None:
        self._rates = Rates()
        self._read_at = float("-inf")

    @property
    def rates(self) -> Rates:
        """What the catalogues say."""
        if time.monotonic() - self._read_at > MAX_AGE:
            self._rates, self._read_at = _read(), time.monotonic()
        return self._rates

    def forget(self, **_: Any) -> None:
        """Read again at the next look."""
        self._read_at = float("-inf")


def _read() -> Rates:
    legal = list(LegalRate.objects.order_by("valid_from").values_list("creditor", "valid_from", "rate_percent"))
    individual, other = (
        tuple((since, percent) for creditor, since, percent in legal if creditor == quality)
        for quality in (Creditor.INDIVIDUAL, Creditor.OTHER)
    )
    ecb = EcbRate.objects.order_by("valid_from").values_list("valid_from", "rate_percent")
    return Rates(individual, other, tuple(ecb))


rate_book = RateBook()
for _model in (LegalRate, EcbRate):
    for _signal in (post_save, post_delete):
        _signal.connect(rate_book.forget, sender=_model, dispatch_uid=f"rates-{_model.__name__}-{id(_signal)}")


def rates_legal(creditor: Creditor) -> tuple[RatePair, ...]:
    """The legal rate by half-year, in percent, for a claim of `creditor`."""
    rates = rate_book.rates
    return rates.individual if creditor == Creditor.INDIVIDUAL else rates.other


def rates_ecb() -> tuple[RatePair, ...]:
    """The ECB's refinancing rate by half-year, in percent."""
    return rate_book.rates.ecb
