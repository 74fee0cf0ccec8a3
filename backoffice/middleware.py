"""Staff in the back-office: their language, and the end of their session."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

from backoffice.replica_pages import remember_writing
from backoffice.staying import BEGAN, SEEN, is_question
from legalcity.lib.clock import now
from legalcity.lib.settings.live import live

BACKOFFICE = "/admin/"
LOGIN = "/admin/login/"
SEEN_STEP = 30  # seconds: a session is written so often at most


class StaffPages:
    """Sessions end after idle time and after a working day; pages speak the language that the person chose."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Step aside outside the back-office, and for strangers."""
        if not request.path.startswith(BACKOFFICE):
            return self.get_response(request)
        if not request.user.is_authenticated:
            response = self.get_response(request)
            _remember(request, now())  # This may have been the login.
            return response
        with translation.override(request.user.language):
            if _is_over(request, now()):
                logout(request)
                if request.path != LOGIN:
                    messages.info(request, _("Your session has ended. Please log in again."))
            if not is_question(request):
                _remember(request, now())
            response = self.get_response(request)
            remember_writing(request, response)
            response["Content-Language"] = translation.get_language() or ""
            return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """An address of the back-office where nothing is: the house's page, in development too."""
        if isinstance(exception, Http404) and request.path.startswith(BACKOFFICE):
            return page_not_found(request, exception)
        return None


def _is_over(request: HttpRequest, moment: datetime) -> bool:
    """Whether the person was away too long, or has been here for a working day."""
    second = int(moment.timestamp())
    began, seen = (request.session.get(name, second) for name in (BEGAN, SEEN))
    is_idle = second - seen >= live.STAFF_IDLE_MINUTES * 60
    return bool(is_idle or second - began >= live.STAFF_SESSION_HOURS * 3600)


def _remember(request: HttpRequest, moment: datetime) -> None:
    """Write down when the person came and was here last."""
    if not request.user.is_authenticated:
        return
    second = int(moment.timestamp())
    if BEGAN not in request.session:
        request.session[BEGAN] = request.session[SEEN] = second
    elif second - request.session[SEEN] >= SEEN_STEP:
        request.session[SEEN] = second
