"""The calls of LawPanel clients: `/v1/firms/`. Their answers are bare; failures are the house's envelope."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from accounts.services import BadCredentials
from invoicing.billing.authentication import CHALLENGE, COOKIE, CookieAuthentication, SubscriptionKeyAuthentication
from invoicing.billing.facturx import facturx_of
from invoicing.billing.libraries import PdfUnavailable
from invoicing.billing.paper import paper_of
from invoicing.billing.payloads import invoice_payload
from invoicing.billing.selectors import invoice_for, invoices_for, whole
from invoicing.billing.serializers import CredentialsSerializer, SliceQuery
from invoicing.billing.services import sessions
from legalcity.api.envelope import refusal
from legalcity.api.idempotency import Keyed, Way
from legalcity.api.limits import LOGIN
from legalcity.api.validation import parse, read, reader_of
from legalcity.api.views import ContractView
from legalcity.lib.codes import ErrorCode
from legalcity.lib.settings.live import live

COOKIE_PATH = "/v1/firms/"


class FirmsView(ContractView):
    """Key and cookie; nothing is kept by anybody on the way."""

    schema = None  # Apart from the reference of /api/: docs/billing.md.
    tells_codes = False
    authentication_classes = [CookieAuthentication]
    permission_classes = [AllowAny]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        """Headers that every answer has."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store, private"
        if answer.status_code == status.HTTP_401_UNAUTHORIZED:
            answer["WWW-Authenticate"] = CHALLENGE
        return answer


class LoginView(FirmsView):
    """E-mail and password against the cookie."""

    authentication_classes = [SubscriptionKeyAuthentication]
    limits = {"login": LOGIN}
    serializers = {"login": CredentialsSerializer}

    def login(self, request: Request) -> Response:
        """Open a session. 401 for wrong credentials, 403 for somebody who is no client's user.

        Too many attempts are 429: of an address by the limit, on an account by django-axes' middleware.
        """
        credentials = parse(CredentialsSerializer, request)
        try:
            key = sessions.session_open(request=request._request, **credentials)
        except BadCredentials as error:
            return refusal(error.message, code=ErrorCode.WRONG_CREDENTIALS)
        response = Response(status=status.HTTP_204_NO_CONTENT)
        # Lax is enough: the cookie opens reads, which no other origin may see, and logoff, which Lax does not send it.
        # A login cannot be forged from another origin either: its body is JSON, and there is no CORS here.
        response.set_cookie(
            COOKIE,
            key,
            max_age=int(sessions.lifetime().total_seconds()),
            path=COOKIE_PATH,
            httponly=True,
            secure=settings.FIRMS_COOKIE_SECURE,
            samesite="Lax",
        )
        return response


class LogoffView(FirmsView):
    """The end of a session."""

    ways = {"logoff": Keyed(Way.EXEMPT)}

    def logoff(self, request: Request) -> Response:
        """End the session on the server, and take the cookie back."""
        sessions.session_close(str(request.auth))
        response = Response(status=status.HTTP_204_NO_CONTENT)
        response.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Lax")
        return response


class InvoiceView(FirmsView):
    """Issued invoices: a client's user reads that client's, staff all."""

    def invoices(self, request: Request) -> Response:
        """A part of the list, newest first; the headers count."""
        sent = {name: value for name, value in request.query_params.items() if str(value).strip()}
        asked = read(reader_of(SliceQuery), sent)
        skip, take = asked.get("skip", 0), asked.get("take", live.DEFAULT_PAGE_SIZE)
        found = invoices_for(caller(request))
        total = found.count()
        rows = whole(found).order_by("-date_time", "-id")[skip : skip + take] if skip < total else ()
        body = [invoice_payload(invoice) for invoice in rows]
        return Response(body, headers={"Total": str(total), "Skipped": str(skip), "Taken": str(len(body))})

    def invoice(self, request: Request, invoice_id: str) -> Response:
        """One invoice."""
        return Response(invoice_payload(invoice_for(caller(request), invoice_id, _("Invoice not found"))))

    def pdf(self, request: Request, invoice_id: str) -> Response | HttpResponse:
        """The paper: PDF/A-3 with the Factur-X XML inside. 503 where the libraries of the system are missing."""
        invoice = invoice_for(caller(request), invoice_id, _("Invoice not found"))
        try:
            content = facturx_of(paper_of(invoice))
        except PdfUnavailable as error:
            return refusal(str(error), code=ErrorCode.UNAVAILABLE)
        return pdf_response(content, invoice.reference)


def pdf_response(content: bytes, reference: str) -> HttpResponse:
    """A PDF to be saved, kept by nobody on the way."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{reference}.pdf"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store, private",
        },
    )
