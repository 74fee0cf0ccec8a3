"""Idempotency keys: a POST that is sent again with its key gets the first answer, and has no second effect.

Only successes are remembered: a refusal had no effect, so its key is free again. How a call keeps its answer and its
effect together is its `Way`; a view names it for an action in `ways`, if it is not the usual one:

    ways = {"create": Keyed(Way.JOB, replay="again"), "test": Keyed(Way.OUTSIDE), "rotate": Keyed(shows_secret=True)}

The table is a room's, which registers its store when it is loaded.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Protocol
from urllib.parse import parse_qsl

from django.core.files.uploadedfile import UploadedFile
from django.db import Error, transaction
from django.db.models import Model
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from legalcity.api.envelope import ContractRenderer, refusal
from legalcity.api.parsing import MALFORMED
from legalcity.lib.anew import carry_out
from legalcity.lib.codes import Coded, ErrorCode, FieldCode
from legalcity.lib.errors import BadRequest, Conflict

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
GUIDE = "/docs#idempotency"
KEPT_HEADERS = ("Location", "Content-Language")
LONGEST = 255  # characters
# RFC 8941: a string between quotes, `\"` and `\\` in it; or bare. Two headers reach us joined by a comma.
QUOTED = re.compile(r'"((?:[!#-\[\]-~]|\\["\\])+)"')
BARE = re.compile(r"[!#-+\--\[\]-~]+")

Call = Callable[[], HttpResponseBase]


class Way(Enum):
    """How the answer of a call is kept.

    ATOMIC   in the transaction of the effect: a crash keeps both or neither
    JOB      the service binds a row that tells how it went (`idempotency_bind`); a repeat is answered from that row
    OUTSIDE  the key is written first, the call is made outside transactions, the answer is written after
    EXEMPT   not at all: the header is ignored
    """

    ATOMIC = auto()
    JOB = auto()
    OUTSIDE = auto()
    EXEMPT = auto()


@dataclass(frozen=True, slots=True)
class Keyed:
    """`replay` names the method of the view that answers for a job: `(request, job_id, **of the address)`.

    `ahead` names the one that does what waits for others, `(request)`, before the key is taken: inside, every other
    request would wait too. It refuses nothing, since a repeat is not refused: the call tells what came of it.
    """

    way: Way = Way.ATOMIC
    replay: str = ""
    ahead: str = ""
    shows_secret: bool = False


USUAL = Keyed()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is kept of an answer."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What a key was used for: an answer, or the id of the job that tells it."""

    fingerprint: str
    answer: Answer | None = None
    job_id: str = ""


@dataclass(eq=False, slots=True)
class Asked:
    """A request that came with a key. `claim` is the store's: whose the key is; `is_bound`: a job tells the answer."""

    user_id: int
    key: str
    fingerprint: str
    keyed: Keyed
    claim: Any = None
    is_bound: bool = False


class Running(Exception):
    """The key is another request's, which has not ended."""


class Store(Protocol):
    """Where keys are kept."""

    def take(self, asked: Asked) -> Known | None:
        """None: the key is this request's now. Raises Running."""

    def keep(self, asked: Asked, answer: Answer) -> None:
        """Write down the answer of a request that has the key."""

    def bind(self, asked: Asked, job: Model) -> bool:
        """Write down which row tells the answer. False when the key has been taken over meanwhile."""

    def release(self, asked: Asked) -> None:
        """Free a key that has neither answer nor job."""


_stores: list[Store] = []
_current: ContextVar[Asked | None] = ContextVar("idempotent_request", default=None)


def store_register(store: Store) -> None:
    """Bring the store. One room does, when it is loaded."""
    _stores[:] = [store]


def key_hash() -> str:
    """The SHA-256 of the key of the request that is being carried out, or the empty string."""
    asked = _current.get()
    return hashlib.sha256(asked.key.encode()).hexdigest() if asked is not None else ""


def idempotency_bind(job: Model) -> None:
    """Have repeats of the present request answered from `job`. For services, in the transaction that writes the row.

    Raises Conflict when another request has taken the key over meanwhile: what was done is rolled back.
    """
    asked = _current.get()
    if asked is None or asked.keyed.way is not Way.JOB:
        return
    if not _stores[0].bind(asked, job):
        raise Conflict(IN_USE, code=ErrorCode.IDEMPOTENCY_KEY_IN_USE)
    asked.is_bound = True


MALFORMED_KEY = _("Idempotency-Key is malformed")
IN_USE = _("A request with this Idempotency-Key is being carried out. Ask again in a second.")
USED = _("The Idempotency-Key was used for another request.")


def key_of(header: str) -> str:
    """The key that a header names. Raises BadRequest."""
    text = header.strip(" \t")
    quoted = QUOTED.fullmatch(text)
    key = re.sub(r'\\(["\\])', r"\1", quoted[1]) if quoted else text
    if not (quoted or BARE.fullmatch(text)) or len(key) > LONGEST:
        raise BadRequest(MALFORMED_KEY, code=ErrorCode.IDEMPOTENCY_KEY_MALFORMED)
    return key


def carried_out(view: Any, request: Request, call: Call, path: dict[str, Any]) -> HttpResponseBase:
    """The answer of `call`, which carries out a POST of `view`: made now, or remembered of the first time.

    `path` are the values of the address. Raises BadRequest for a key that is none, and what reading the body raises.
    """
    header, keyed = request.headers.get(HEADER), view.ways.get(view.action, USUAL)
    if header is None or keyed.way is Way.EXEMPT:
        return call()
    key = key_of(header)
    user_id: Any = request.user.pk
    asked = Asked(user_id, key, fingerprint(request), keyed)
    if keyed.ahead:
        getattr(view, keyed.ahead)(request)
    way = _with_its_effect if keyed.way is Way.ATOMIC else _before_and_after
    try:
        known = way(asked, call)
    except Running:
        return refusal(IN_USE, code=ErrorCode.IDEMPOTENCY_KEY_IN_USE, headers={"Retry-After": "1"})
    if not isinstance(known, Known):
        return known
    if known.fingerprint != asked.fingerprint:
        return _used_otherwise(view)
    return _replayed(view, request, known, path)


def _with_its_effect(asked: Asked, call: Call) -> HttpResponseBase | Known:
    def effect() -> HttpResponseBase | Known:
        known = _stores[0].take(asked)
        if known is not None:
            return known
        answer = _called(asked, call)
        if _is_success(answer):
            _stores[0].keep(asked, _kept(answer))
        else:
            transaction.set_rollback(True)
        return answer

    return carry_out(effect)


def _before_and_after(asked: Asked, call: Call) -> HttpResponseBase | Known:
    store = _stores[0]
    known = store.take(asked)
    if known is not None:
        return known
    try:
        answer = _called(asked, call)
    except BaseException:
        with suppress(Error):  # While the database is away the key is not free before its claim ends.
            store.release(asked)
        raise
    if not _is_success(answer):
        store.release(asked)
    elif asked.keyed.way is Way.OUTSIDE:
        store.keep(asked, _kept(answer))
    elif not asked.is_bound:
        store.release(asked)
    return answer


def _called(asked: Asked, call: Call) -> HttpResponseBase:
    with _in_hand(asked):
        return call()


@contextmanager
def _in_hand(asked: Asked) -> Iterator[None]:
    token = _current.set(asked)
    try:
        yield
    finally:
        _current.reset(token)


def _is_success(answer: HttpResponseBase) -> bool:
    return answer.status_code < status.HTTP_400_BAD_REQUEST


def _kept(answer: HttpResponseBase) -> Answer:
    data = answer.data if isinstance(answer, Response) else None
    headers = {name: answer[name] for name in KEPT_HEADERS if name in answer}
    headers.setdefault("Content-Language", get_language() or "en")
    return Answer(answer.status_code, ContractRenderer().render(data), headers)


def _replayed(view: Any, request: Request, known: Known, path: dict[str, Any]) -> HttpResponseBase:
    if known.answer is None:
        replay = getattr(view, view.ways[view.action].replay)
        try:
            answer: HttpResponseBase = replay(request, known.job_id, **path)
        except Exception as error:  # A job may have ended as a refusal, which is its answer.
            answer = view.handle_exception(error)
    else:
        answer = HttpResponse(known.answer.body, status=known.answer.status, content_type=ContractRenderer.media_type)
        for name, value in known.answer.headers.items():
            answer[name] = value
    answer[REPLAYED] = "true"
    return answer


def _used_otherwise(view: Any) -> Response:
    return refusal(
        getattr(view, "validation_message", _("Validation failed")),
        code=ErrorCode.IDEMPOTENCY_KEY_REUSED,
        errors={HEADER: [Coded(USED, FieldCode.REUSED)]},
        headers={"Link": f'<{GUIDE}>; rel="describedby"'},
    )


# --- what makes two requests one -------------------------------------------------------------------------------------
def fingerprint(request: Request) -> str:
    """The SHA-256 of method, path, query and body. Raises what reading the body raises."""
    query = sorted(parse_qsl(request.META.get("QUERY_STRING", ""), keep_blank_values=True))
    told = [request.method, request.path, query, _body_told(request.data)]
    try:
        return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    except RecursionError as error:
        raise ParseError(MALFORMED) from error


def _body_told(data: Any) -> Any:
    if not isinstance(data, QueryDict):
        return data
    return {"form": [[name, _value_told(value)] for name in sorted(data) for value in data.getlist(name)]}


def _value_told(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    digest = hashlib.sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return {"file": value.name, "type": value.content_type, "sha256": digest.hexdigest()}
