"""The room's registration: Django's admin with the house's site in the place of its own, and what listens."""

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class SiteConfig(AdminConfig):
    """`admin.site` is the back-office."""

    default_site = "backoffice.site.StaffSite"

    def ready(self) -> None:
        """Staff read what a page is about, not which library it comes from."""
        super().ready()
        from constance.admin import Config

        apps.get_app_config("axes").verbose_name = _("Logins")
        apps.get_app_config("constance").verbose_name = _("System settings")
        Config._meta.verbose_name_plural = _("system settings")


class BackofficeConfig(AppConfig):
    """The staff's kit, entrance, roles, audit; its tables stand in `accounts`."""

    name = "backoffice"
    verbose_name = _("Back-office")

    def ready(self) -> None:
        """Gather what the roles may do; listen to what others write."""
        from backoffice import login_guard, receivers
        from backoffice.roles import permissions_keep

        autodiscover_modules("rights")
        receivers.connect()
        login_guard.connect()
        # After Django's own receiver, which makes the permissions.
        post_migrate.connect(permissions_keep, dispatch_uid="roles")
