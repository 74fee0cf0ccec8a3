"""The room's registration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Accounts."""

    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Listen to what others write."""
        from accounts import guard, receivers
        from accounts.roles import permissions_keep

        receivers.connect()
        guard.connect()
        # After Django's own receiver, which makes the permissions.
        post_migrate.connect(permissions_keep, dispatch_uid="roles")
