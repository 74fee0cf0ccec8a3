"""What `manage.py check` says of the documents' surroundings."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from documents.content import libmagic_problem


@register()
def libmagic_installed(**_: Any) -> list[CheckMessage]:
    """Uploads need libmagic; everything else works without it."""
    problem = libmagic_problem()
    return [Warning(problem, id="documents.W001")] if problem else []


@register(deploy=True)
def scanner_configured(**_: Any) -> list[CheckMessage]:
    """In production nothing is served that no scanner has seen."""
    if settings.CLAMD_URL:
        return []
    hint = "Set CLAMD_URL (tcp://host:3310 or unix:///path); without it no document becomes ready."
    return [Warning("no virus scanner is set up", hint=hint, id="documents.W002")]
