"""The room's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecoveriesConfig(AppConfig):
    """Recovery cases."""

    name = "recoveries"
    verbose_name = _("Recovery cases")

    def ready(self) -> None:
        """Tell scoring, which knows no cases, where companies' payment records are read; keep copies up to date."""
        from recoveries.court import receivers
        from recoveries.ledger.payment_record import payment_record
        from scoring.providers.records import payment_records

        payment_records.register(payment_record)
        receivers.connect()
