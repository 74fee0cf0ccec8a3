"""How long a session of staff goes on, and the button that prolongs it."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from legalcity.lib.clock import now
from legalcity.lib.settings.live import live

PATH = "/admin/session/"
BEGAN, SEEN = "staff_began", "staff_seen"  # seconds since 1970


def seconds_left(request: HttpRequest) -> int:
    """Until the session ends if nothing more comes; none for who has not logged in."""
    return max(min(_idle_left(request), _day_left(request)), 0) if request.user.is_authenticated else 0


def is_question(request: HttpRequest) -> bool:
    """Whether the request asks how long the session goes on: that prolongs nothing."""
    return request.path == PATH and request.method != "POST"


@never_cache
@require_http_methods(["GET", "POST"])
def session_view(request: HttpRequest) -> JsonResponse:
    """How long it goes on, and whether being here prolongs it; a POST is being here."""
    if request.method == "POST" and request.user.is_authenticated:
        request.session[SEEN] = int(now().timestamp())
    left = seconds_left(request)
    return JsonResponse({"seconds": left, "may_stay": 0 < left < _day_left(request)})


def _idle_left(request: HttpRequest) -> int:
    return int(live.STAFF_IDLE_MINUTES) * 60 - _since(request, SEEN)


def _day_left(request: HttpRequest) -> int:
    return int(live.STAFF_SESSION_HOURS * 3600) - _since(request, BEGAN)


def _since(request: HttpRequest, name: str) -> int:
    second = int(now().timestamp())
    return second - int(request.session.get(name, second))
