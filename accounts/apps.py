"""The room's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Accounts."""

    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Have the secrets of second factors sealed."""
        from accounts import sealed_factors

        sealed_factors.connect()
