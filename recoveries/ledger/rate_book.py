"""The catalogues of rates as the statement of account takes them: small, read twice a year, kept for some seconds."""

from dataclasses import dataclass

from django.db.models.signals import post_delete, post_save

from law.interest import Rate
from law.vocabulary import Creditor
from legalcity.lib.snapshot import Snapshot
from recoveries.models import EcbRate, LegalRate


@dataclass(frozen=True, slots=True)
class Rates:
    """All rates, in order of time; the legal ones by the quality of the creditor."""

    individual: tuple[Rate, ...] = ()
    other: tuple[Rate, ...] = ()
    ecb: tuple[Rate, ...] = ()


def _read() -> Rates:
    legal = list(LegalRate.objects.order_by("valid_from"))
    individual, other = (
        tuple(_rate(row) for row in legal if row.creditor == quality)
        for quality in (Creditor.INDIVIDUAL, Creditor.OTHER)
    )
    return Rates(individual, other, tuple(map(_rate, EcbRate.objects.order_by("valid_from"))))


def _rate(row: LegalRate | EcbRate) -> Rate:
    return Rate(row.valid_from, row.rate_percent, source=row.source, confirmed=row.is_confirmed)


# Two statements; a snapshot, taken again at once when this process changed a rate.
rate_book = Snapshot(_read)
for _model in (LegalRate, EcbRate):
    for _signal in (post_save, post_delete):
        _signal.connect(rate_book.forget, sender=_model, dispatch_uid=f"rates-{_model.__name__}-{id(_signal)}")


def rates_legal(creditor: Creditor) -> tuple[Rate, ...]:
    """The legal rate by half-year, in percent, for a claim of `creditor`."""
    rates = rate_book.value
    return rates.individual if creditor == Creditor.INDIVIDUAL else rates.other


def rates_ecb() -> tuple[Rate, ...]:
    """The ECB's refinancing rate by half-year, in percent."""
    return rate_book.value.ecb
