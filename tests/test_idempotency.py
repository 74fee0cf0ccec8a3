"""A request that is sent again with its key gets the first answer, and has no second effect."""

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from accounts.idempotency import KeyStore
from accounts.models import IdempotentRequest, User
from accounts.tasks import purge_idempotency_keys
from companies.models import Company
from events.models import Event
from invoicing.models import Invoice
from legalcity.api.idempotency import Way, key_of
from legalcity.lib.clock import now
from legalcity.lib.errors import BadRequest
from recoveries.court.tests.transfers import transfer_path, transferable
from recoveries.models import Recovery, TransferRequest
from tests.doors import BODIES, WITH_FILES, Door, Route, routes
from tests.factories import (
    Api,
    ApiUserFactory,
    RecoveryBody,
    RegisterBody,
    case_id,
    complete_body,
)
from tests.races import at_once, twin

CASES = "/api/recoveries"
COMPLETE = f"{CASES}/complete"
KEY = {"Idempotency_Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
REUSED = {"Idempotency-Key": ["The Idempotency-Key was used for another request."]}
RUNNING = "A request with this Idempotency-Key is being carried out. Ask again in a second."

EXEMPT = {"login", "logout", "refresh"}
# Those that a job answers: below, and in documents/tests/test_api.py.
OF_JOBS = {"case-transfer", *WITH_FILES}
POSTS = [
    Door(route, "POST")
    for route in routes().values()
    if "post" in route.actions and route.name not in {*EXEMPT, *OF_JOBS, "fallback"}
]


def way_of(route: Route) -> Way:
    """How the POST of a route keeps its answer."""
    keyed = route.view.ways.get(route.actions["post"])
    return keyed.way if keyed else Way.ATOMIC


def is_replayed(answer: HttpResponse) -> bool:
    """Whether an answer says that it is the first one again."""
    return answer.headers.get("Idempotent-Replayed") == "true"


def rows_of_everything() -> Counter[str]:
    """How many rows there are of what clients make."""
    return Counter({model.__name__: model.objects.count() for model in (User, Recovery, Company, Invoice, Event)})


class TestEveryPost:
    def test_is_walked_here_or_says_why_not(self) -> None:
        posts = [route for route in routes().values() if "post" in route.actions]
        ways = {way: {route.name for route in posts if way_of(route) is way} for way in Way}
        assert ways[Way.EXEMPT] == EXEMPT
        assert ways[Way.JOB] <= OF_JOBS
        assert ways[Way.ATOMIC] | ways[Way.OUTSIDE] == {door.route.name for door in POSTS}

    @pytest.mark.django_db
    @pytest.mark.parametrize("door", POSTS, ids=str)
    def test_gives_the_first_answer_again_to_who_asked_for_it(self, door: Door, owner: Api, stranger: Api) -> None:
        path, body = door.address(owner), BODIES.get((door.route.name, "POST"), dict)()
        first = owner.post(path, body, **KEY)
        assert first.status_code in (200, 201, 202), first.content
        assert not is_replayed(first)
        made = rows_of_everything()
        again = owner.post(path, dict(reversed(body.items())), **KEY)
        assert (again.status_code, again.content, is_replayed(again)) == (first.status_code, first.content, True)
        assert int(again.headers["X-RateLimit-Remaining"]) >= 0

        elsewhere = "/api/protected-invoices" if path == CASES else CASES
        for answer in (
            owner.post(path, {**body, "more": 1}, **KEY),
            owner.post(f"{path}?more=1", body, **KEY),
            owner.post(elsewhere, body, **KEY),
        ):
            assert (answer.status_code, answer.json()["errors"]) == (422, REUSED)
            assert answer.headers["Link"] == '</docs#idempotency>; rel="describedby"'
        malformed = owner.post(path, body, Idempotency_Key="one,two")
        assert (malformed.status_code, malformed.json()["message"]) == (400, "Idempotency-Key is malformed")
        assert rows_of_everything() == made
        assert not is_replayed(stranger.post(path, body, **KEY))

    @pytest.mark.django_db
    def test_looks_at_the_token_before_the_key(self, anonymous: Api) -> None:
        assert anonymous.post(CASES, RecoveryBody(), Idempotency_Key="no,ne").status_code == 401


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ('"k"', "k"),
        ("k", "k"),
        ("\t k ", "k"),
        ("a" * 255, "a" * 255),
        (f'"{"a" * 255}"', "a" * 255),
        ('"a,b"', "a,b"),
        (r'"a\"b\\"', 'a"b\\'),
        *((bad, None) for bad in ("", " ", '""', '"', '"k', "k, l", '"k","l"', 'a"b', "a\\b", "a b", '"a b"', "é")),
        *((bad, None) for bad in ("a" * 256, "a\x00b", '"k";a=1', r'"a\b"')),
    ],
)
def test_a_key_is_visible_letters_bare_or_between_quotes(header: str, key: str | None) -> None:
    if key is not None:
        assert key_of(header) == key
    else:
        with pytest.raises(BadRequest):
            key_of(header)


@pytest.mark.django_db
class TestWhatIsRemembered:
    @pytest.mark.parametrize(
        ("body", "media_type", "status"),
        [
            (b"{", "application/json", 400),
            (b"{}", "application/json", 422),
            (b"[" * 100_000, "application/json", 400),
            (b"x", "text/plain", 415),
        ],
    )
    def test_a_refusal_leaves_the_key_free(self, body: bytes, media_type: str, status: int, owner: Api) -> None:
        assert owner.raw("POST", CASES, body, media_type, **KEY).status_code == status
        assert owner.post(CASES, RecoveryBody(), **KEY).status_code == 201

    def test_a_refusal_that_comes_late_has_no_effect(self, owner: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_store: KeyStore, *_args: Any) -> None:
            raise RuntimeError

        events = Event.objects.count()
        with monkeypatch.context() as broken:
            broken.setattr(KeyStore, "keep", fail)
            assert owner.post(COMPLETE, complete_body(), **KEY).status_code == 500
        assert (Recovery.objects.count(), IdempotentRequest.objects.count()) == (0, 0)
        assert Event.objects.count() == events

    def test_all_tokens_of_a_user_share_keys(self, owner: Api) -> None:
        body = RecoveryBody()
        first = owner.post(CASES, body, **KEY)
        assert owner.post("/api/auth/refresh", **KEY).status_code == 200  # Takes no key.
        owner.login()
        again = owner.post(CASES, body, Idempotency_Key=KEY["Idempotency_Key"].strip('"'), Accept_Language="fr")
        assert (again.content, again.headers["Content-Language"]) == (first.content, "en")

    def test_an_answer_that_shows_a_secret_is_kept_sealed(self, owner: Api) -> None:
        body = RegisterBody()
        shown = owner.post("/api/auth/register", body, **KEY).json()["data"]["user"]
        (row,) = IdempotentRequest.objects.all()
        assert shown["api_key"].encode() not in bytes(row.body)
        assert owner.post("/api/auth/register", body, **KEY).json()["data"]["user"] == shown

    def test_the_event_keeps_the_hash_of_the_key(self, owner: Api) -> None:
        owner.post(COMPLETE, complete_body(), **KEY)
        owner.post(COMPLETE, complete_body())
        told = Event.objects.filter(type="recovery.created").order_by("id").values_list("idempotency_key", flat=True)
        assert list(told) == [hashlib.sha256(KEY["Idempotency_Key"].strip('"').encode()).hexdigest(), ""]

    def test_repeats_are_counted(self, owner: Api, settings: Any) -> None:
        settings.RATE_LIMITS_ENABLED = True
        body = RecoveryBody()
        left = [int(owner.post(CASES, body, **KEY).headers["X-RateLimit-Remaining"]) for _ in range(2)]
        assert left[1] == left[0] - 1

    def test_keys_are_forgotten_after_a_week(self, owner: Api, system_setting: Callable[..., None]) -> None:
        body = RecoveryBody()
        with time_machine.travel(now() - timedelta(days=3)):
            old = twin(owner)
            old.user, old.key = owner.user, owner.key
            old.login()
            old.post(CASES, body, **KEY)
        assert purge_idempotency_keys() == 0
        system_setting(IDEMPOTENCY_DAYS=2)
        assert purge_idempotency_keys() == 1
        assert not is_replayed(owner.post(CASES, body, **KEY))

    def test_it_costs_two_statements(self, owner: Api) -> None:
        path, bodies = f"{CASES}/{case_id(owner)}/comments", [{"comment": f"<p>Call {n}</p>"} for n in range(3)]
        owner.post(path, bodies[0])

        def statements(body: dict[str, str], **headers: str) -> int:
            with CaptureQueriesContext(connection) as counted:
                assert owner.post(path, body, **headers).status_code == 201
            ours = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
            return sum(not query["sql"].startswith(ours) for query in counted.captured_queries)

        assert statements(bodies[2], **KEY) == statements(bodies[1]) + 2

    def test_a_reference_that_is_taken_has_the_whole_carried_out_anew(
        self, owner: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        letters = iter("AAAAAA" * 3 + "BBBBBB")
        monkeypatch.setattr("secrets.choice", lambda _alphabet: next(letters))
        owner.data("POST", COMPLETE, complete_body())
        answer = owner.post(COMPLETE, complete_body(), **KEY)
        assert answer.json()["data"]["recovery"]["recovery_reference"] == "REC-BBBBBB"
        assert Event.objects.filter(type="recovery.created").count() == Recovery.objects.count() == 2

    def test_references_that_are_all_taken_leave_nothing_behind(
        self, owner: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("secrets.choice", lambda _alphabet: "A")
        owner.data("POST", COMPLETE, complete_body())
        assert owner.post(COMPLETE, complete_body(), **KEY).status_code == 500
        assert (Recovery.objects.count(), Company.objects.count(), IdempotentRequest.objects.count()) == (1, 2, 0)


@pytest.mark.django_db
class TestTransfer:
    def asked(self, owner: Api, case: int) -> HttpResponse:
        return owner.post(transfer_path(case), **KEY)

    def test_a_repeat_tells_how_the_transfer_stands(self, owner: Api, system_setting: Callable[..., None]) -> None:
        system_setting(TRANSFER_WAIT_SECONDS=0)
        case = transferable(owner)
        assert not is_replayed(first := self.asked(owner, case))
        (request,) = TransferRequest.objects.all()
        TransferRequest.objects.update(state="refused", reasons=[{"en": "Too late.", "fr": "Trop tard."}])
        again = self.asked(owner, case)
        assert (first.status_code, again.status_code, is_replayed(again)) == (202, 403, True)
        assert again.json()["reasons"] == ["Too late."]
        request.delete()
        assert self.asked(owner, case).status_code == 404
        assert TransferRequest.objects.count() == 0

    def test_a_case_that_may_not_go_leaves_the_key_free(self, owner: Api, system_setting: Callable[..., None]) -> None:
        system_setting(TRANSFER_WAIT_SECONDS=0, INJUNCTION_MIN_AMOUNT=Decimal(1000))
        case = transferable(owner)
        assert self.asked(owner, case).status_code == 403
        system_setting(INJUNCTION_MIN_AMOUNT=Decimal(1))
        assert (answer := self.asked(owner, case)).status_code == 202
        assert not is_replayed(answer)

    def test_a_key_whose_request_was_cut_short_is_free_after_a_minute(
        self, owner: Api, system_setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        system_setting(TRANSFER_WAIT_SECONDS=0)
        case = transferable(owner)
        with monkeypatch.context() as killed:  # What a process that is killed does not come to.
            killed.setattr(KeyStore, "bind", lambda *_: True)
            killed.setattr(KeyStore, "release", lambda *_: None)
            self.asked(owner, case)
        TransferRequest.objects.all().delete()
        running = self.asked(owner, case)
        assert (running.status_code, running.json()["message"]) == (409, RUNNING)
        assert running.headers["Retry-After"] == "1"
        IdempotentRequest.objects.update(locked_until=now())
        assert self.asked(owner, case).status_code == 202


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="many writers at once need PostgreSQL")
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_fifty_equal_posts_at_once_make_one_case() -> None:
    api, body = Api.of(ApiUserFactory()), complete_body()
    answers = at_once(50, lambda _number: twin(api).post(COMPLETE, body, **KEY))
    assert Recovery.objects.count() == 1
    counts = Counter((answer.status_code, is_replayed(answer)) for answer in answers)
    assert counts[201, False] == 1
    assert counts[201, True] + counts[409, False] == 49
    bodies = {answer.content for answer in answers if answer.status_code == 201}
    assert bodies == {api.post(COMPLETE, body, **KEY).content}
