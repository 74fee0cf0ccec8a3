"""The room's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicingConfig(AppConfig):
    """Invoices."""

    name = "invoicing"
    verbose_name = _("Invoices")

    def ready(self) -> None:
        """Register the checks."""
        from invoicing.billing import checks

        assert checks  # noqa: S101 - imported for its registrations
