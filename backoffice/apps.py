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
        """Gather what the roles may do, make new users staff, listen to what others write."""
        from accounts.new_users import option_register
        from backoffice import login_guard, receivers
        from backoffice.people import role_give, staff_add
        from backoffice.roles import ROLES, permissions_keep

        autodiscover_modules("rights")
        option_register(
            "--staff",
            lambda user, _yes: staff_add(user=user),
            action="store_true",
            help="may enter the back-office",
        )
        option_register(
            "--role",
            lambda user, role: role_give(user=user, role=role),
            choices=ROLES,
            help="a role in the back-office; makes the user staff",
        )
        receivers.connect()
        login_guard.connect()
        # After Django's own receiver, which makes the permissions.
        post_migrate.connect(permissions_keep, dispatch_uid="roles")
