"""Letters on paper: one page after the other, with the address behind the window of a DL envelope.

The same message gives the same bytes: nothing is fetched, and no clock is in it.
"""

import io
from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from invoicing.billing.firm import seller_now
from invoicing.billing.libraries import PdfUnavailable, pdf_problem
from recoveries.letters.models import Message


def letter_pdf(message: Message) -> bytes:
    """The letter of a message. Raises PdfUnavailable where the system libraries are missing."""
    return _drawn("pdf/letter.html", {"message": message, "lines": message.address.splitlines(), "firm": seller_now()})


def cover_pdf(**told: Any) -> bytes:
    """The cover sheet of a batch. Raises as `letter_pdf`."""
    return _drawn("pdf/post_cover.html", {**told, "firm": seller_now()})


def bound(papers: Sequence[bytes]) -> bytes:
    """Several papers as one, in their order."""
    from pypdf import PdfWriter

    writer, file = PdfWriter(), io.BytesIO()
    for paper in papers:
        writer.append(io.BytesIO(paper), import_outline=False)
    writer.write(file)
    return file.getvalue()


def _drawn(template: str, context: dict[str, Any]) -> bytes:
    if problem := pdf_problem():
        raise PdfUnavailable(problem)
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    with translation.override("fr"):
        html = render_to_string(template, context)
    drawn: bytes = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"})).write_pdf()
    return drawn
