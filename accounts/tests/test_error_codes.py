"""The catalogue of codes: what programs decide by."""

import re
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from rest_framework.fields import Field

from legalcity.api.fields import ContractField
from legalcity.lib.codes import ErrorCode, FieldCode, field_code
from tests.doors import routes
from tests.factories import Api, bare_case_id, case_id, remind_twice

pytestmark = pytest.mark.same_everywhere


def test_the_page_is_what_the_catalogue_says() -> None:
    call_command("list_error_codes", "--check")


def test_codes_are_words_of_their_own() -> None:
    codes = [*ErrorCode, *FieldCode]
    assert len(set(map(str, codes))) == len(codes)
    assert [code for code in codes if not re.fullmatch(r"[a-z]+(_[a-z]+)*", code)] == []


def _kinds(base: type) -> Iterator[type]:
    """All classes of fields and serializers of ours."""
    for kind in base.__subclasses__():
        if not kind.__module__.startswith("rest_framework"):
            yield kind
        yield from _kinds(kind)


def test_every_sentence_of_a_field_has_its_code() -> None:
    assert routes()  # All views, and so what they read, are there.
    kinds = [*_kinds(Field), ContractField]
    said = {key for kind in kinds for key in vars(kind).get("default_error_messages", {})}
    coded = {field_code(type("Said", (str,), {"code": key})()) for key in said}
    assert coded <= set(map(str, FieldCode))


@pytest.mark.django_db
def test_refusals_of_one_status_are_told_apart(owner: Api, stranger: Api) -> None:
    def told(answer: object) -> tuple[int, str]:
        return answer.status_code, answer.json()["code"]

    case, bare = case_id(owner), bare_case_id(owner)
    path = f"/api/recoveries/{case}"
    assert told(stranger.get(path)) == (403, "not_yours")
    assert told(owner.post(f"/api/recoveries/{bare}/injonction-transfer")) == (403, "not_eligible")
    remind_twice(case)
    assert told(owner.patch(path, {})) == (403, "not_editable")
    assert told(owner.post("/api/auth/register", {})) == (422, "validation_failed")
    assert told(stranger.post("/api/auth/register", {})) == (403, "forbidden")
    assert told(owner.get("/api/recoveries/0")) == (404, "case_not_found")
    assert told(owner.get("/api/nothing")) == (404, "no_such_call")


@pytest.mark.django_db
def test_each_sentence_has_a_code_in_every_language(owner: Api) -> None:
    body = {"recovery_service_object": "a" * 300, "recovery_late_interest": True, "type": 9, "recovery_penalty": "x"}
    codes = {
        "type": ["unknown"],
        "recovery_service_object": ["too_long"],
        "recovery_due_date": ["required"],
        "recovery_interest_rate": ["required_when"],
        "recovery_penalty": ["invalid"],
    }
    for language in ("en", "fr"):
        answer = owner.post("/api/recoveries", body, Accept_Language=language).json()
        assert (answer["codes"], list(answer["errors"])) == (codes, list(codes))
