"""The catalogues of rates as the statement of account takes them: small, read twice a year, kept for some seconds.

With them is kept what they said before, and a system setting that decides as they do, so that an earlier day is told at
the rates that were known then.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from constance.codecs import loads
from constance.signals import config_updated
from django.conf import settings
from django.db.models import Model
from django.db.models.signals import post_delete, post_save

from law.account.facts import Rates
from law.interest import FIRST_HALF_YEARS, Rate, half_years
from law.vocabulary import Creditor
from legalcity.lib.settings.live import live
from legalcity.lib.snapshot import Snapshot
from recoveries.ledger.as_known import Former, Thing, earliest, values_read
from recoveries.models import About, EcbRate, FormerRow, LegalRate

COLUMNS = ("valid_from", "rate_percent", "source", "is_confirmed")
MODELS: dict[str, type[Model]] = {About.LEGAL_RATE: LegalRate, About.ECB_RATE: EcbRate}


class RateRow(NamedTuple):
    """A row of one of the catalogues; `creditor` is empty in that of the ECB."""

    about: str
    creditor: str
    valid_from: date
    rate_percent: Decimal
    source: str
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class RateBook:
    """The rows of the catalogues; `former`: what they and the setting said before, the latest first."""

    rows: Mapping[Thing, RateRow]
    former: tuple[tuple[datetime, str, int, dict[str, Any] | None], ...]
    rates: Rates

    def before(self, moment: datetime) -> Former:
        """What was otherwise just before `moment`."""
        return earliest((about, row_id, told) for until, about, row_id, told in self.former if until >= moment)


def _read() -> RateBook:
    rows: dict[Thing, RateRow] = {}
    for pk, *told in LegalRate.objects.values_list("pk", "creditor", *COLUMNS):
        rows[About.LEGAL_RATE, pk] = RateRow(About.LEGAL_RATE, *told)
    for pk, *told in EcbRate.objects.values_list("pk", *COLUMNS):
        rows[About.ECB_RATE, pk] = RateRow(About.ECB_RATE, "", *told)
    former = FormerRow.objects.filter(about__in=(*MODELS, About.SETTING)).order_by("-until", "-id")
    return RateBook(rows, tuple(former.values_list("until", "about", "row_id", "told")), _rates_of(rows.values()))


def _rates_of(rows: Iterable[RateRow]) -> Rates:
    return _rates(frozenset(rows))


@lru_cache(maxsize=8)  # The same rates are the same object: what the law makes of them is kept by it
def _rates(rows: Collection[RateRow]) -> Rates:
    tables: dict[tuple[str, str], list[Rate]] = {}
    for row in sorted(rows, key=lambda row: row.valid_from):
        rate = Rate(row.valid_from, row.rate_percent, None, row.source, row.is_confirmed)
        tables.setdefault((row.about, row.creditor), []).append(rate)
    legal = {
        creditor: half_years(tables.get((About.LEGAL_RATE, creditor), ()), by_year_before=FIRST_HALF_YEARS)
        for creditor in (Creditor.INDIVIDUAL, Creditor.OTHER)
    }
    return Rates(
        individual=legal[Creditor.INDIVIDUAL],
        other=legal[Creditor.OTHER],
        ecb=half_years(tables.get((About.ECB_RATE, ""), ())),
    )


# Three statements; a snapshot, taken again at once when this process changed a rate or the setting.
rate_book = Snapshot(_read)
config_updated.connect(rate_book.forget, dispatch_uid="rates-setting")
for _model in (LegalRate, EcbRate):
    for _signal in (post_save, post_delete):
        _signal.connect(rate_book.forget, sender=_model, dispatch_uid=f"rates-{_model.__name__}-{id(_signal)}")


@contextmanager
def rates_held() -> Iterator[None]:
    """Inside, what is reckoned and what is kept with it go by the same rates, whatever another thread reads meanwhile.

    A balance that names other terms than it was reckoned on would pass for one that need not be reckoned anew.
    """
    with rate_book.held(), live.held():
        yield


def account_rates(*, before: datetime | None = None) -> Rates:
    """The tables of rates as the account takes them, each rate with its source and whether it is confirmed.

    With `before`, those that were known just before that moment.
    """
    book = rate_book.value
    former = {} if before is None else book.before(before)
    changed = {thing: told for thing, told in former.items() if thing[0] in MODELS}
    if not changed:
        return book.rates
    rows = {thing: row for thing, row in book.rows.items() if thing not in changed}
    for (about, pk), told in changed.items():
        if told is not None:
            rows[about, pk] = RateRow(**{"about": about, "creditor": "", **values_read(MODELS[about], told)})
    return _rates_of(rows.values())


def presentation_counts(*, before: datetime | None = None) -> bool:
    """Whether a letter that was refused or not fetched counts from its first presentation; `before`: as it was then."""
    former = {} if before is None else rate_book.value.before(before)
    for (about, _pk), told in former.items():
        if about == About.SETTING:
            return bool(loads(told["value"]) if told else settings.CONSTANCE_CONFIG["NOTICE_PRESENTATION_COUNTS"][0])
    return bool(live.NOTICE_PRESENTATION_COUNTS)
