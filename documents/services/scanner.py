"""The virus scanner of this installation."""

from django.conf import settings

from documents.clients.clamd import ClamdClient


def configured_scanner() -> ClamdClient | None:
    """The scanner of CLAMD_URL; None where there is none."""
    return ClamdClient(settings.CLAMD_URL, timeout=settings.CLAMD_TIMEOUT) if settings.CLAMD_URL else None
