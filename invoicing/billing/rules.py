"""What an invoice of the firm adds up to, and when it is due. Pure: the one place that knows.

Each tax is rounded once, half-up to the cent: VAT on the sum of the items of one rate (CGI, annexe II, article 242
nonies A, I, 10° and 11°; EN 16931, BR-CO-17), another tax on its item. Prices and quantities give cents by themselves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from legalcity.lib.money import rounded

ZERO = Decimal("0.00")
HUNDRED = Decimal(100)
NOT_SUBJECT = "O"  # UNTDID 5305
LARGEST_TOTAL = Decimal(10) ** 13
LATE_INDEMNITY = Decimal("40.00")  # EUR: Code de commerce, articles L441-10, II and D441-5


@dataclass(frozen=True, slots=True)
class Levy:
    """A tax other than VAT on one item: `percent` of its price and `units` beside, in the invoice's currency."""

    name: str
    percent: Decimal
    units: Decimal


@dataclass(frozen=True, slots=True)
class Vat:
    """How an item stands to VAT: UNTDID 5305 category, rate, and for an exemption its mention and VATEX code."""

    category: str
    percent: Decimal
    mention: str = ""
    exemption_code: str = ""

    @property
    def is_subject(self) -> bool:
        """Whether it has a rate at all, be it zero."""
        return self.category != NOT_SUBJECT


@dataclass(frozen=True, slots=True)
class Line:
    """An item, as far as money is concerned."""

    unit_price: Decimal
    quantity: int
    vat: Vat
    levies: tuple[Levy, ...] = ()

    @property
    def price(self) -> Decimal:
        """Without any tax."""
        return self.unit_price * self.quantity

    def levied(self, levy: Levy) -> Decimal:
        """What one levy takes of the line, to the cent."""
        return rounded(self.price * levy.percent / HUNDRED + levy.units)

    @property
    def net(self) -> Decimal:
        """The base of VAT: the price and the other taxes (CGI, article 267, I, 1°)."""
        return rounded(self.price) + sum((self.levied(levy) for levy in self.levies), ZERO)


@dataclass(frozen=True, slots=True)
class VatTotal:
    """One rate (or exemption) of an invoice: base and tax."""

    category: str
    percent: Decimal
    mentions: tuple[str, ...]
    exemption_codes: tuple[str, ...]
    base: Decimal
    amount: Decimal

    @property
    def is_subject(self) -> bool:
        """Whether it has a rate at all, be it zero."""
        return self.category != NOT_SUBJECT

    @property
    def rate(self) -> str:
        """The percent as French papers write it: `5,5`."""
        return rate_text(self.percent)


@dataclass(frozen=True, slots=True)
class Totals:
    """What an invoice adds up to."""

    net: Decimal
    vats: tuple[VatTotal, ...]
    vat: Decimal
    total: Decimal


def rate_text(percent: Decimal) -> str:
    """A percentage without idle zeros, with a comma: `20`, `5,5`."""
    return f"{percent.normalize():f}".replace(".", ",")


def totals(lines: Sequence[Line]) -> Totals:
    """The totals of `lines`: rates in falling order, exemptions last."""
    kinds = sorted({(line.vat.category, line.vat.percent) for line in lines}, key=lambda kind: (-kind[1], kind[0]))
    vats = tuple(
        _vat_total([line for line in lines if (line.vat.category, line.vat.percent) == kind]) for kind in kinds
    )
    net = sum((line.net for line in lines), ZERO)
    vat = sum((each.amount for each in vats), ZERO)
    return Totals(net=net, vats=vats, vat=vat, total=net + vat)


def _vat_total(lines: Sequence[Line]) -> VatTotal:
    """`lines` share category and rate."""
    base = sum((line.net for line in lines), ZERO)
    vat = lines[0].vat
    return VatTotal(
        category=vat.category,
        percent=vat.percent,
        mentions=_each_once(line.vat.mention for line in lines),
        exemption_codes=_each_once(line.vat.exemption_code for line in lines),
        base=base,
        amount=rounded(base * vat.percent / HUNDRED),
    )


def _each_once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def balance(total: Decimal, *, paid: Decimal, credited: Decimal) -> Decimal:
    """What remains to be paid; below zero, what the firm owes back."""
    return total - paid - credited


def is_settled(total: Decimal, *, paid: Decimal, credited: Decimal) -> bool:
    """Whether nothing remains to be paid."""
    return balance(total, paid=paid, credited=credited) <= 0


def due_date(issued_on: date, days: int) -> date:
    """The last day on which payment is in time."""
    return issued_on + timedelta(days=days)


def in_euros(amount: Decimal, rate: Decimal) -> Decimal:
    """`amount` of another currency, at `rate` EUR for one unit."""
    return rounded(amount * rate)
