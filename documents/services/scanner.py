"""The virus scanner of this installation."""

from django.conf import settings

from documents.clients.clamd import ClamdClient, ScannerUnavailable
from legalcity.lib.readiness import State

SOON = 1.0  # seconds: who asks whether it is there does not wait for a scan


def configured_scanner() -> ClamdClient | None:
    """The scanner of CLAMD_URL; None where there is none."""
    return ClamdClient(settings.CLAMD_URL, timeout=settings.CLAMD_TIMEOUT) if settings.CLAMD_URL else None


def scanner_state() -> State:
    """Whether the scanner answers now."""
    if not settings.CLAMD_URL:
        return State.UNUSED if settings.EMBEDDED else State.AWAY
    try:
        ClamdClient(settings.CLAMD_URL, timeout=SOON).ping()
    except ScannerUnavailable:
        return State.AWAY
    return State.OK
