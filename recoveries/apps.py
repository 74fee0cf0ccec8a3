"""The room's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecoveriesConfig(AppConfig):
    """Recovery cases."""

    name = "recoveries"
    verbose_name = _("Recovery cases")
