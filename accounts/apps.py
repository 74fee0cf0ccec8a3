"""The room's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Accounts."""

    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Have the secrets of second factors sealed, and idempotency keys kept."""
        from accounts import sealed_factors
        from accounts.idempotency import KeyStore
        from legalcity.api.idempotency import store_register

        sealed_factors.connect()
        store_register(KeyStore())
