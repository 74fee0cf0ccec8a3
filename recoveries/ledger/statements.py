"""Statements of clients: made once for each month that has ended, numbered without a gap, kept as they were made."""

from datetime import date, timedelta

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import ADDED, audit_record
from documents.services.storage import file_forget_if_unused, file_keep
from invoicing.billing.firm import legal_lines, seller_now
from invoicing.billing.libraries import PDF_A, PdfUnavailable, pdf_problem
from legalcity.lib.claims import queue
from legalcity.lib.clock import now, today
from legalcity.lib.dates import add_months
from legalcity.lib.errors import Conflict, Invalid
from recoveries.ledger.client_accounts import ClientAccount, client_account, clients_with_accounts, month_begins
from recoveries.ledger.statement_models import ClientStatement

log = structlog.get_logger("recoveries")

TRIES = 25  # others may take the same number meanwhile
TEMPLATE = "pdf/client_statement.html"
TASK = "recoveries.tasks.make_statements"
SETTLED = timedelta(hours=1)  # after a month: what was recorded at its very end may be committed later than that


def last_month() -> date:
    """The first day of the month that ended last, in Paris."""
    return add_months(today().replace(day=1), -1)


def statement_make(*, owner: User, month: date, by: User | None) -> ClientStatement:
    """Make the statement of a client for the month that begins on `month`.

    Raises Invalid until an hour after the end of the month, Conflict where it was made already or nothing is to tell,
    PdfUnavailable where the libraries that draw it are missing. The number is taken with the row: whoever finds it
    taken draws the paper anew with the next one.
    """
    _require_over(month)
    account = client_account(owner.pk, month)
    if account.is_empty:
        raise Conflict(_("Nothing was held for this client in that month."))
    for _try in range(TRIES):
        if ClientStatement.objects.filter(owner=owner, month=month).exists():
            break
        number = (ClientStatement.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        if made := _made(ClientStatement(number=number, owner=owner, month=month, made_at=now(), by=by), account):
            return made
    raise Conflict(_("The statement of that month is made already."))


def statements_begin(*, by: User) -> None:
    """Have a worker make the statements of last month that are missing.

    Raises Invalid within an hour of the month's end, PdfUnavailable where the libraries that draw them are missing.
    """
    _require_over(last_month())
    if problem := pdf_problem():
        raise PdfUnavailable(problem)
    queue(TASK, by.pk)


def statements_make(*, month: date, by: User | None) -> int:
    """Make the statements of all clients that lack one for a month; how many.

    One that fails is logged by the id of its client and made by the next turn; it keeps no other back. Raises Invalid
    as `statement_make`, PdfUnavailable, which would meet all.
    """
    _require_over(month)
    there = set(ClientStatement.objects.filter(month=month).values_list("owner_id", flat=True))
    wanting = [pk for pk in clients_with_accounts(month) if pk not in there]
    made = 0
    for owner in User.objects.filter(pk__in=wanting).order_by("pk"):
        try:
            statement_make(owner=owner, month=month, by=by)
        except Conflict:  # nothing to tell, or another worker was faster
            continue
        except PdfUnavailable:
            raise
        except Exception as error:  # the words of a failure may name people
            log.error("statement_failed", user_id=owner.pk, month=f"{month:%Y-%m}", error=type(error).__name__)
            continue
        made += 1
    return made


def _require_over(month: date) -> None:
    """A posting has the moment at which it was recorded, and is seen once it is committed: that is waited for."""
    end = month_begins(add_months(month, 1))
    if now() < end:
        raise Invalid({"month": [_("This month has not ended.")]})
    if now() < end + SETTLED:
        sentence = _(
            "The month ended less than an hour ago, and what was recorded last may not have been written yet: "
            "make its statements from one o'clock on."
        )
        raise Invalid({"month": [sentence]})


def _made(statement: ClientStatement, account: ClientAccount) -> ClientStatement | None:
    """The statement with its paper; None where its number or its month was taken meanwhile."""
    for name in ("opening", "received", "fees", "handed_over", "closing"):
        setattr(statement, name, getattr(account, name))
    drawn = _drawn(statement, account)
    paper = file_keep(content=drawn, name=f"{statement.reference}.pdf", mime="application/pdf")
    try:
        with transaction.atomic():
            statement.paper = paper
            statement.save(force_insert=True)
            audit_record(action=ADDED, target=statement, actor=statement.by)
    except IntegrityError:
        file_forget_if_unused(file_id=paper.pk)
        return None
    return statement


def _drawn(statement: ClientStatement, account: ClientAccount) -> bytes:
    if problem := pdf_problem():
        raise PdfUnavailable(problem)
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    firm, owner = seller_now(), statement.owner
    with translation.override("fr"):
        context = {
            "statement": statement,
            "account": account,
            "firm": firm,
            "foot": legal_lines(firm),
            "client": owner.entreprise or str(owner),
            "period": date_format(statement.month, "F Y"),
        }
        html = render_to_string(TEMPLATE, context)
    drawn: bytes = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols={"data"})).write_pdf(pdf_variant=PDF_A)
    return drawn
