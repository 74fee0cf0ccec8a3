"""Every documented response of the calls that are served: status, sentence, keys in order, types."""

import json
import re
from typing import Any

import pytest
from pytest_django import Settings

from legalcity.lib.codes import ErrorCode, FieldCode
from tests.contract import provocations, reference, registry
from tests.contract.reference import Documented
from tests.contract.registry import Provoked, Scene
from tests.factories import Api

DOCUMENTED = reference.documented()
EXCUSED = {key: why for key, why in provocations.EXCUSED.items() if why}
HOST = "https://apiv2-sandbox.legalcity.fr"
# This sample leaves out keys that the full sample of the same response has.
ABBREVIATED = "Without invoices"


def _excuse(response: Documented) -> str | None:
    return EXCUSED.get((response.method, response.path, response.status, response.message or ""))


def _entries(response: Documented) -> list[registry.Entry]:
    return [entry for entry in registry.ENTRIES if entry.fits(response)]


@pytest.fixture
def scene(owner: Api, stranger: Api, anonymous: Api, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Scene:
    """The people of a provocation."""
    return Scene(owner=owner, stranger=stranger, anonymous=anonymous, monkeypatch=monkeypatch, settings=settings)


@pytest.mark.parametrize("response", DOCUMENTED, ids=str)
def test_each_response_is_provoked_once_or_excused(response: Documented) -> None:
    found = len(_entries(response)) + bool(_excuse(response))
    assert found == 1, f"{found} ways to {response}"


@pytest.mark.parametrize("entry", registry.ENTRIES, ids=str)
def test_each_entry_is_for_one_response(entry: registry.Entry) -> None:
    assert len([response for response in DOCUMENTED if entry.fits(response)]) == 1


def test_each_served_operation_is_tested_here_or_elsewhere() -> None:
    tested = {response.path for response in DOCUMENTED}
    paths = {
        call["path"]
        for each in reference.operations()
        if each["section"] not in reference.ELSEWHERE and each["responses"]
        for call in each["calls"]
    }
    assert [path for path in sorted(paths - tested - reference.ELSEWHERE) if reference.is_served(path)] == []


def test_each_tested_operation_is_served() -> None:
    paths = {response.path for response in DOCUMENTED if "fallback" not in response.path}
    assert [path for path in sorted(paths) if not reference.is_served(path)] == []


def _tried(response: Documented) -> Any:
    """What is refused is refused before anything that a database could do otherwise; each call is tried on both."""
    marks = [pytest.mark.same_everywhere] if response.status >= 400 else []
    return pytest.param(response, id=str(response), marks=marks)


@pytest.mark.parametrize("response", [_tried(each) for each in DOCUMENTED if not _excuse(each)])
def test_response(response: Documented, scene: Scene) -> None:
    [entry] = _entries(response)
    provoked = entry.provoke(scene)
    for answer in provoked.answers:
        assert answer.status_code == response.status, answer.content
    body = provoked.answers[-1].json()
    _assert_message(response, provoked, body)
    if response.status >= 400:
        assert ErrorCode(body["code"]).status == response.status
        assert {code for codes in body.get("codes", {}).values() for code in codes} <= set(FieldCode)
    for name, value in response.headers:
        told = provoked.answers[-1].headers[name]
        # Further directives of caching may stand behind the documented ones: `no-store` keeps personal data from disks.
        assert told.startswith(f"{value}, ") if name.lower() == "cache-control" else told == value
    if response.status == 422:
        _assert_sentences(response, provoked)
        assert list(body) == [*response.body, "code", "codes"]
        assert {name: len(codes) for name, codes in body["codes"].items()} == {
            name: len(said) for name, said in body["errors"].items()
        }
    elif response.label == ABBREVIATED:
        _assert_abbreviated(response, body)
    else:
        where = f"{response.method} {response.path} "
        assert list(reference.differences(response.body, body, where)) == []


def _assert_message(response: Documented, provoked: Provoked, body: dict) -> None:
    expected = provoked.message or response.message
    assert body.get("message") == expected
    if provoked.message:
        assert _without_numbers(provoked.message) == _without_numbers(response.message)


def _without_numbers(sentence: str) -> str:
    return re.sub(r"\d+", "0", sentence)


def _assert_sentences(response: Documented, provoked: Provoked) -> None:
    """Each documented field with its documented sentences, all of them, and all in their order."""
    documented = list(response.body["errors"])
    for answer in provoked.answers:
        fields = [field for field in answer.json()["errors"] if field in documented]
        assert fields == sorted(fields, key=documented.index)
    given = {field: said for answer in provoked.answers for field, said in answer.json()["errors"].items()}
    for field, sentences in response.body["errors"].items():
        if (response.method, response.path, field) not in provocations.EXCUSED_SENTENCES:
            assert given.get(field) == sentences


def _assert_abbreviated(response: Documented, body: dict) -> None:
    """The keys that this sample has come in its order; the full sample's test proves the others."""
    assert list(body) == list(response.body)
    assert list(body["data"]) == list(response.body["data"])
    shown, answered = response.body["data"]["recovery"], body["data"]["recovery"]
    assert [key for key in answered if key in shown] == list(shown)
    assert (answered["amount"], answered["amount_torecover"]) == (shown["amount"], shown["amount_torecover"])
    assert body["data"]["invoices"] == []
    assert body["data"]["summary"] == response.body["data"]["summary"]


def test_each_excused_sentence_is_documented() -> None:
    for method, path, field in provocations.EXCUSED_SENTENCES:
        [response] = [each for each in DOCUMENTED if (each.method, each.path, each.status) == (method, path, 422)]
        assert field in response.body["errors"]


def test_info_is_the_documented_text_under_this_host(anonymous: Api) -> None:
    [response] = [each for each in DOCUMENTED if each.path == "/api/info"]
    answer = anonymous.get("/api/info", Host="api.example.fr")
    told = answer.content.decode().replace("http://api.example.fr", HOST)
    assert told.startswith(_compact(response.body)[:-1])
    assert list(answer.json())[len(response.body) :] == ["idempotency"]


def _compact(body: dict) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def test_bare_case_answers_as_the_detail_does(owner: Api) -> None:
    """The reference names `POST /api/recoveries` without a response; decisions: 201 and the case as the detail."""
    answer = owner.post("/api/recoveries", {"recovery_service_object": "Works", "recovery_due_date": "2025-12-31"})
    assert answer.status_code == 201
    body = answer.json()
    assert list(body) == ["success", "data", "message"]
    assert body["message"] == "Recovery created successfully"
    assert body["data"] == owner.data("GET", f"/api/recoveries/{body['data']['id']}")
