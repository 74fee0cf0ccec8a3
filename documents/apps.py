"""The room's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Documents."""

    name = "documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        """Register the checks, and the scanner among the services."""
        from documents import checks
        from documents.services.scanner import scanner_state
        from legalcity.lib.readiness import readiness

        readiness.register("scanner", scanner_state)
        assert checks  # noqa: S101 - imported for its registrations
