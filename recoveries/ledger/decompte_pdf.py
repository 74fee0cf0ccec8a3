"""The décompte on paper: its head by WeasyPrint, the lists line by line. Nothing is fetched, and no clock is in it."""

from typing import Any

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import translation

from invoicing.billing.firm import seller_now
from invoicing.billing.libraries import PDF_A, PdfUnavailable, fonts_problem, pdf_problem
from law.account.decompte import Decompte
from legalcity.lib.papers import Listing
from recoveries.ledger.decompte_lines import decompte_rows, foot_lines
from recoveries.ledger.sheet import Sheet, sheet_of
from recoveries.models import Recovery

TEMPLATE = "pdf/decompte.html"


def decompte_pdf(told: Decompte, *, case: Recovery) -> bytes:
    """The PDF of an account, in French: the same bytes for the same object and the same parties.

    `case` is read with its `customer` and `debtor`. Raises PdfUnavailable where the system libraries are missing.
    """
    if problem := pdf_problem():
        raise PdfUnavailable(problem)
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    sheet = sheet_of(told)
    with translation.override("fr"):
        html = render_to_string(TEMPLATE, _context(sheet, case))
    try:
        listing = Listing(list(decompte_rows(sheet)), foot_lines(told, sheet.sha256))
    except OSError as error:
        raise PdfUnavailable(fonts_problem()) from error
    fetcher = URLFetcher(allowed_protocols={"data"})
    drawn: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(finisher=listing, pdf_variant=PDF_A)
    return drawn


def decompte_answer(told: Decompte, case: Recovery) -> HttpResponse:
    """The PDF as an answer, to be shown, kept by nobody on the way. Raises as `decompte_pdf`."""
    return HttpResponse(
        decompte_pdf(told, case=case),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'inline; filename="decompte-{told.recovery_reference}-{told.on.isoformat()}.pdf"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store, private",
        },
    )


def _context(sheet: Sheet, case: Recovery) -> dict[str, Any]:
    parties = (("Créancier", case.customer), ("Débiteur", case.debtor))
    return {"sheet": sheet, "told": sheet.told, "firm": seller_now(), "parties": parties}
