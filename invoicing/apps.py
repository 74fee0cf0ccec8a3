"""The room's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicingConfig(AppConfig):
    """Invoices."""

    name = "invoicing"
    verbose_name = _("Invoices")
