"""The room's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Documents."""

    name = "documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        """Register the checks."""
        from documents import checks

        assert checks  # noqa: S101 - imported for its registrations
