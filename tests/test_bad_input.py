"""Whatever a client can send gets its documented form, and never a 5xx."""

import json
from itertools import groupby, product
from typing import Any
from urllib.parse import quote

import pytest
from pytest_django import Settings

from events.notices.serializers import ArrayField
from events.webhooks.serializers import HoursField, TypesField
from legalcity.api import fields, listing
from legalcity.api.validation import ContractSerializer
from recoveries.letters.scenarios.serializers import CasesField
from recoveries.models import Recovery
from recoveries.serializers import InvoiceListField
from scoring.serializers import CompanyIdField, ServicesField
from tests.doors import BODIES, WITH_FILES, Door, Place, Query, doors, places, queries, routes, things, undone
from tests.factories import (
    Api,
    CompanyBody,
    InvoiceBody,
    ProtectedInvoiceBody,
    RecoveryBody,
    RegisterBody,
    bare_case_id,
    case_id,
    complete_body,
    detail,
    file_case,
)

DOORS, PLACES, QUERIES = doors(), places(), queries()
MALFORMED = {"success": False, "message": "Malformed JSON", "code": "malformed_body"}
CASES = "/api/recoveries"

# --- bodies that no field ever sees ----------------------------------------------------------------------------
NOT_JSON = {
    "cut short": b'{"email": "a',
    "single quotes": b"{'email': 'a'}",
    "no value": b'{"email":}',
    "trailing comma": b'{"email": "a",}',
    "two documents": b"{}{}",
    "a word": b"email",
    "not UTF-8": b'{"email": "\xff\xfe"}',
    "UTF-16": '{"email": "a"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "NaN": b'{"email": NaN}',
    "Infinity": b'{"email": Infinity}',
    "minus Infinity": b'{"email": [-Infinity]}',
    "deep arrays": b"[" * 100_000 + b"]" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a number of 5000 digits": b'{"email": ' + b"9" * 5000 + b"}",
    "a raw control character": b'{"email": "a\x00b"}',
}
NOT_OBJECTS = [b"[]", b'[{"email": "a"}]', b'"text"', b'""', b'"  "', b"null", b"true", b"0", b"1.5"]
NOT_JSON_TYPES = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    "application/json-patch+json",
    "application/octet-stream",
    "json",
    "",
]


def test_every_call_that_takes_a_body_is_tested() -> None:
    assert {(door.route.name, door.method) for door in DOORS} == set(BODIES)


@pytest.mark.same_everywhere
@pytest.mark.parametrize("kind", NOT_JSON)
def test_malformed_json_is_400(kind: str, anonymous: Api) -> None:
    answer = anonymous.raw("POST", "/api/auth/login", NOT_JSON[kind])
    assert (answer.status_code, answer.json()) == (400, MALFORMED)


@pytest.mark.same_everywhere
@pytest.mark.parametrize("door", DOORS, ids=str)
def test_every_call_refuses_what_is_no_json_object(door: Door, owner: Api, settings: Settings) -> None:
    settings.MAX_BODY_BYTES = 10_000
    address = door.address(owner)
    answer = owner.raw(door.method, address, b"{")
    assert (answer.status_code, answer.json()) == (400, MALFORMED)
    answer = owner.raw(door.method, address, b'{"a": 1}', "text/plain")
    assert (answer.status_code, answer.json()) == (
        415,
        {"success": False, "message": "Unsupported media type", "code": "unsupported_media_type"},
    )
    answer = owner.raw(door.method, address, b" " * 10_001)
    assert (answer.status_code, answer.json()) == (
        413,
        {"success": False, "message": "Payload too large", "code": "payload_too_large"},
    )
    assert owner.errors(door.method, address, [1]) == {"body": ["The body must be a JSON object."]}


@pytest.mark.same_everywhere
@pytest.mark.parametrize("body", NOT_OBJECTS)
def test_json_that_is_no_object_is_422(body: bytes, owner: Api) -> None:
    answer = owner.raw("POST", CASES, body)
    assert answer.status_code == 422
    assert answer.json() == {
        "success": False,
        "message": "Validation failed",
        "errors": {"body": ["The body must be a JSON object."]},
        "code": "validation_failed",
        "codes": {"body": ["invalid"]},
    }


@pytest.mark.same_everywhere
@pytest.mark.parametrize("media_type", NOT_JSON_TYPES)
def test_other_media_types_are_415(media_type: str, anonymous: Api) -> None:
    answer = anonymous.raw("POST", "/api/auth/login", b'{"email": "a"}', media_type)
    assert (answer.status_code, answer.json()["message"]) == (415, "Unsupported media type")


@pytest.mark.same_everywhere
@pytest.mark.parametrize("media_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "application/json;"])
def test_spellings_of_the_json_type_are_taken(media_type: str, owner: Api) -> None:
    assert owner.raw("POST", CASES, json.dumps(RecoveryBody()).encode(), media_type).status_code == 201


@pytest.mark.same_everywhere
def test_the_body_may_be_as_large_as_the_limit(owner: Api, settings: Settings) -> None:
    settings.MAX_BODY_BYTES = 10_000
    body = json.dumps(RecoveryBody()).encode()
    assert owner.raw("POST", CASES, body + b" " * (10_000 - len(body))).status_code == 201
    assert owner.raw("POST", CASES, body + b" " * (10_001 - len(body))).status_code == 413


@pytest.mark.same_everywhere
def test_an_empty_body_is_an_empty_object(owner: Api) -> None:
    assert set(owner.errors("POST", CASES)) == {"recovery_service_object", "recovery_due_date"}


@pytest.mark.same_everywhere
def test_of_duplicate_keys_the_last_one_counts(owner: Api) -> None:
    body = b'{"recovery_service_object": "first", "recovery_due_date": "2025-12-31", "recovery_service_object": "last"}'
    answer = owner.raw("POST", CASES, body)
    assert answer.json()["data"]["recovery_service_object"] == "last"


# --- values of the wrong type, for every field -----------------------------------------------------------------
NUL, SURROGATE = "a\x00b", "a\ud800b"
NO_TEXT: list[Any] = [[], {}, ["a"], {"a": "b"}, True, NUL, SURROGATE, "\udfff"]
NO_MONEY: list[Any] = [
    *("1.234", 1.234, "-1", -0.01, "NaN", "nan", "Infinity", "-inf", "1e5", "1E2", 1e-7),
    *("1_000", "1 000", "1,5", "１２", "٣", "0x10", "+5", ".", "1.", "--1", "9999999999999", 10**12, "9" * 50),
    *(True, False, [], {}, ["1"], NUL, SURROGATE),
]
NO_DATE: list[Any] = [
    *("20251020", "2025-02-30", "2025-13-01", "2025-00-10", "0000-01-01", "2025-1-1", "10/20/2025", "today"),
    *("2025-10-20T00:00:00Z", "2025-10-20 10:30", "2025-10-20Z", "２０２５-10-20", "2025-W43-1", "-2025-10-20"),
    *(20251020, 1.5, True, [], {}, NUL, SURROGATE),
]
WRONG: dict[type, list[Any]] = {
    fields.EmailField: [*NO_TEXT, "nobody", "a@", "@b.fr", "a b@c.fr", "a@b", 5],
    fields.DigitsField: [*NO_TEXT, "12345678", "1234567890", "12345678a", "１２３４５６７８９", "12 345 678"],
    fields.TextField: NO_TEXT,
    fields.MoneyField: NO_MONEY,
    fields.PercentField: [*NO_MONEY, "1000", "100.01"],
    fields.DayField: NO_DATE,
    fields.FlagField: ["true", "false", "yes", "2", 2, -1, 1.5, [], {}, [True], NUL, SURROGATE],
    fields.CodeField: [99, -1, "abc", "1.5", 1.5, "1e0", "１", 10**30, True, [], {}, [1], NUL, SURROGATE],
    fields.WordField: ["nothing", "", 5, True, [], {}, ["M"], NUL, SURROGATE],
    fields.ObjectField: ["text", 5, True, [], [{}], {NUL: 1}, {"a": NUL}, {"a": {"b": [SURROGATE]}}, {SURROGATE: {}}],
    InvoiceListField: [{}, "text", 5, True],
    TypesField: [{}, "recovery.paid", 5, True, ["recovery.paid"] * 101, NUL, SURROGATE],
    fields.MomentField: ["soon", "2026-01-12", "2026-01-12T08:00:00", "2026-01-12T25:00:00Z", 5, True, [], {}, NUL],
    HoursField: [169, -1, "abc", "1.5", 1.5, 10**30, True, [], {}, NUL, SURROGATE],
    ArrayField: [{}, "text", 5, True],
    CasesField: [[], {}, "1", 5, True, [1] * 1001],
    ServicesField: [[], {}, "surveillance", 5, True, NUL],
    # Small numbers may be somebody's.
    CompanyIdField: [0, -1, "abc", "1.5", 1.5, "1e0", "１", 10**30, True, [], {}, [1], NUL, SURROGATE],
    ContractSerializer: [[], "text", 5, True, [{}]],
}
# What the fields depend on, so that the wrong value is not dropped as one that does not apply.
APPLICABLE = {
    "recovery_interest_rate_percent": {"recovery_late_interest": True, "recovery_interest_rate": "yes"},
    "recovery_penalty_percent": {"recovery_penalty": True, "recovery_penalty_type": "percent"},
}


def _by_door(places: list[Place]) -> Any:
    """The places of each door that has any, as parameters of a test."""
    return pytest.mark.parametrize(
        ("door", "places"),
        [pytest.param(door, list(group), id=str(door)) for door, group in groupby(places, lambda place: place.door)],
    )


def _wrong(place: Place) -> list[Any]:
    values = next(WRONG[cls] for cls in type(place.field).__mro__ if cls in WRONG)
    # An empty word is an absent one, which is an error where the field is required only.
    return [value for value in values if value != "" or place.field.required]


def _body(place: Place, value: Any) -> dict[str, Any]:
    body = place.body(value)
    parent = body
    for key in place.keys[:-1]:
        parent = parent[key]
    parent.update(APPLICABLE.get(str(place.keys[-1]), {}))
    return body


@pytest.mark.same_everywhere
@_by_door(PLACES)
def test_wrong_values_are_422_under_their_key(door: Door, places: list[Place], owner: Api) -> None:
    address = door.address(owner)
    taken = []
    for place in places:
        for value in _wrong(place):
            answer = owner.send(door.method, address, _body(place, value))
            if answer.status_code != 422 or not _says_something(answer.json()["errors"].get(place.name)):
                taken.append((place.name, value, answer.status_code, answer.content[:200]))
    assert taken == []


def _says_something(sentences: Any) -> bool:
    return isinstance(sentences, list) and bool(sentences) and all(isinstance(each, str) for each in sentences)


# Fields that may be null in general, but not in the bodies that these tests send.
NEEDED = {*APPLICABLE, "company_legal_form", "company_siren", "company_name"}
SLIPS = {("POST", "types")}  # Nothing named is every type: null asks for that by a slip.


@_by_door(PLACES)
def test_null_is_422_unless_the_field_may_be_null(door: Door, places: list[Place], owner: Api) -> None:
    address = door.address(owner)
    for place in places:
        with undone():
            answer = owner.send(door.method, address, _body(place, None))
        may_be_null = place.field.allow_null or not place.field.required
        if may_be_null and place.keys[-1] not in NEEDED and (door.method, place.name) not in SLIPS:
            assert answer.status_code in (200, 201, 202), (place.name, answer.content)
        else:
            assert answer.status_code == 422, (place.name, answer.content)
            assert _says_something(answer.json()["errors"][place.name])


@pytest.mark.same_everywhere
@_by_door([place for place in PLACES if place.field.required and place.door.method == "POST"])
def test_required_fields_are_required(door: Door, places: list[Place], owner: Api) -> None:
    address = door.address(owner)
    for place in places:
        errors = owner.errors("POST", address, place.body_without())
        [sentence] = errors[place.name]
        assert sentence.endswith(" is required.")
        words = str(place.keys[-1]).replace("_", " ")
        assert words in sentence or "legal representative" in sentence
        blank = owner.errors("POST", address, place.body("  "))
        assert place.name in blank


TEXTS = [place for place in PLACES if type(place.field) is fields.TextField and place.door.route.name != "login"]


@_by_door(TEXTS)
def test_text_may_be_as_long_as_its_limit(door: Door, places: list[Place], owner: Api) -> None:
    address = door.address(owner)
    for place in places:
        limit = place.field.most()
        words = str(place.keys[-1]).replace("_", " ")
        errors = owner.errors(door.method, address, _long(place, "x" * (limit + 1)))
        assert errors[place.name] == [f"The {words} must not be greater than {limit} characters."]
        with undone():
            answer = owner.send(door.method, address, _long(place, "😀" * limit))
        assert answer.status_code in (200, 201), (place.name, answer.content)


def _long(place: Place, text: str) -> dict[str, Any]:
    body = place.body(text)
    if place.keys[-1] == "company_legalrep_quality_other":
        parent = body
        for key in place.keys[:-1]:
            parent = parent[key]
        parent["company_legalrep_quality"] = 5
    return body


# --- money -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (1500, "1500.00"),
        (1500.5, "1500.50"),
        ("1500.50", "1500.50"),
        ("1500", "1500.00"),
        ("0", "0.00"),
        (0, "0.00"),
        ("0.01", "0.01"),
        ("-0.00", "0.00"),
        ("000123.40", "123.40"),
        (" 12.5 ", "12.50"),
        (19.99, "19.99"),
        (4.35, "4.35"),
        ("999999999999.99", "999999999999.99"),
        (999999999999.99, "999999999999.99"),
    ],
)
def test_money_is_taken_as_number_or_string_and_shown_with_two_decimals(sent: Any, shown: str, owner: Api) -> None:
    recovery_id = bare_case_id(owner)
    invoice = owner.data("POST", f"{CASES}/{recovery_id}/invoices", InvoiceBody(invoice_amount=sent))
    assert (invoice["invoice_amount"], invoice["remaining_amount"]) == (shown, shown)
    shown_case = detail(owner, recovery_id)
    assert (shown_case["amount"], shown_case["invoices"][0]["invoice_amount"]) == (shown, shown)


@pytest.mark.same_everywhere
def test_sentences_of_money(owner: Api) -> None:
    address = f"{CASES}/{bare_case_id(owner)}/invoices"
    sentences = {
        "x": "The invoice amount field must be a number.",
        "-1": "The invoice amount field must be at least 0.",
        "1.001": "The invoice amount field must not have more than 2 decimal places.",
        "1000000000000": "The invoice amount field must not have more than 12 integer digits.",
    }
    for value, sentence in sentences.items():
        errors = owner.errors("POST", address, InvoiceBody(invoice_amount=value))
        assert errors == {"invoice_amount": [sentence]}


@pytest.mark.same_everywhere
@pytest.mark.parametrize("number", ["1e400", "-1e400"])
def test_a_number_beyond_all_floats_is_no_amount(number: str, owner: Api) -> None:
    body = json.dumps(InvoiceBody(invoice_amount="X")).replace('"X"', number)
    answer = owner.raw("POST", f"{CASES}/{bare_case_id(owner)}/invoices", body.encode())
    assert answer.status_code in (400, 422), answer.content


def test_the_largest_invoices_add_up(owner: Api) -> None:
    case = file_case(owner, invoices=[{"invoice_amount": "999999999999.99"}] * 9)
    assert case["summary"]["total_amount"] == "8999999999999.91"
    assert detail(owner, case["recovery"]["id"])["amount_torecover"] == "8999999999999.91"


def test_more_than_a_case_can_hold_is_no_failure_of_the_server(owner: Api) -> None:
    answer = owner.post(f"{CASES}/complete", complete_body(invoices=[{"invoice_amount": "999999999999.99"}] * 101))
    assert answer.status_code in (201, 422), answer.content


def test_one_invoice_more_than_a_case_can_hold_is_no_failure_of_the_server(owner: Api) -> None:
    recovery_id = case_id(owner, invoices=[{"invoice_amount": "999999999999.99"}] * 100)
    answer = owner.post(f"{CASES}/{recovery_id}/invoices", InvoiceBody(invoice_amount="999999999999.99"))
    assert answer.status_code in (201, 422), answer.content


# --- free objects ----------------------------------------------------------------------------------------------
def _register(owner: Api, metadata: str) -> Any:
    body = json.dumps(RegisterBody())[:-1] + f', "metadata": {metadata}}}'
    return owner.raw("POST", "/api/auth/register", body.encode())


@pytest.mark.parametrize("depth", [10, 100, 200, 300, 500, 800, 950])
def test_deep_metadata_is_taken_or_refused(depth: int, owner: Api) -> None:
    answer = _register(owner, '{"a":' * depth + "1" + "}" * depth)
    assert answer.status_code in (201, 400, 422), answer.content


@pytest.mark.parametrize("depth", [10, 100, 200, 300, 500, 800, 950])
def test_deep_arrays_in_metadata_are_taken_or_refused(depth: int, owner: Api) -> None:
    answer = _register(owner, '{"a":' + "[" * depth + "]" * depth + "}")
    assert answer.status_code in (201, 400, 422), answer.content


@pytest.mark.same_everywhere
@pytest.mark.parametrize("number", ["1e999", "-1e999", "[1e400]"])
def test_a_number_beyond_all_floats_in_metadata_is_refused(number: str, owner: Api) -> None:
    answer = _register(owner, f'{{"a": {number}}}')
    assert answer.status_code in (400, 422), answer.content


@pytest.mark.parametrize("number", ["1e308", "9" * 400, "-0.0", "1e-400"])
def test_odd_numbers_in_metadata_are_taken(number: str, owner: Api) -> None:
    assert _register(owner, f'{{"a": {number}}}').status_code == 201


@pytest.mark.same_everywhere
def test_metadata_over_its_size_is_422(owner: Api) -> None:
    errors = owner.errors("POST", "/api/auth/register", RegisterBody(metadata={"a": "x" * 70_000}))
    assert errors == {"metadata": ["The metadata field is too large."]}


# --- text, dates, flags ----------------------------------------------------------------------------------------
@pytest.mark.same_everywhere
def test_sentences_of_other_kinds(owner: Api) -> None:
    body = RecoveryBody(
        recovery_service_object=NUL,
        recovery_due_date="2025-02-30",
        recovery_late_interest="true",
        recovery_interest_rate="maybe",
        recovery_raison_notpaid=9,
        recovery_observations=[],
        type="x",
    )
    assert owner.errors("POST", CASES, body) == {
        "type": ["The selected type is invalid."],
        "recovery_service_object": ["The recovery service object field contains characters that are not allowed."],
        "recovery_due_date": ["The recovery due date field must be a valid date."],
        "recovery_late_interest": ["The recovery late interest field must be true or false."],
        "recovery_interest_rate": ["The selected recovery interest rate is invalid."],
        "recovery_raison_notpaid": ["The selected recovery raison notpaid is invalid."],
        "recovery_observations": ["The recovery observations field must be a string."],
    }


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("sent", "stored"), [(True, True), (1, True), ("1", True), (False, False), (0, False), ("0", False)]
)
def test_booleans_of_a_body(sent: Any, stored: bool, owner: Api) -> None:
    case = owner.data("POST", CASES, RecoveryBody(assign_to_me=sent))
    assert (case["user"] is not None) is stored


@pytest.mark.parametrize("day", ["2024-02-29", "1990-01-01", "2100-12-31", " 2025-10-20 "])
def test_dates_that_exist_are_taken(day: str, owner: Api) -> None:
    case = owner.data("POST", CASES, RecoveryBody(recovery_due_date=day))
    assert case["recovery_due_date"] == day.strip()


@pytest.mark.same_everywhere
@pytest.mark.parametrize("day", ["1989-12-31", "2101-01-01", "0026-11-20", "9999-12-31", "0001-01-01"])
def test_no_case_has_a_day_before_1990_or_after_2100(day: str, owner: Api) -> None:
    def between(name: str) -> list[str]:
        return [f"The {name} field must be a date between 1990-01-01 and 2100-12-31."]

    errors = owner.errors("POST", CASES, RecoveryBody(recovery_due_date=day))
    assert errors == {"recovery_due_date": between("recovery due date")}
    address = f"{CASES}/{bare_case_id(owner)}/invoices"
    errors = owner.errors("POST", address, InvoiceBody(invoice_date=day, invoice_due_date=day))
    assert errors == {"invoice_date": between("invoice date"), "invoice_due_date": between("invoice due date")}
    errors = owner.errors("POST", "/api/protected-invoices", ProtectedInvoiceBody(due_date=day))
    assert errors == {"due_date": between("due date")}


def test_people_are_older_than_claims(owner: Api) -> None:
    case = file_case(owner, debtor={"company_legalrep_birthday": "1931-05-04"})
    debtor = Recovery.objects.get(pk=case["recovery"]["id"]).debtor
    assert debtor is not None
    assert str(debtor.company_legalrep_birthday) == "1931-05-04"


def test_numbers_may_come_as_strings(owner: Api) -> None:
    case = owner.data("POST", CASES, RecoveryBody(type="2", recovery_raison_notpaid="3"))
    assert (case["type"], case["recovery_raison_notpaid"]) == (2, 3)


def test_an_empty_string_is_an_absent_value(owner: Api) -> None:
    company_id = owner.data(
        "POST", f"{CASES}/{bare_case_id(owner)}/companies", CompanyBody(relation_type="debtor", company_city="")
    )
    assert company_id["company_city"] is None


# --- fields that are not the client's --------------------------------------------------------------------------
@pytest.mark.parametrize("absent", [None, "", " "])
def test_null_for_an_optional_field_leaves_its_default(absent: Any, owner: Api) -> None:
    flags = ("type", "assign_to_me", "recovery_late_interest", "recovery_penalty")
    case = owner.data("POST", CASES, RecoveryBody(**dict.fromkeys(flags, absent)))
    assert (case["type"], case["user_id"], case["recovery_penalty"]) == (1, owner.user.pk, False)
    changed = owner.data("PUT", f"{CASES}/{case['id']}", {"type": absent, "recovery_observations": "Called."})
    assert (changed["type"], changed["recovery_observations"]) == (1, "Called.")


def test_fields_that_the_client_must_not_set_are_ignored(owner: Api, stranger: Api) -> None:
    forbidden = {
        "id": 987654,
        "owner": stranger.user.pk,
        "owner_id": stranger.user.pk,
        "user_id": stranger.user.pk,
        "recovery_reference": "REC-HACKED",
        "amount": "1.00",
        "amount_torecover": "1.00",
        "recovery_status": 3,
        "recovery_last_status": 3,
        "status": 3,
        "status_id": 3,
        "invoices_count": 9,
        "created_at": "2000-01-01",
        "nothing": {"deep": [NUL]},
    }
    case = owner.data("POST", CASES, RecoveryBody(**forbidden))
    before = detail(owner, case["id"])
    after = owner.data("PUT", f"{CASES}/{case['id']}", forbidden)
    assert before["recovery_reference"].startswith("REC-")
    assert (before["amount"], before["recovery_status"], before["invoices_count"]) == ("0.00", 1, 0)
    assert {key: after[key] for key in after if key != "updated_at"} == {
        key: before[key] for key in after if key != "updated_at"
    }
    assert stranger.data("GET", CASES)["pagination"]["total"] == 0


def test_an_invoice_stays_in_its_case_whatever_is_sent(owner: Api) -> None:
    first, other = things(owner), things(owner)
    body = {"id": 987654, "recovery_id": other["recovery_id"], "remaining_amount": "0.00", "is_paid": True}
    invoice = owner.data("PUT", f"{CASES}/{first['recovery_id']}/invoices/{first['invoice_id']}", body)
    assert (invoice["id"], invoice["recovery_id"]) == (first["invoice_id"], first["recovery_id"])
    assert (invoice["remaining_amount"], invoice["is_paid"]) == ("100.00", False)


# --- partial updates -------------------------------------------------------------------------------------------
UPDATES = [door for door in DOORS if door.method in ("PUT", "PATCH")]
# What the reference demands even of an update.
DEMANDED = {"protected-invoice": ("status",), "notification-preferences": ("groups",)}


@pytest.mark.parametrize("door", UPDATES, ids=str)
def test_an_update_keeps_what_is_absent(door: Door, owner: Api) -> None:
    address = door.address(owner)
    before = owner.data("GET", address)
    owner.data(door.method, address, {name: before[name] for name in DEMANDED.get(door.route.name, ())})
    after = owner.data("GET", address)
    assert _but_moments(after) == _but_moments(before)


def _but_moments(shown: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in shown.items() if key != "updated_at"}


def test_patch_and_put_do_the_same(owner: Api) -> None:
    for method in ("PUT", "PATCH"):
        recovery_id = bare_case_id(owner, recovery_observations="before", type=2)
        owner.data(method, f"{CASES}/{recovery_id}", {"recovery_service_object": "after"})
        shown = detail(owner, recovery_id)
        assert (shown["recovery_service_object"], shown["recovery_observations"], shown["type"]) == (
            "after",
            "before",
            2,
        )


def test_null_takes_a_value_away_where_it_may(owner: Api) -> None:
    recovery_id = bare_case_id(owner, recovery_observations="before", recovery_raison_notpaid=1)
    address = f"{CASES}/{recovery_id}"
    owner.data("PUT", address, {"recovery_observations": None, "recovery_raison_notpaid": None})
    shown = detail(owner, recovery_id)
    assert (shown["recovery_observations"], shown["recovery_raison_notpaid"]) == (None, None)
    assert set(owner.errors("PUT", address, {"recovery_service_object": None, "recovery_due_date": ""})) == {
        "recovery_service_object",
        "recovery_due_date",
    }


RATE = {"recovery_late_interest": True, "recovery_interest_rate": "yes", "recovery_interest_rate_percent": "5.50"}
PENALTY = {"recovery_penalty": True, "recovery_penalty_type": "amount", "recovery_penalty_amount": "150.00"}


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("stored", "sent", "key", "sentence"),
    [
        (
            {},
            {"recovery_late_interest": True},
            "recovery_interest_rate",
            "The recovery interest rate field is required when recovery late interest is true.",
        ),
        (
            {"recovery_late_interest": True, "recovery_interest_rate": "yes 3"},
            {"recovery_interest_rate": "yes"},
            "recovery_interest_rate_percent",
            "The recovery interest rate percent field is required when recovery interest rate is yes.",
        ),
        (
            RATE,
            {"recovery_interest_rate_percent": None},
            "recovery_interest_rate_percent",
            "The recovery interest rate percent field is required when recovery interest rate is yes.",
        ),
        (
            {},
            {"recovery_penalty": True},
            "recovery_penalty_type",
            "The recovery penalty type field is required when recovery penalty is true.",
        ),
        (
            PENALTY,
            {"recovery_penalty_type": "percent"},
            "recovery_penalty_percent",
            "The recovery penalty percent field is required when recovery penalty type is percent.",
        ),
        (
            {**PENALTY, "recovery_penalty_type": "percent", "recovery_penalty_percent": "1"},
            {"recovery_penalty_type": "montant"},
            "recovery_penalty_amount",
            "The recovery penalty amount field is required when recovery penalty type is amount.",
        ),
        (
            RATE,
            {"recovery_interest_rate_percent": "100.01"},
            "recovery_interest_rate_percent",
            "The interest rate must be between 0 and 100.",
        ),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_rules_of_a_case_hold_for_the_merged_state(
    method: str, stored: dict[str, Any], sent: dict[str, Any], key: str, sentence: str, owner: Api
) -> None:
    recovery_id = bare_case_id(owner, **stored)
    before = detail(owner, recovery_id)
    assert owner.errors(method, f"{CASES}/{recovery_id}", sent) == {key: [sentence]}
    assert detail(owner, recovery_id) == before


def test_rules_of_a_case_are_met_by_what_is_stored(owner: Api) -> None:
    recovery_id = bare_case_id(owner, **RATE, **PENALTY)
    shown = owner.data("PUT", f"{CASES}/{recovery_id}", {"recovery_interest_rate_percent": "7"})
    assert shown["recovery_interest_rate_percent"] == "7.00"
    assert shown["recovery_penalty_amount"] == "150.00"


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("stored", "sent", "key", "sentence"),
    [
        (
            {"invoice_date": "2025-10-20", "invoice_due_date": "2025-11-20"},
            {"invoice_date": "2025-11-20"},
            "invoice_due_date",
            "The invoice due date must be after the invoice date.",
        ),
        (
            {"invoice_date": "2025-10-20", "invoice_due_date": None},
            {"invoice_due_date": "2025-10-19"},
            "invoice_due_date",
            "The invoice due date must be after the invoice date.",
        ),
        (
            {"invoice_part_paid": True, "invoice_part_paid_amount": "60.00"},
            {"invoice_amount": "59.99"},
            "invoice_part_paid_amount",
            "The partial payment amount cannot exceed the invoice amount.",
        ),
        (
            {},
            {"invoice_part_paid": True},
            "invoice_part_paid_amount",
            "The invoice part paid amount field is required when invoice part paid is true.",
        ),
    ],
)
def test_rules_of_an_invoice_hold_for_the_merged_state(
    stored: dict[str, Any], sent: dict[str, Any], key: str, sentence: str, owner: Api
) -> None:
    recovery_id = case_id(owner, invoices=[stored])
    before = detail(owner, recovery_id)
    address = f"{CASES}/{recovery_id}/invoices/{before['invoices'][0]['id']}"
    assert owner.errors("PUT", address, sent) == {key: [sentence]}
    assert detail(owner, recovery_id) == before


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("stored", "sent", "keys"),
    [
        (
            {"company_type": "particular"},
            {"company_type": "commercial"},
            {"company_legal_form", "company_siren", "company_name"},
        ),
        ({}, {"company_name": None}, {"company_name"}),
        ({}, {"company_siren": ""}, {"company_siren"}),
        ({}, {"company_legalrep_quality": 5}, {"company_legalrep_quality_other"}),
        (
            {"company_legalrep_quality": 5, "company_legalrep_quality_other": "Founder"},
            {"company_legalrep_quality_other": None},
            {"company_legalrep_quality_other"},
        ),
    ],
)
def test_rules_of_a_company_hold_for_the_merged_state(
    stored: dict[str, Any], sent: dict[str, Any], keys: set[str], owner: Api
) -> None:
    recovery_id = case_id(owner, debtor=stored)
    before = detail(owner, recovery_id)
    address = f"{CASES}/{recovery_id}/companies/{before['debtor']['id']}"
    assert set(owner.errors("PUT", address, sent)) == keys
    assert detail(owner, recovery_id) == before


# --- fields that do not apply ----------------------------------------------------------------------------------
INAPPLICABLE_IN_CASE = [
    ({"recovery_interest_rate": "yes 3"}, "recovery_interest_rate", "recovery late interest is false"),
    (
        {"recovery_late_interest": True, "recovery_interest_rate": "no", "recovery_interest_rate_percent": "5"},
        "recovery_interest_rate_percent",
        "recovery interest rate is no",
    ),
    (
        {"recovery_penalty": False, "recovery_penalty_type": "amount"},
        "recovery_penalty_type",
        "recovery penalty is false",
    ),
    ({**PENALTY, "recovery_penalty_percent": "5"}, "recovery_penalty_percent", "recovery penalty type is amount"),
    (
        {
            "recovery_penalty": True,
            "recovery_penalty_type": "pourcent",
            "recovery_penalty_percent": "5",
            "recovery_penalty_amount": "5",
        },
        "recovery_penalty_amount",
        "recovery penalty type is percent",
    ),
]


@pytest.mark.same_everywhere
@pytest.mark.parametrize(("fields_", "key", "because"), INAPPLICABLE_IN_CASE)
def test_a_field_of_a_case_that_does_not_apply(
    fields_: dict[str, Any], key: str, because: str, owner: Api, system_setting: Any
) -> None:
    assert owner.data("POST", CASES, RecoveryBody(**fields_))[key] is None
    system_setting(INAPPLICABLE_FIELDS="reject")
    words = key.replace("_", " ")
    # Where nobody said no, the deciding field is absent: null or false, as the rule sees it.
    [sentence] = owner.errors("POST", CASES, RecoveryBody(**fields_))[key]
    assert sentence in (
        f"The {words} must be null when {because}.",
        f"The {words} must be null when {because[:-5]}null.",
    )


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("fields_", "key", "because"),
    [
        ({"company_freelance_type": "trader"}, "company_freelance_type", "company type is commercial"),
        (
            {"company_legalrep_quality_other": "Founder"},
            "company_legalrep_quality_other",
            "company legalrep quality is null",
        ),
        (
            {"company_type": "particular", "company_legal_form": None, "company_name": None},
            "company_siren",
            "company type is particular",
        ),
        (
            {"company_type": "liberal", "company_legal_form": None, "company_siren": None},
            "company_name",
            "company type is liberal",
        ),
        ({"company_type": "freelance", "company_name": None}, "company_legal_form", "company type is freelance"),
        (
            {"company_type": None, "company_legal_form": None, "company_siren": None},
            "company_name",
            "company type is null",
        ),
    ],
)
def test_a_field_of_a_company_that_does_not_apply(
    fields_: dict[str, Any], key: str, because: str, owner: Api, system_setting: Any
) -> None:
    body = CompanyBody(relation_type="debtor", **fields_)
    company = owner.data("POST", f"{CASES}/{bare_case_id(owner)}/companies", body)
    assert company.get(key) is None
    system_setting(INAPPLICABLE_FIELDS="reject")
    errors = owner.errors("POST", f"{CASES}/{bare_case_id(owner)}/companies", body)
    assert errors == {key: [f"The {key.replace('_', ' ')} must be null when {because}."]}


def test_a_part_payment_that_does_not_apply(owner: Api, system_setting: Any) -> None:
    address = f"{CASES}/{bare_case_id(owner)}/invoices"
    sent = {"invoice_part_paid": False, "invoice_part_paid_amount": "50.00"}
    invoice = owner.data("POST", address, InvoiceBody(**sent))
    assert (invoice["invoice_part_paid_amount"], invoice["remaining_amount"]) == (None, "100.00")
    system_setting(INAPPLICABLE_FIELDS="reject")
    sentence = "The invoice part paid amount must be null when invoice part paid is false."
    assert owner.errors("POST", address, InvoiceBody(**sent)) == {"invoice_part_paid_amount": [sentence]}
    errors = owner.errors("POST", f"{CASES}/complete", complete_body(invoices=[{}, sent]))
    assert errors == {"invoices.1.invoice_part_paid_amount": [sentence]}


def test_a_quality_that_does_not_fit_the_legal_form(owner: Api, system_setting: Any) -> None:
    body = CompanyBody(relation_type="debtor", company_legal_form="SARL", company_legalrep_quality=1)
    owner.data("POST", f"{CASES}/{bare_case_id(owner)}/companies", body)
    system_setting(INAPPLICABLE_FIELDS="reject")
    errors = owner.errors("POST", f"{CASES}/{bare_case_id(owner)}/companies", body)
    assert errors == {"company_legalrep_quality": ["The selected company legalrep quality is invalid."]}


# --- duplicate invoice numbers ---------------------------------------------------------------------------------
def test_an_invoice_number_comes_once_in_a_complete_case(owner: Api) -> None:
    invoices = [{"invoice_number": "A"}, {"invoice_number": "B"}, {"invoice_number": " A "}, {"invoice_number": "A"}]
    sentence = "The invoice number field has a duplicate value."
    assert owner.errors("POST", f"{CASES}/complete", complete_body(invoices=invoices)) == {
        "invoices.2.invoice_number": [sentence],
        "invoices.3.invoice_number": [sentence],
    }
    assert owner.data("GET", CASES)["pagination"]["total"] == 0
    assert owner.data("GET", "/api/companies/type/both") == []


def test_an_invoice_number_comes_once_in_a_stored_case(owner: Api) -> None:
    recovery_id = case_id(owner, invoices=[{"invoice_number": "A"}, {"invoice_number": "B"}])
    address = f"{CASES}/{recovery_id}/invoices"
    taken = {"invoice_number": ["The invoice number has already been taken."]}
    before = detail(owner, recovery_id)
    assert owner.errors("POST", address, InvoiceBody(invoice_number="A")) == taken
    second = next(each for each in before["invoices"] if each["invoice_number"] == "B")
    assert owner.errors("PUT", f"{address}/{second['id']}", {"invoice_number": "A"}) == taken
    assert detail(owner, recovery_id) == before
    # Another case may have it, and an invoice may keep its own.
    case_id(owner, invoices=[{"invoice_number": "A"}])
    assert owner.data("PUT", f"{address}/{second['id']}", {"invoice_number": "B"})["invoice_number"] == "B"


# --- ids in addresses ------------------------------------------------------------------------------------------
NO_IDS = [
    "abc",
    "0",
    "-1",
    "1.0",
    "1e1",
    "99999999999999999999",
    "9223372036854775807",
    "%00",
    "%20",
    "é",
    "١",
    "+1",
    "0x1",
]
# These calls, and the creation of a company, tell a case that is missing from another account's.
NAMING_THE_CASE = {
    *("recovery", "case-transfer", "case-eligibility", "case-deadlines"),
    *("case-account", "case-account-paper", "case-postings", "case-payments", "case-credit-notes"),
    *("case-scenario", "case-scenario-pause", "case-scenario-resume"),
    *("case-messages", "case-message", "case-message-file", "case-message-proof"),
}
NOT_FOUND = {
    "company_id": "Company not found",
    "invoice_id": "Invoice not found",
    "comment_id": "Comment not found",
    "protected_id": "Protected invoice not found",
}


def test_an_id_that_is_none_is_not_found(owner: Api) -> None:
    known = things(owner)
    assert known["message_id"], "made in the case, before that gets a name that is none"
    of_a_case = [
        route for route in routes().values() if "recovery_id" in route.address and route.name not in WITH_FILES
    ]
    for bad, route in product(NO_IDS, of_a_case):
        for method in route.methods:
            answer = owner.send(method, route.at(known.but(recovery_id=bad)), {})
            is_told = route.name in NAMING_THE_CASE or (route.name, method) == ("case-companies", "POST")
            message = "Recovery not found" if is_told else "Recovery case not found"
            assert (answer.status_code, answer.json()["message"]) == (404, message), f"{method} {route} {bad}"


@pytest.mark.parametrize("kind", list(NOT_FOUND))
def test_an_id_of_a_child_that_is_none_is_not_found(kind: str, owner: Api) -> None:
    known = things(owner)
    [route] = [route for route in routes().values() if kind in route.address]
    for bad, method in product(NO_IDS, route.methods):
        answer = owner.send(method, route.at(known.but(**{kind: bad})), {})
        assert (answer.status_code, answer.json()["message"]) == (404, NOT_FOUND[kind]), f"{method} {bad}"


@pytest.mark.same_everywhere
@pytest.mark.parametrize("bad", ["../", "..%2F", "1/../2", "1%2F2", "", "1//"])
def test_an_id_with_a_slash_is_another_address(bad: str, owner: Api) -> None:
    for address in (f"{CASES}/{bad}", f"{CASES}/1/invoices/{bad}", f"/api/companies/type/{bad}"):
        answer = owner.get(address)
        assert answer.status_code == 404
        assert answer.json()["success"] is False


@pytest.mark.same_everywhere
@pytest.mark.parametrize("kind", ["friend", "Customer", "%00", "customer%20", "both;", "é", "0"])
def test_an_unknown_type_of_companies_is_400(kind: str, owner: Api) -> None:
    answer = owner.get(f"/api/companies/type/{kind}")
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid type. Must be customer, debtor, or both")


# --- query strings ---------------------------------------------------------------------------------------------
NO_QUERY: dict[type, list[str]] = {
    listing.PageSizeField: ["0", "101", "abc", "-1", "1.5", "１０", "1e1", "99999999999", NUL],
    listing.PageField: ["0", "-1", "abc", "1.5", "１", NUL],
    listing.SearchField: [NUL, "x" * 256],
    fields.TextField: [NUL, "x" * 256],
    fields.DigitsField: ["12345678", "1234567890", "12345678a", "１２３４５６７８９", NUL],
    fields.WordField: ["nothing", "ASC ", "created_at; drop", "-id", NUL],
    fields.FlagField: ["yes", "2", "-1", "none", NUL],
    fields.DayField: ["20251020", "2025-02-30", "2025-10-20T00:00:00Z", "soon", NUL],
    fields.MomentField: ["2025-10-20", "2025-02-30T10:00Z", "20251020T100000Z", "soon", NUL],
    fields.CodeField: ["99", "0", "-1", "abc", "1.5", "１", NUL],
}
SENTENCES = {
    "per_page": "The per page field must be between 1 and 100.",
    "sort_by": "The selected sort field is invalid.",
    "sort_order": "The selected sort order is invalid.",
    "relation_type": "The relation type must be either customer or debtor.",
    "visibility": "The selected visibility is invalid.",
}


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_wrong_queries_are_422_under_their_key(query: Query, owner: Api) -> None:
    address = query.address(owner)
    for name, field in query.fields.items():
        values = next(NO_QUERY[cls] for cls in type(field).__mro__ if cls in NO_QUERY)
        for value in values:
            errors = owner.errors("GET", f"{address}?{name}={quote(value)}")
            assert set(errors) == {name}, value
            assert errors[name] == [SENTENCES.get(name, errors[name][0])]


@pytest.mark.same_everywhere
@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_every_wrong_part_of_a_query_is_named(query: Query, owner: Api) -> None:
    wrong = dict.fromkeys(query.fields, NUL)
    text = "&".join(f"{name}={quote(value)}" for name, value in wrong.items())
    in_order = list(dict.fromkeys((*query.reader.told_first, *query.fields)))
    assert list(owner.errors("GET", f"{query.address(owner)}?{text}")) == in_order


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_empty_parts_of_a_query_are_absent(query: Query, owner: Api) -> None:
    address = query.address(owner)
    empty = "&".join(f"{name}=" for name in query.fields)
    blank = "&".join(f"{name}=%20" for name in query.fields)
    plain = owner.data("GET", address)
    assert owner.data("GET", f"{address}?{empty}") == plain
    assert owner.data("GET", f"{address}?{blank}&unknown=1") == plain


@pytest.mark.parametrize("query", QUERIES, ids=str)
@pytest.mark.parametrize("page", ["2", "1000000", "999999999999999999", "9223372036854775807", "9" * 400])
def test_a_page_past_the_end_is_empty(query: Query, page: str, owner: Api) -> None:
    answer = owner.get(f"{query.address(owner)}?page={page}&per_page=100")
    assert answer.status_code == 200, answer.content
    body = answer.json()
    paging = body["pagination"] if "pagination" in body else body["data"]["pagination"]
    assert (paging["current_page"], paging["from"], paging["to"]) == (min(int(page), 2**63 - 1), None, None)
    assert paging.get("has_more_pages", False) is False
    assert next(iter(answer.json()["data"].values())) == []


@pytest.mark.parametrize("flag", ["true", "TRUE", "1"])
def test_flags_of_a_query_may_be_words(flag: str, owner: Api) -> None:
    recovery_id = case_id(owner, invoices=[{}, {"invoice_part_paid": True, "invoice_part_paid_amount": "1"}])
    data = owner.data("GET", f"{CASES}/{recovery_id}/invoices?is_part_paid={flag}")
    assert (data["pagination"]["total"], data["filters_applied"]["is_part_paid"]) == (1, True)


def test_bytes_that_are_no_text_in_a_query_do_no_harm(owner: Api) -> None:
    for raw in ("%ff", "%ed%a0%80", "%f0%28%8c%28", "%C3"):
        assert owner.get(f"{CASES}?search={raw}").status_code == 200


def test_the_page_size_follows_the_system_settings(owner: Api, system_setting: Any) -> None:
    system_setting(DEFAULT_PAGE_SIZE=7, MAX_PAGE_SIZE=20)
    assert owner.data("GET", CASES)["pagination"]["per_page"] == 7
    assert owner.errors("GET", f"{CASES}?per_page=21") == {"per_page": ["The per page field must be between 1 and 20."]}


# --- languages -------------------------------------------------------------------------------------------------
@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    "language", ["*", "de", "de-DE,de;q=0.9", "en-GB", "xx", "", "é;q=x", "," * 300, "en,fr;q=0.5"]
)
def test_messages_are_english_by_default(language: str, owner: Api) -> None:
    answer = owner.post(CASES, {}, Accept_Language=language)
    assert answer.json() == {
        "success": False,
        "message": "Validation failed",
        "errors": {
            "recovery_service_object": ["The recovery service object field is required."],
            "recovery_due_date": ["The recovery due date field is required."],
        },
        "code": "validation_failed",
        "codes": {"recovery_service_object": ["required"], "recovery_due_date": ["required"]},
    }


@pytest.mark.same_everywhere
@pytest.mark.parametrize("language", ["fr", "fr-FR,fr;q=0.9,en;q=0.8", "FR"])
def test_keys_do_not_change_with_the_language(language: str, owner: Api) -> None:
    for method, path, body in (
        ("POST", f"{CASES}/complete", {}),
        ("POST", f"{CASES}/complete", complete_body(invoices=[{"invoice_number": None, "invoice_amount": "x"}])),
        ("POST", "/api/auth/register", {}),
        ("POST", f"{CASES}/{bare_case_id(owner)}/companies", {"company_type": "commercial"}),
    ):
        english, french = owner.errors(method, path, body), owner.errors(method, path, body, Accept_Language=language)
        assert list(french) == list(english)
    assert owner.post(CASES, {}, Accept_Language=language).headers["Content-Language"] == "fr"
    shown = owner.get(f"{CASES}/{case_id(owner)}", Accept_Language=language)
    assert set(shown.json()["data"]) == set(owner.get(shown.wsgi_request.path).json()["data"])


# --- all or nothing --------------------------------------------------------------------------------------------
@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    "place",
    [
        place
        for place in PLACES
        if len(place.keys) == 1 and place.field.required and place.door.route.name == "recovery-complete"
    ],
    ids=str,
)
def test_a_complete_case_without_a_part_names_all_that_is_missing(place: Place, owner: Api) -> None:
    part = place.name
    for body in (place.body_without(), place.body(None), place.body({})):
        errors = owner.errors("POST", f"{CASES}/complete", body)
        required = {f"{part}.{name}" for name, field in place.field.fields.items() if field.required}
        assert required <= set(errors)
        assert all(key.split(".")[0] == part for key in errors)
    assert not Recovery.objects.exists()


@pytest.mark.same_everywhere
@pytest.mark.parametrize("item", ["architecto", None, [], 5, True])
def test_an_invoice_that_is_no_object_is_named_by_its_number(item: Any, owner: Api) -> None:
    body = complete_body()
    body["invoices"].append(item)
    errors = owner.errors("POST", f"{CASES}/complete", body)
    assert "invoices.1" in errors
    assert all(key.startswith("invoices.1") for key in errors)


def test_invoices_of_a_complete_case_are_bounded(owner: Api, system_setting: Any) -> None:
    system_setting(MAX_INVOICES_PER_REQUEST=2)
    owner.data("POST", f"{CASES}/complete", complete_body(invoices=[{}, {}]))
    assert owner.errors("POST", f"{CASES}/complete", complete_body(invoices=[{}, {}, {}])) == {
        "invoices": ["The invoices field must not have more than 2 items."]
    }


@pytest.mark.parametrize("invoices", [None, [], ""])
def test_invoices_of_a_complete_case_may_be_left_out(invoices: Any, owner: Api) -> None:
    body = {**complete_body(), "invoices": invoices}
    assert owner.data("POST", f"{CASES}/complete", body)["invoices"] == []
    del body["invoices"]
    assert owner.data("POST", f"{CASES}/complete", body)["invoices"] == []


# --- the token -------------------------------------------------------------------------------------------------
@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic am9obg==", "Bearer a.b.c", "Bearer é", "Bearer \u00ff", "Bearer a b", "Token x"],
)
def test_a_header_that_is_no_token_is_401(header: str, anonymous: Api) -> None:
    answer = anonymous.get("/api/auth/me", Authorization=header)
    assert (answer.status_code, answer.json()) == (
        401,
        {"success": False, "message": "Unauthenticated", "code": "unauthenticated"},
    )
    assert answer.headers["WWW-Authenticate"] == "Bearer"
