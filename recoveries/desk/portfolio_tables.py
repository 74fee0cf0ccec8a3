"""The figures of the portfolio as tables, each with its chart. A page and a file show the same."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice.amounts import euros
from recoveries.catalogue import catalogue
from recoveries.desk.chart_amounts import short_euros
from recoveries.desk.charts import Bar, Series, columns, rows
from recoveries.desk.reads.aged import At
from recoveries.desk.reads.portfolio import AgeRow, Portfolio, Question
from recoveries.desk.reads.portfolio_groups import BANDS, NOT_DUE
from recoveries.desk.reads.results import Did

Value = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, and how a value of it is shown. Values are numbers unless `is_text`."""

    heading: str
    show: Callable[[Any], str]
    is_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`key` names it in addresses; `note` says what the figures are."""

    key: str
    title: str
    note: str
    chart: SafeString
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    totals: Sequence[Value] = ()
    is_wide: bool = False
    legend: Sequence[tuple[str, str]] = ()
    links: Sequence[Sequence[str]] = ()

    @property
    def cells(self) -> list[list[tuple[str, bool, str]]]:
        """The rows as the page shows them: text, whether it is text, and the list of the cases behind it, if any."""
        links = self.links or [()] * len(self.rows)
        return [
            [(*cell, url) for cell, url in zip_longest(self._shown(row), urls, fillvalue="")]
            for row, urls in zip(self.rows, links, strict=True)
        ]

    @property
    def total_cells(self) -> list[tuple[str, bool]]:
        """The last row."""
        return self._shown(self.totals)

    def _shown(self, row: Sequence[Value]) -> list[tuple[str, bool]]:
        return [(column.show(value), column.is_text) for column, value in zip(self.columns, row, strict=False)]

    @property
    def lines(self) -> Iterator[Sequence[Value]]:
        """The table as a file has it: headings, then plain values."""
        yield [column.heading for column in self.columns]
        yield from self.rows


def _count(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)


def _percent(value: Decimal | None) -> str:
    return "–" if value is None else _("{number} %").format(number=number_format(value, 1, use_l10n=True))


def _rate(part: Decimal, whole: Decimal) -> Decimal | None:
    return (part * 100 / whole).quantize(Decimal("0.1")) if whole else None


def _text(heading: str) -> Column:
    return Column(heading, str, is_text=True)


def headline(found: Portfolio, question: Question) -> list[tuple[str, str, str]]:
    """The figures of the whole period: value, words, and the list of the cases behind it."""
    opened, received = (_did(what, question.first, question.last) for what in (Did.OPENED, Did.RECEIVED))
    filed = _cases(question, did=opened)
    claimed, recovered = sum(row.claimed for row in found.ages), sum(row.recovered for row in found.ages)
    return [
        (_count(sum(row.cases for row in found.months)), _("cases filed"), filed),
        (short_euros(sum(row.claimed for row in found.months)), _("claimed by them"), filed),
        (
            short_euros(sum(row.open for row in found.months)),
            _("open of them today"),
            _cases(question, did=opened, state="open"),
        ),
        (
            short_euros(sum(row.received for row in found.months)),
            _("received in the period"),
            _cases(question, did=received),
        ),
        (_percent(_rate(Decimal(recovered), Decimal(claimed))), _("recovery rate of the cases filed"), filed),
    ]


def tables_of(found: Portfolio, question: Question) -> list[Table]:
    """All of them, in the order of the page."""
    return [_months(found, question), _statuses(found, question), _ages(found, question), _rates(found, question)]


def _cases(question: Question, **query: Any) -> str:
    """The list of cases with the client and the handler of the question."""
    who = {"client": question.owner_id, "handler": question.handler_id}
    kept = {name: value for name, value in {**who, **query}.items() if value is not None}
    return f"{reverse('admin:recoveries_recovery_changelist')}?{urlencode(kept)}"


def _did(what: Did, first: date, last: date) -> str:
    return f"{what}.{first:%Y-%m}.{last:%Y-%m}"


def _aged(question: Question, at: At, band: int, **query: Any) -> str:
    return _cases(question, aged=f"{at}.{band}.{question.first:%Y-%m}.{question.last:%Y-%m}", **query)


def _months(found: Portfolio, question: Question) -> Table:
    title = _("Open and recovered, by month")
    names = (_("open"), _("recovered"))
    series = (
        Series(names[0], [row.open for row in found.months], "a"),
        Series(names[1], [row.received for row in found.months], "b"),
    )
    lines: list[list[Value]] = [
        [f"{row.month:%Y-%m}", row.cases, row.claimed, row.open, row.received] for row in found.months
    ]
    return Table(
        key="months",
        title=title,
        note=_(
            "Open: what is owed today, due or not, on the cases filed in the month that are not closed. "
            "Recovered: money that came in in the month, to the firm or to the creditor, on cases whenever filed, "
            "less what was taken back or refunded."
        ),
        chart=columns(
            key="months",
            title=title,
            description=_(
                "For each month two bars: the amount still open of the cases filed, and the amount received."
            ),
            labels=[date_format(row.month, "N y") for row in found.months],
            series=series,
            axis=short_euros,
            full=euros,
        ),
        columns=(
            _text(_("Month")),
            Column(_("Cases filed"), _count),
            Column(_("Claimed, €"), euros),
            Column(_("Open, €"), euros),
            Column(_("Recovered, €"), euros),
        ),
        rows=lines,
        links=[_links_of_month(question, row.month) for row in found.months],
        totals=[_("Total"), *(sum(line[place] for line in lines) for place in range(1, 5))],  # type: ignore[misc]
        is_wide=True,
        legend=(("a", names[0]), ("b", names[1])),
    )


def _links_of_month(question: Question, month: date) -> tuple[str, ...]:
    opened, received = (_did(what, month, month) for what in (Did.OPENED, Did.RECEIVED))
    filed = _cases(question, did=opened)
    return "", filed, filed, _cases(question, did=opened, state="open"), _cases(question, did=received)


def _statuses(found: Portfolio, question: Question) -> Table:
    title = _("Cases by status")
    named = [(catalogue.entry(row.status_id).name, row) for row in found.statuses]
    opened = _did(Did.OPENED, question.first, question.last)
    urls = [_cases(question, status=row.status_id, did=opened) for row in found.statuses]
    return Table(
        key="statuses",
        title=title,
        note=_("The cases filed in the period, by the status that they have today."),
        chart=rows(
            key="statuses",
            title=title,
            description=_("A bar for each status, as long as there are cases in it."),
            bars=[Bar(name, Decimal(row.cases), _count(row.cases)) for name, row in named],
        ),
        columns=(_text(_("Status")), Column(_("Cases"), _count), Column(_("Open, €"), euros)),
        rows=[[name, row.cases, row.open] for name, row in named],
        links=[("", url, url) for url in urls],
    )


def band_label(band: int) -> str:
    """A band of age in words."""
    if band == NOT_DUE:
        return _("not yet due")
    if band == 0:
        return _("up to {last} days").format(last=BANDS[0])
    if band == len(BANDS):
        return _("more than {last} days").format(last=BANDS[-1])
    return _("{first} to {last} days").format(first=BANDS[band - 1] + 1, last=BANDS[band])


def _ages(found: Portfolio, question: Question) -> Table:
    title = _("Age of the debt")
    return Table(
        key="ages",
        title=title,
        note=_("Open cases filed in the period, by the days since their oldest due date."),
        chart=rows(
            key="ages",
            title=title,
            description=_("A bar for each band of age, as long as what is owed on the open cases in it."),
            bars=[Bar(band_label(row.band), row.open, short_euros(row.open)) for row in found.ages],
        ),
        columns=(_text(_("Age")), Column(_("Open cases"), _count), Column(_("Open, €"), euros)),
        rows=[[band_label(row.band), row.open_cases, row.open] for row in found.ages],
        links=[("", url, url) for url in (_aged(question, At.NOW, row.band, state="open") for row in found.ages)],
    )


def _rates(found: Portfolio, question: Question) -> Table:
    title = _("Recovery rate by age")
    return Table(
        key="rates",
        title=title,
        note=_(
            "Cases filed in the period, by the age of the debt on the day of filing. Recovered: money received since, "
            "up to what was owed. Claimed: that and what is owed today, interest and indemnities included."
        ),
        chart=rows(
            key="rates",
            title=title,
            description=_("A bar for each band of age: the part of what was claimed that has been recovered."),
            bars=[Bar(band_label(row.band), row.rate or Decimal(0), _percent(row.rate)) for row in found.ages],
            top=Decimal(100),
        ),
        columns=(
            _text(_("Age at filing")),
            Column(_("Cases"), _count),
            Column(_("Claimed, €"), euros),
            Column(_("Recovered, €"), euros),
            Column(_("Rate, %"), _percent),
        ),
        rows=[_rate_line(row) for row in found.ages],
        links=[("", url, url, url) for url in (_aged(question, At.FILED, row.band) for row in found.ages)],
    )


def _rate_line(row: AgeRow) -> list[Value]:
    return [band_label(row.band), row.cases, row.claimed, row.recovered, _rate(row.recovered, row.claimed)]
