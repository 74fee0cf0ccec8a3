"""The catalogues of rates as the statement of account takes them: small, read twice a year, kept for some seconds."""

from django.db.models.signals import post_delete, post_save

from law.account.facts import Rates
from law.interest import FIRST_HALF_YEARS, Rate, half_years
from law.vocabulary import Creditor
from legalcity.lib.snapshot import Snapshot
from recoveries.models import EcbRate, LegalRate

COLUMNS = ("valid_from", "rate_percent", "source", "is_confirmed")


def _read() -> Rates:
    legal: dict[str, list[Rate]] = {Creditor.INDIVIDUAL: [], Creditor.OTHER: []}
    for creditor, since, percent, source, is_confirmed in LegalRate.objects.order_by("valid_from").values_list(
        "creditor", *COLUMNS
    ):
        legal[creditor].append(Rate(since, percent, None, source, is_confirmed))
    ecb = [
        Rate(since, percent, None, *told)
        for since, percent, *told in EcbRate.objects.order_by("valid_from").values_list(*COLUMNS)
    ]
    return Rates(
        individual=half_years(legal[Creditor.INDIVIDUAL], by_year_before=FIRST_HALF_YEARS),
        other=half_years(legal[Creditor.OTHER], by_year_before=FIRST_HALF_YEARS),
        ecb=half_years(ecb),
    )


# Two statements; a snapshot, taken again at once when this process changed a rate.
rate_book = Snapshot(_read)
for _model in (LegalRate, EcbRate):
    for _signal in (post_save, post_delete):
        _signal.connect(rate_book.forget, sender=_model, dispatch_uid=f"rates-{_model.__name__}-{id(_signal)}")


def account_rates() -> Rates:
    """The tables of rates as the account takes them, each rate with its source and whether it is confirmed."""
    return rate_book.value


def rates_legal(creditor: Creditor) -> tuple[Rate, ...]:
    """The legal rate by half-year, in percent, for a claim of `creditor`."""
    rates = rate_book.value
    return rates.individual if creditor == Creditor.INDIVIDUAL else rates.other


def rates_ecb() -> tuple[Rate, ...]:
    """The ECB's refinancing rate by half-year, in percent."""
    return rate_book.value.ecb
