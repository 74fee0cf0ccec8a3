"""The calls on the account of a case: what is owed on a day, what was recorded, what the creditor received himself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from invoicing.billing.libraries import PdfUnavailable
from law.account.canonical import canonical, credit_note_told, payment_told
from law.account.decompte import Decompte
from law.account.facts import PaymentState
from law.account.warnings import Code, warning
from legalcity.api.components import (
    ID,
    TEXT,
    VALIDATION_ERROR,
    bare,
    fields,
    file_of,
    list_of,
    or_null,
    refused,
    success,
)
from legalcity.api.cursor import CursorQuery, page_told, place_asked, query_read
from legalcity.api.envelope import refusal, reply
from legalcity.api.validation import parse
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Invalid
from legalcity.lib.money import money_text
from recoveries.account_shapes import DECOMPTE, POSTING, RECORDED_CREDIT_NOTE, RECORDED_PAYMENT
from recoveries.court.views import OneCaseView
from recoveries.ledger.decompte import case_decompte
from recoveries.ledger.decompte_pdf import decompte_answer
from recoveries.ledger.journal import posting_told, postings_after
from recoveries.ledger.posting import Source
from recoveries.ledger.reductions import credit_note_record
from recoveries.ledger.services import Recorded, direct_payment_record
from recoveries.models import Recovery
from recoveries.serializers import CreditNoteSerializer, DecompteQuery, DirectPaymentSerializer
from recoveries.views import account_samples as samples


class DecompteView(OneCaseView):
    """The décompte of a case: each claim, each period of interest, each payment, with its article."""

    queries = {"retrieve": DecompteQuery, "paper": DecompteQuery}
    answers = {
        "retrieve": {200: success(DECOMPTE), 409: bare(VALIDATION_ERROR)},
        "paper": {200: file_of("application/pdf"), 409: bare(VALIDATION_ERROR)},
    }
    samples = {"retrieve": samples.DECOMPTE, "paper": samples.PAPER}

    def retrieve(self, request: Request, recovery_id: int) -> Response:
        """The account of a case on a day. Every claim, period of interest and payment.

        `on`: the day, today unless given, at most a year ahead. `known_on`: as it was known at the end of that day.
        """
        return reply(canonical(self._told(request, self.case(recovery_id))), _("Account retrieved successfully"))

    def paper(self, request: Request, recovery_id: int) -> Response | HttpResponse:
        """The account of a case as a PDF. The same query as the object; the same bytes for the same account."""
        case = self.case(recovery_id)
        told = self._told(request, case)
        try:
            return decompte_answer(told, case)
        except PdfUnavailable as error:
            return refusal(str(error), code=ErrorCode.UNAVAILABLE)

    def _told(self, request: Request, case: Recovery) -> Decompte:
        return case_decompte(case, **query_read(DecompteQuery, request.query_params))


class PostingsView(OneCaseView):
    """What was recorded about the money of a case."""

    queries = {"list": CursorQuery}
    answers = {"list": {200: success(fields({"items": list_of(POSTING), "next": or_null(TEXT)}))}}
    samples = {"list": samples.POSTINGS}

    def list(self, request: Request, recovery_id: int) -> Response:
        """The postings of a case. What was recorded about its money, in the order in which it was.

        `next` is the cursor for `after`, null at the end; `limit` is at most 200.
        """
        case = self.case(recovery_id)
        of = f"postings of {case.pk}"
        place = place_asked(request, of=of)
        rows = postings_after(case.pk, after=place.after, limit=place.limit + 1)
        return reply(page_told(rows, place, posting_told, of=of), _("Postings retrieved successfully"))


class PaymentsView(OneCaseView):
    """Payments that the creditor received himself."""

    serializers = {"create": DirectPaymentSerializer}
    answers = {
        "create": {
            201: success(RECORDED_PAYMENT),
            409: refused("PaymentConflict", rarely={"payment_id": ID}),
        }
    }
    bodies = {"create": samples.PAYMENT_BODY}
    samples = {"create": samples.PAYMENT}

    def create(self, request: Request, recovery_id: int) -> Response:
        """Record a payment that you received yourself.

        What looks like a payment that is recorded already needs `confirm`. The debtor gets a receipt.
        """
        case, sent = self.case(recovery_id), parse(DirectPaymentSerializer, request)
        with days_named():
            recorded = direct_payment_record(
                recovery_id=case.pk,
                amount=sent["amount"],
                day=sent["date"],
                method=sent.get("method") or "",
                reference=sent.get("reference") or "",
                invoice_id=sent.get("invoice_id"),
                confirmed=sent.get("confirm", False),
                by=caller(request),
            )
        return reply(_recorded(recorded), _("Payment recorded successfully"), status=status.HTTP_201_CREATED)


def _recorded(recorded: Recorded) -> dict[str, Any]:
    """The payment as the account has it, what is over of all payments, and what there is to mind about it."""
    account = recorded.account
    if account is None:
        return _unallocated(recorded)
    row = next(row for row in account.payments if row.payment.id == recorded.acompte.pk)
    told = []
    if row.payment.reference and recorded.acompte.pk in account.not_assigned:
        told.append(warning(Code.NOT_ASSIGNED, row.payment.reference))
    if row.over:
        told.append(warning(Code.SURPLUS))
    return {
        **payment_told(row),
        "surplus": money_text(account.surplus),
        "warnings": [{"code": str(code), "sentence": str(sentence)} for code, sentence in told],
    }


def _unallocated(recorded: Recorded) -> dict[str, Any]:
    """A payment of which nobody can say yet what it met."""
    acompte = recorded.acompte
    return {
        "id": acompte.pk,
        "on": acompte.date.isoformat(),
        "amount": money_text(acompte.amount),
        "method": acompte.method,
        "reference": acompte.reference,
        "state": PaymentState.RECEIVED.value,
        "allocations": [],
        "surplus": None,
        "warnings": [{"code": Code.UNALLOCATED.value, "sentence": str(recorded.unallocated)}],
    }


class CreditNotesView(OneCaseView):
    """Lower prices that were agreed later."""

    serializers = {"create": CreditNoteSerializer}
    answers = {
        "create": {
            201: success(RECORDED_CREDIT_NOTE),
            409: refused("CreditNoteConflict", rarely={"credit_note_id": ID}),
        }
    }
    bodies = {"create": samples.CREDIT_NOTE_BODY}
    samples = {"create": samples.CREDIT_NOTE}

    def create(self, request: Request, recovery_id: int) -> Response:
        """Record a credit note: a lower price of an invoice, agreed later. It counts from its day on.

        What looks like a credit note that is recorded already needs `confirm`.
        """
        case, sent = self.case(recovery_id), parse(CreditNoteSerializer, request)
        with days_named():
            note = credit_note_record(
                recovery_id=case.pk,
                invoice_id=sent["invoice_id"],
                amount=sent["amount"],
                day=sent["date"],
                reference=sent.get("reference") or "",
                confirmed=sent.get("confirm", False),
                by=caller(request),
                source=Source.API,
            )
        told = {**credit_note_told(note), "invoice_id": sent["invoice_id"]}
        return reply(told, _("Credit note recorded successfully"), status=status.HTTP_201_CREATED)


@contextmanager
def days_named() -> Iterator[None]:
    """What the services call `day` is `date` in these bodies."""
    try:
        yield
    except Invalid as error:
        raise Invalid({"date" if name == "day" else name: told for name, told in error.errors.items()}) from error
