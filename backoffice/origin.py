"""Where a write comes from: through which door, who, from what address.

Services called deep inside need no request: simple-history's middleware keeps the one that is being answered, and the
worker names its task on every log line. What is neither a request nor a task is a command.
"""

from dataclasses import dataclass
from typing import cast

from django.http import HttpRequest
from simple_history.models import HistoricalRecords
from structlog.contextvars import get_contextvars

from accounts.models import AuditEvent, User
from legalcity.api.idempotency import key_hash
from legalcity.api.limits import client_address

Door = AuditEvent.Door


@dataclass(frozen=True, slots=True)
class Origin:
    """`user` is None for a worker, a command or a stranger.

    `idempotency_key` is the hash of the key that the request was sent with, or empty.
    """

    door: Door
    user: User | None = None
    request: HttpRequest | None = None
    request_id: str = ""
    idempotency_key: str = ""

    @property
    def address(self) -> str:
        """The client's, empty without a request; found when it is asked for, which events do not."""
        return client_address(self.request) if self.request is not None else ""


def current_request() -> HttpRequest | None:
    """The request that is being answered, if any."""
    return getattr(HistoricalRecords.context, "request", None)


def current_origin() -> Origin:
    """Where the code that runs now was called from."""
    names = get_contextvars()
    request_id = str(names.get("request_id", ""))
    request = current_request()
    if "task_id" in names:
        return Origin(Door.WORKER, request_id=request_id)
    if request is None:
        return Origin(Door.COMMAND)
    door = Door.BACKOFFICE if request.path.startswith("/admin/") else Door.API
    # The API knows its caller after the view has begun; until then there is no such attribute.
    user = getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    return Origin(door, cast(User, user) if is_known else None, request, request_id, key_hash())


def staff_of(request: HttpRequest) -> User:
    """The member of staff behind a request of the back-office, as services take them."""
    return cast(User, request.user)
