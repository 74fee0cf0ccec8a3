"""An invoice as its paper shows it: the same content for the PDF and for the XML inside.

An issued one speaks from what was frozen with it; a draft from what is true today.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from invoicing.billing import firm, rules
from invoicing.billing.lines import line_of, vats_of, whole_items
from invoicing.billing.payloads import buyer_details
from invoicing.billing.services.drafts import EURO
from invoicing.models import FirmInvoice, FirmInvoiceItem
from law.territories import OVERSEAS
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS
from legalcity.lib.firm import PRODUCT
from legalcity.lib.settings.live import live

FRENCH = OVERSEAS | {"FR"}


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One item: what it is, and what it comes to."""

    item: FirmInvoiceItem
    line: rules.Line
    tax_name: str
    levies: tuple[tuple[str, Decimal], ...]

    @property
    def has_vat(self) -> bool:
        """Whether VAT is due on it."""
        return self.line.vat.percent > 0

    @property
    def rate(self) -> str:
        """The rate of its VAT, as it is written."""
        return rules.rate_text(self.line.vat.percent)


@dataclass(frozen=True, slots=True)
class Paper:
    """All that an invoice says."""

    invoice: FirmInvoice
    seller: dict[str, Any]
    buyer: dict[str, Any]
    issued_on: date
    due_on: date
    performed_on: date
    lines: tuple[PaperLine, ...]
    totals: rules.Totals
    paid: Decimal

    @property
    def client(self) -> dict[str, Any]:
        """The client in the API's form."""
        return dict(self.buyer["api"])

    @property
    def is_client_french(self) -> bool:
        """Whether its register is the French one, overseas included."""
        return self.buyer["country"] in FRENCH

    @property
    def is_domestic_currency(self) -> bool:
        """Whether it is in euros."""
        return self.invoice.currency.name_short == EURO

    @property
    def vat_in_euros(self) -> Decimal | None:
        """The VAT in euros of an invoice in another currency (EN 16931, BT-111)."""
        rate = self.invoice.euro_rate
        if self.is_domestic_currency or rate is None:
            return None
        return rules.in_euros(self.totals.vat, rate)

    @property
    def to_pay(self) -> Decimal:
        """What remains of the paper's total after the payments that came in."""
        return self.totals.total - self.paid

    @property
    def mentions(self) -> list[str]:
        """Why VAT is not due where it is not, each article once."""
        return [mention for vat in self.totals.vats for mention in vat.mentions]

    @property
    def missing(self) -> list[str]:
        """Details of the firm that the law asks for and the paper lacks."""
        return [str(missing.label) for missing in firm.missing_details(self.seller)]

    @property
    def legal_lines(self) -> list[str]:
        """The foot of the paper."""
        return firm.legal_lines(self.seller)


def paper_of(invoice: FirmInvoice) -> Paper:
    """The paper of an invoice as `selectors.whole` reads it."""
    issued_on = invoice.date_time.astimezone(PARIS).date() if invoice.date_time else today()
    seller = invoice.seller if invoice.is_issued else firm.seller_now()
    lines = tuple(_paper_line(item) for item in whole_items(invoice.items.all()))
    return Paper(
        invoice=invoice,
        seller={**seller, "name": seller["name"] or PRODUCT},  # Where nobody has to be named to try it out.
        buyer=invoice.buyer if invoice.is_issued else buyer_details(invoice.client),
        issued_on=issued_on,
        due_on=invoice.due_on or rules.due_date(issued_on, live.PAYMENT_DAYS),
        performed_on=invoice.performed_on or issued_on,
        lines=lines,
        totals=rules.totals([each.line for each in lines]),
        paid=invoice.paid,
    )


def _paper_line(item: FirmInvoiceItem) -> PaperLine:
    line = line_of(item)
    return PaperLine(
        item=item,
        line=line,
        tax_name=vats_of(item)[0].name,
        levies=tuple((levy.name, line.levied(levy)) for levy in line.levies),
    )
