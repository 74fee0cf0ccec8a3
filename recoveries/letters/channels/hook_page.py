"""The addresses that carriers call. No login, no cookie: the token of the address, and what each carrier signs with."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from legalcity.api.errors import TooManyAttempts
from legalcity.api.limits import ANONYMOUS, client_address, take
from legalcity.lib.codes import ErrorCode
from recoveries.letters.channels.hook_calls import Unsigned, adapter_of, hook_take, is_proved

MOST_BYTES = 256 * 1024
HEADERS = {"Cache-Control": "no-store, private", "Referrer-Policy": "no-referrer"}


@csrf_exempt
@require_POST
def hook(request: HttpRequest, adapter: str, token: str) -> HttpResponse:
    """Take a call: 200, for one that was taken before too; 404 not an address of ours, 401 not signed, 413 too long.

    429 for more calls a minute than anybody may make who does not show who they are: at addresses that are not ours,
    and at one of ours whose token is all that protects it.
    """
    known = adapter_of(adapter, token)
    if known is None:
        return _counted(request, client_address(request)) or _answer(404, "unknown")
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return _answer(413, "too_long")
    if not is_proved(known, body) and (refused := _counted(request, adapter)):
        return refused
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        is_new = hook_take(name=adapter, adapter=known, headers=headers, body=body)
    except Unsigned:
        return _answer(401, "not_signed")
    return _answer(201 if is_new and adapter == "maileva" else 200, "taken")


def _counted(request: HttpRequest, whose: str) -> HttpResponse | None:
    """Count a call; the refusal where it is one too many."""
    usage = take(ANONYMOUS, f"hooks {whose}", request)
    if not usage.exceeded:
        return None
    error, code = TooManyAttempts(usage.wait), ErrorCode.TOO_MANY_ATTEMPTS
    told = {"success": False, "message": str(error.detail), "code": code.value}
    return JsonResponse(told, status=code.status, headers=HEADERS | {"Retry-After": str(usage.wait)})


def _answer(status: int, word: str) -> HttpResponse:
    return JsonResponse({"result": word}, status=status, headers=HEADERS)
