"""The paper as PDF/A-3, drawn by WeasyPrint. Nothing is fetched: the template holds all that it shows."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from invoicing.billing.libraries import PDF_A, PdfUnavailable, pdf_problem
from invoicing.billing.paper import Paper
from invoicing.billing.rules import LATE_INDEMNITY
from legalcity.lib.reading.identifiers import in_fours

TEMPLATE = "pdf/invoice.html"


def pdf_of(paper: Paper) -> bytes:
    """The paper. Raises PdfUnavailable where the system libraries are missing."""
    if problem := pdf_problem():
        raise PdfUnavailable(problem)
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    with translation.override("fr"):
        html = render_to_string(TEMPLATE, _context(paper))
    fetcher = URLFetcher(allowed_protocols={"data"})
    drawn: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(pdf_variant=PDF_A)
    return drawn


def _context(paper: Paper) -> dict[str, Any]:
    return {
        "paper": paper,
        "invoice": paper.invoice,
        "seller": paper.seller,
        "client": paper.client,
        "iban": in_fours(paper.seller["iban"]),
        "indemnity": LATE_INDEMNITY,
    }
