"""The page that links of e-mails open: confirm an address, or leave. No login, no script, no cookie.

Programs that look through e-mails open every link, so opening one changes nothing: its button does. The same address
takes the one-click way out of mail programs (RFC 8058), which send no cookie either: the token is all there is.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.naming import account_quoted
from events.notices.models import Notice, Recipient
from events.notices.preferences import recipient_confirm, recipient_leave
from events.notices.tokens import Confirming, Leaving, token_opened
from legalcity.api.limits import ANONYMOUS, client_address, take
from legalcity.lib.clock import now
from legalcity.lib.firm import firm_shown

PAGE = "pages/notice.html"
# A page of a secret address: kept by nobody, shown to no search engine, its address sent to nobody.
HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Referrer-Policy": "no-referrer",
}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def link_page(request: HttpRequest, token: str) -> HttpResponse:
    """What the link says, with a button; after the button, what was done. Not ours: a plain 404, counted."""
    usage = take(ANONYMOUS, f"notices {client_address(request)}", request)
    if usage.exceeded:
        response = HttpResponse("Trop de demandes. Veuillez patienter.\n", status=429, content_type="text/plain")
        response["Retry-After"] = str(usage.wait)
    else:
        response = _answer(request, token_opened(token))
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _answer(request: HttpRequest, said: Confirming | Leaving | None) -> HttpResponse:
    is_done = request.method == "POST"
    if isinstance(said, Leaving):
        owner = User.objects.filter(pk=said.owner_id).first()
        if owner is not None and (not is_done or recipient_leave(token=said)):
            told = {"step": "leave", "email": said.email, "group": dict(Notice.KINDS)[said.group]}
            return _page(request, owner, is_done, **told)
    if isinstance(said, Confirming):
        recipient = Recipient.objects.select_related("owner").filter(pk=said.recipient_id).first()
        if recipient is not None:
            is_taken = recipient_confirm(token=said, moment=now()) if is_done else not said.is_over(now())
            return _page(
                request, recipient.owner, is_done, step="confirm" if is_taken else "over", email=recipient.email
            )
    raise Http404


def _page(request: HttpRequest, owner: User, is_done: bool, **told: object) -> HttpResponse:
    with translation.override(owner.language):
        context = {**told, "is_done": is_done, "firm": firm_shown(), "account": account_quoted(owner)}
        return render(request, PAGE, {**context, "language": owner.language})
