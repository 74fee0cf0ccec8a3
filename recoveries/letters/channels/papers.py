"""Papers of messages that leave, and those of batches. The letters themselves: wording/papers.py."""

from typing import Any

import structlog
from django.template.loader import render_to_string
from django.utils import translation

from documents.services.storage import StorageFailed
from invoicing.billing.firm import seller_now
from invoicing.billing.libraries import PdfUnavailable, pdf_problem
from legalcity.lib.errors import Conflict
from recoveries.letters.channels.protocol import Later
from recoveries.letters.models import Message
from recoveries.letters.wording.papers import papers_keep, pdf_of
from recoveries.letters.wording.rendering import BY_POST

log = structlog.get_logger("recoveries")


def letter_pdf(message: Message) -> bytes:
    """The letter of a message, kept from now on. Raises Later where it cannot be made, or kept, now."""
    papers_kept(message)
    return pdf_of(message)


def papers_kept(message: Message) -> None:
    """Keep the papers of a message that leaves. Raises Later where they cannot be made, or kept, now.

    An e-mail goes without its account on a machine that draws no PDF: its words have all figures.
    """
    try:
        papers_keep(message)
    except PdfUnavailable as error:
        log.error("papers_not_drawn", message_id=message.pk)
        if message.channel in BY_POST:
            raise Later("no_pdf") from error
    except (Conflict, StorageFailed) as error:
        raise Later(type(error).__name__) from error


def cover_pdf(**told: Any) -> bytes:
    """The cover sheet of a batch. Raises PdfUnavailable where the system libraries are missing."""
    return _drawn("pdf/post_cover.html", {**told, "firm": seller_now()})


def _drawn(template: str, context: dict[str, Any]) -> bytes:
    if problem := pdf_problem():
        raise PdfUnavailable(problem)
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    with translation.override("fr"):
        html = render_to_string(template, context)
    drawn: bytes = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"})).write_pdf()
    return drawn
