"""The firm's invoices on the home page."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.amounts import amount_shown
from backoffice.home import Panel, Row, Viewer, first_rows, panel_register, way_register
from invoicing.billing.selectors import to_pay
from invoicing.models import FirmInvoice
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS

LIST = "admin:invoicing_firminvoice_changelist"


def drafts(_viewer: Viewer) -> Panel:
    """Invoices begun and not issued, the oldest first. One statement."""
    count, rows = _first(FirmInvoice.objects.filter(status=FirmInvoice.Status.DRAFT), "created_at")
    return Panel(
        title=_("Invoices to issue"),
        count=count,
        url=f"{reverse(LIST)}?status__exact={FirmInvoice.Status.DRAFT}",
        rows=[_row(invoice, badge=_day(invoice.created_at.astimezone(PARIS))) for invoice in rows],
        empty=_("No invoice of the firm is left as a draft."),
    )


def overdue(_viewer: Viewer) -> Panel:
    """Issued invoices that are due and not wholly paid, the oldest first. One statement."""
    owed = to_pay(FirmInvoice.objects.all()).filter(left__gt=0, due_on__lt=today())
    count, rows = _first(owed, "due_on")
    return Panel(
        title=_("Invoices overdue"),
        count=count,
        url=f"{reverse(LIST)}?payment=overdue",
        rows=[
            _row(
                invoice,
                note=amount_shown(invoice.left, invoice.currency.symbol),
                badge=_day(invoice.due_on),
                tone="bad",
            )
            for invoice in rows
        ],
        empty=_("No invoice of the firm is overdue."),
        tone="wait",
    )


def _first(invoices: QuerySet[FirmInvoice], order: str) -> tuple[int, list[Any]]:
    """How many there are, and the first few."""
    return first_rows(invoices.order_by(order, "id").select_related("client", "currency"))


def _row(invoice: FirmInvoice, **shown: Any) -> Row:
    return Row(
        text=" · ".join(filter(None, (invoice.reference, str(invoice.client)))),
        url=reverse("admin:invoicing_firminvoice_change", args=[invoice.pk]),
        **shown,
    )


def _day(day: Any) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


panel_register("drafts", position=100, permission="invoicing.change_firminvoice", read=drafts)
panel_register("overdue", position=110, permission="invoicing.change_firminvoice", read=overdue)
way_register(
    "admin:invoicing_firminvoice_changelist",
    position=100,
    permission="invoicing.change_firminvoice",
    label=gettext_lazy("Invoices of the firm"),
)
