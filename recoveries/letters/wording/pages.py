"""Letters on paper: the page as it was frozen, and behind it the account that it encloses. Same message, same bytes."""

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from companies.models import Company
from invoicing.billing.firm import legal_lines, seller_now
from invoicing.billing.libraries import PDF_A, PdfUnavailable, fonts_problem, pdf_problem
from law.account.decompte import Decompte
from legalcity.lib.papers import Listing, Row
from recoveries.ledger.decompte_lines import decompte_rows
from recoveries.ledger.sheet import sheet_of

ACCOUNT = "<!--account-->"  # where the account goes in a page; in a letter without one it stays a comment
WIDEST = 118  # signs in a line of the foot


def page_pdf(
    page: str,
    *,
    reference: str,
    account: Decompte | None = None,
    creditor: Company | None = None,
    debtor: Company | None = None,
) -> bytes:
    """The PDF of a page (`templates/letters/page.html`) with an account behind it; pages are counted through.

    Nothing is fetched and no clock is in it. Raises PdfUnavailable where the system libraries are missing.
    """
    if problem := pdf_problem():
        raise PdfUnavailable(problem)
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    rows: Sequence[Row] = ()
    about = f"Dossier {reference}"
    if account is not None:
        sheet = sheet_of(account)
        rows = list(decompte_rows(sheet))
        about = f"Dossier {reference} · décompte au {account.on:%d/%m/%Y} · SHA-256 {sheet.sha256}"
        page = _with_account(page, {"sheet": sheet, "told": account, "creditor": creditor, "debtor": debtor})
    try:
        listing = Listing(rows, [*map(_cut, legal_lines(seller_now())), about])
    except OSError as error:
        raise PdfUnavailable(fonts_problem()) from error
    fetcher = URLFetcher(allowed_protocols={"data"})
    drawn: bytes = HTML(string=page, url_fetcher=fetcher).write_pdf(finisher=listing, pdf_variant=PDF_A)
    return drawn


def _with_account(page: str, told: dict[str, Any]) -> str:
    with translation.override("fr"):
        account = render_to_string("letters/_account.html", told)
    before, _mark, after = page.rpartition(ACCOUNT)
    return f"{before}{account}{after}"


def _cut(line: str) -> str:
    return line if len(line) <= WIDEST else f"{line[: WIDEST - 1]}…"
