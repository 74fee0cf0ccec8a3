"""The room's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationConfig(AppConfig):
    """Commands of operators."""

    name = "operation"
    verbose_name = _("Operation")
