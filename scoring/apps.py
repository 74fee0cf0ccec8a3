"""The room's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    """Scoring."""

    name = "scoring"
    verbose_name = _("Scoring")
