"""A décompte as people read it, on a screen or on paper: its heads, and each claim with what happened to it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from law.account.canonical import fingerprint, period_article
from law.account.decompte import PENALTY, Amounts, ClaimRow, Decompte
from law.account.facts import ClaimKey, Head, Waiver
from law.interest import NOTHING, Segment
from legalcity.lib.errors import Sentence

HEADS: dict[str, tuple[Sentence, str]] = {
    Head.PRINCIPAL: (_("Principal"), ""),
    Head.INTEREST: (_("Late interest"), ""),
    Head.INDEMNITY: (_("Flat indemnities for the cost of recovery"), "art. L441-10 et D441-5 C. com."),
    Head.PENALTY: (_("Agreed penalty"), PENALTY),
    Head.COST: (_("Costs of the title"), "art. L111-8 CPCE"),
}


class HeadRow(NamedTuple):
    """What is owed under one head, EUR, and the article that it rests on; empty where there is none to name."""

    name: str
    label: Sentence
    article: str
    amount: Decimal


class Period(NamedTuple):
    """Days of interest with the article that lets it run."""

    days: Segment
    article: str


@dataclass(frozen=True, slots=True)
class ClaimSheet:
    """A claim that is due, its periods of interest, what was given up of it, and what is left."""

    row: ClaimRow
    periods: tuple[Period, ...]
    waivers: tuple[Waiver, ...]

    @property
    def interest(self) -> Decimal:
        """All that ran on it, paid or not."""
        return sum((period.days.interest for period in self.periods), NOTHING)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A décompte put in order for its readers. `penalty_waivers`: what was given up of the agreed penalty."""

    told: Decompte
    heads: tuple[HeadRow, ...]
    claims: tuple[ClaimSheet, ...]
    penalty_waivers: tuple[Waiver, ...]
    sha256: str

    @property
    def received(self) -> Decimal:
        """All money that counts, whatever it met."""
        return self.told.received

    @property
    def not_due(self) -> Decimal:
        """What is left of the claims that may not be demanded yet."""
        return not_due_of(self.told)


def not_due_of(told: Decompte) -> Decimal:
    """What is left of the claims that may not be demanded yet."""
    return sum((row.principal for row in told.not_due), NOTHING)


def sheet_of(told: Decompte) -> Sheet:
    """`told`, in order to be read."""
    waivers: defaultdict[ClaimKey | None, list[Waiver]] = defaultdict(list)
    for waiver in told.waivers:
        waivers[waiver.claim].append(waiver)
    return Sheet(
        told=told,
        heads=tuple(head_rows(told)),
        claims=tuple(ClaimSheet(row, _periods(row), tuple(waivers[row.claim.key])) for row in told.claims),
        penalty_waivers=tuple(waivers[None]),
        sha256=fingerprint(told),
    )


def _periods(row: ClaimRow) -> tuple[Period, ...]:
    return tuple(Period(segment, period_article(row, segment)) for segment in row.segments)


def head_rows(told: Decompte) -> Iterator[HeadRow]:
    """What is owed by head, in the order of the object; interest rests on the article of the claims on which it ran."""
    articles = sorted({period.article for row in told.claims for period in _periods(row)})
    for name in Amounts._fields:
        label, article = HEADS[name]
        yield HeadRow(name, label, ", ".join(articles) if name == Head.INTEREST else article, getattr(told.total, name))


class Difference(NamedTuple):
    """What a head came to on two days, EUR."""

    label: Sentence
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        """What was added."""
        return self.after - self.before


def differences(before: Decompte, after: Decompte) -> list[Difference]:
    """What changed between two accounts, by head, the total last."""
    rows = [
        Difference(label, getattr(before.total, name), getattr(after.total, name))
        for name, (label, _article) in HEADS.items()
    ]
    return [*rows, Difference(_("Total due"), before.total.due, after.total.due)]
