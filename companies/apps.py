"""The room's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CompaniesConfig(AppConfig):
    """Companies."""

    name = "companies"
    verbose_name = _("Companies")
