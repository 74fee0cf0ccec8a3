"""The catalogues of rates as the statement of account takes them: small, read twice a year, kept for some seconds."""

from dataclasses import dataclass

from django.db.models.signals import post_delete, post_save

from law.interest import RatePair
from law.vocabulary import Creditor
from legalcity.lib.snapshot import Snapshot
from recoveries.models import EcbRate, LegalRate


@dataclass(frozen=True, slots=True)
class Rates:
    """All rates, in order of time; the legal ones by the quality of the creditor."""

    individual: tuple[RatePair, ...] = ()
    other: tuple[RatePair, ...] = ()
    ecb: tuple[RatePair, ...] = ()


def _read() -> Rates:
    legal = list(LegalRate.objects.order_by("valid_from").values_list("creditor", "valid_from", "rate_percent"))
    individual, other = (
        tuple((since, percent) for creditor, since, percent in legal if creditor == quality)
        for quality in (Creditor.INDIVIDUAL, Creditor.OTHER)
    )
    ecb = EcbRate.objects.order_by("valid_from").values_list("valid_from", "rate_percent")
    return Rates(individual, other, tuple(ecb))


# Two statements; a snapshot, taken again at once when this process changed a rate.
rate_book = Snapshot(_read)
for _model in (LegalRate, EcbRate):
    for _signal in (post_save, post_delete):
        _signal.connect(rate_book.forget, sender=_model, dispatch_uid=f"rates-{_model.__name__}-{id(_signal)}")


def rates_legal(creditor: Creditor) -> tuple[RatePair, ...]:
    """The legal rate by half-year, in percent, for a claim of `creditor`."""
    rates = rate_book.value
    return rates.individual if creditor == Creditor.INDIVIDUAL else rates.other


def rates_ecb() -> tuple[RatePair, ...]:
    """The ECB's refinancing rate by half-year, in percent."""
    return rate_book.value.ecb
