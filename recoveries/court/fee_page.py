"""The public page of a procedure's fee: no login, no script, nothing about the debt beyond reference and fee."""

import hmac
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from segno.helpers import make_epc_qr

from legalcity.api.limits import ANONYMOUS, client_address, take
from legalcity.lib.firm import firm_shown
from legalcity.lib.reading.identifiers import in_fours, known, read_bic, read_iban
from legalcity.lib.settings.live import live
from legalcity.lib.text import is_storable
from recoveries.court.selectors import injunction_of_key, is_fee_unconfirmed
from recoveries.models import Injunction

PAGE = "pages/injunction.html"
KEY_LENGTH = 64
# A page of a secret address: kept by nobody, shown to no search engine, its address sent to nobody.
HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}


@require_safe
def payment_page(request: HttpRequest, key: str) -> HttpResponse:
    """What is due for the procedure of `key`, and how to pay it. A wrong key is a plain 404, counted per address."""
    usage = take(ANONYMOUS, f"injonction {client_address(request)}", request)
    with translation.override("fr"):
        if usage.exceeded:
            response = HttpResponse("Trop de demandes. Veuillez patienter.\n", status=429, content_type="text/plain")
            response["Retry-After"] = str(usage.wait)
        else:
            response = render(request, PAGE, _context(_opened_by(key)))
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _opened_by(key: str) -> Injunction:
    """The procedure of the key. The part that is no secret finds it, the whole is compared in constant time."""
    injunction = injunction_of_key(key) if is_storable(key) else None
    expected = injunction.key if injunction else "-" * KEY_LENGTH
    if not hmac.compare_digest(expected.encode(), key.encode()) or injunction is None:
        raise Http404
    return injunction


def _context(injunction: Injunction) -> dict[str, Any]:
    reference = injunction.recovery.recovery_reference
    iban, bic = known(read_iban, live.FIRM_IBAN), known(read_bic, live.FIRM_BIC)
    is_due = injunction.fee_paid_on is None and injunction.fee > 0
    return {
        "injunction": injunction,
        "reference": reference,
        "is_due": is_due,
        "is_unconfirmed": is_due and is_fee_unconfirmed(injunction),
        "firm": firm_shown(),
        "iban": in_fours(iban),
        "bic": bic,
        "qr": _qr(injunction, reference, iban=iban, bic=bic) if is_due and iban else "",
    }


def _qr(injunction: Injunction, reference: str, *, iban: str, bic: str) -> str:
    """The SEPA transfer as a QR code (EPC069-12), as SVG; none for a transfer that the code cannot hold."""
    try:
        code = make_epc_qr(name=live.FIRM_NAME[:70], iban=iban, amount=injunction.fee, text=reference, bic=bic or None)
    except ValueError:  # A name without letters, a fee of a thousand millions: the page says how to pay without it.
        return ""
    return str(code.svg_inline(scale=4, border=4, light="#fff", title="Code QR du virement SEPA"))
