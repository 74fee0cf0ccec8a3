"""Django's admin, with the house's site in the place of its own."""

from django.apps import apps
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class BackofficeConfig(AdminConfig):
    """`admin.site` is the back-office."""

    default_site = "accounts.backoffice.site.StaffSite"

    def ready(self) -> None:
        """Staff read what a page is about, not which library it comes from."""
        super().ready()
        from constance.admin import Config

        apps.get_app_config("axes").verbose_name = _("Logins")
        apps.get_app_config("constance").verbose_name = _("System settings")
        Config._meta.verbose_name_plural = _("system settings")
