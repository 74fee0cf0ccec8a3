"""The page of a form whose token does not fit: what happened, and the text that was typed."""

from collections.abc import Iterator

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.shortcuts import render

MOST_TEXTS = 20
MOST_SIGNS = 20_000
SHORT = 12  # signs: what is shorter is quicker typed than found
NEVER = ("token", "password", "code", "secret", "key", "seen")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Nothing was changed. What was typed is given back, to who sent it from a page of ours alone."""
    page = {"texts": list(_typed(request)) if _is_ours(request) else [], "again": _again(request)}
    return render(request, "403_csrf.html", page, status=403)


def _is_ours(request: HttpRequest) -> bool:
    """Words that another site puts into a form are not shown in our name."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def _typed(request: HttpRequest) -> Iterator[str]:
    try:
        sent = list(request.POST.lists())[: 10 * MOST_TEXTS]
    except (SuspiciousOperation, BadRequest, UnreadablePostError):
        return
    texts = [
        value[:MOST_SIGNS]
        for name, values in sent
        if not any(word in name.lower() for word in NEVER)
        for value in values
        if len(value.strip()) > SHORT or " " in value.strip()
    ]
    yield from texts[:MOST_TEXTS]


def _again(request: HttpRequest) -> str:
    """The form, opened anew, where it has an address of its own."""
    return request.get_full_path() if "/action/" in request.path else ""
