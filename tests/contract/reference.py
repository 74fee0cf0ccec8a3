"""The published reference as tests read it: documented calls, responses, and what a response must look like."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import Resolver404, resolve

FILE = Path(settings.BASE_DIR) / "legalcity" / "api" / "contract" / "legalcity.json"
SECTIONS = (
    "API System & Health",
    "Authentication & User Sessions",
    "Recovery Management",
    "Company Management",
    "Invoice Management",
    "Comment Management",
    "Protected Invoice Management",
    "Scoring Management",
)
# Whose responses are provoked by tests of their own: a room, and a call that needs a worker.
ELSEWHERE = frozenset({"Document Management", "/api/recoveries/{recovery}/injonction-transfer"})

FREE_OBJECT, FREE_LIST = {"...": "..."}, ["..."]
# Strings of the samples that have a form: the answer must have the same one.
FORMS = (
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"),
    re.compile(r"\d{4}-\d\d-\d\d"),
    re.compile(r"\d+\.\d\d"),
    re.compile(r"REC-[A-Z0-9]{6}"),
    re.compile(r"SCR-\d{4}-\d{3,}"),
    re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+|eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9\.\.\."),
)
# Keys that may be null, in the sample or in the answer.
NULLABLE = frozenset(
    {
        *("search", "status", "from", "to", "is_part_paid", "date_from", "date_to", "relation_type"),
        *("invoice_due_date", "invoice_part_paid_amount", "api_invoice_id"),
    }
)
# Where further keys may follow the documented ones: every stored field of a case, what a report rests on, the
# HTML of a comment, the quality of a company, the day of an invoice's performance and its dispute, the
# invoices that a transfer did not take along, what keys a repeat takes.
CODES = ("code", "codes")
EXTENDED_OBJECTS = (
    re.compile(r"(PUT|PATCH|GET) /api/recoveries/\{id\} data"),
    re.compile(r"POST /api/recoveries/complete data\.recovery"),
    re.compile(r"GET /api/scoring/orders/\{orderId\} data(\.results)?"),
)
INVOICE_KEYS = ["performed_on", "is_disputed"]
COMPANY_KEYS = [
    *("acts_as", "company_legalrep_quality", "company_legalrep_quality_other", "company_legalrep_birthday"),
    *("company_legalrep_birthday_city", "company_legalrep_nationality", "company_legalrep_profession"),
    *("company_freelance_type", "company_state", "company_activity"),
]
COMPANY_PLACE = ["side", "recovery_id"]
ADDED_KEYS = {
    re.compile(r"GET /api/info "): ["idempotency"],
    re.compile(r"\S+ /api/recoveries/\{recoveryId\}/companies\S* data(\.companies\.\d+)?"): [
        *COMPANY_KEYS,
        *COMPANY_PLACE,
    ],
    re.compile(r"GET /api/recoveries/\{id\} data\.(customer|debtor)"): COMPANY_KEYS,
    re.compile(r"GET /api/recoveries data\.recoveries\.\d+"): ["due", "due_on", "external_id"],
    re.compile(r"GET /api/recoveries data\.filters_applied"): ["external_id", "updated_after"],
    re.compile(r"GET /api/companies/type/\S+ data\.\d+"): [*COMPANY_KEYS, *COMPANY_PLACE],
    re.compile(r"\S+ /api/recoveries/\{recoveryId\}/invoices\S* data(\.invoices\.\d+)?"): INVOICE_KEYS,
    re.compile(r"GET /api/recoveries/\{id\} data\.invoices\.\d+"): INVOICE_KEYS,
    re.compile(r"POST /api/recoveries/\{recovery\}/injonction-transfer[ .]data"): ["left_behind"],
    re.compile(r"\S+ /api/recoveries/\{recoveryId\}/comments\S* data(\.comments\.\d+)?"): ["comment_html"],
}


@dataclass(frozen=True)
class Documented:
    """One response of the reference. `headers` only where its sample shows them."""

    method: str
    path: str
    status: int
    label: str | None
    body: Any
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def message(self) -> str | None:
        """The sentence, None for the bare objects."""
        return self.body.get("message")

    def __str__(self) -> str:
        words = self.label or (self.message or "")[:40]
        return f"{self.method} {self.path} {self.status} {words}".strip()

    __hash__ = object.__hash__


@cache
def operations() -> list[dict[str, Any]]:
    """Every operation of the reference."""
    return json.loads(FILE.read_text(encoding="utf-8"))["operations"]


def implemented() -> list[dict[str, Any]]:
    """The operations that these tests answer for."""
    return [each for each in operations() if each["section"] in SECTIONS and each["calls"][0]["path"] not in ELSEWHERE]


def is_served(path: str) -> bool:
    """Whether a route other than the fallback answers `path`."""
    try:
        return resolve(re.sub(r"\{[^}]*\}", "1", path)).url_name != "fallback"
    except Resolver404:
        return False


def documented() -> list[Documented]:
    """Every documented response of the implemented operations, once for each method."""
    return [
        _response(call, response) for each in implemented() for call in each["calls"] for response in each["responses"]
    ]


def _response(call: dict[str, str], response: dict[str, Any]) -> Documented:
    body, headers = response["body"], ()
    if isinstance(body, str):
        # The fallback's sample is a dump: a title, headers, then the body.
        head, _, text = body.partition("\n\n\n")
        headers = tuple(tuple(line.split(": ", 1)) for line in head.splitlines()[1:])
        body = json.loads(text)
    return Documented(call["method"], call["path"], response["status"], response["label"], body, headers)


def sample(method: str, path: str) -> dict[str, Any]:
    """The sample request of a call: `url` and `body`, a copy of its own."""
    for each in operations():
        if {"method": method, "path": path} in each["calls"]:
            return json.loads(json.dumps(each["sample_request"]))
    raise LookupError(f"{method} {path} is not in the reference")


def differences(expected: Any, actual: Any, where: str) -> Iterator[str]:
    """What tells `actual` from the form of the sample `expected`: keys, their order, types, forms of strings."""
    if expected in (FREE_OBJECT, FREE_LIST):
        if not isinstance(actual, type(expected)):
            yield f"{where}: {actual!r} is not {type(expected).__name__}"
    elif expected is None or actual is None:
        key = where.rpartition(".")[2]
        if expected is not actual and key not in NULLABLE:
            yield f"{where}: {actual!r} instead of {expected!r}"
    elif type(expected) is not type(actual):
        yield f"{where}: {type(actual).__name__} instead of {type(expected).__name__}"
    elif isinstance(expected, dict):
        yield from _differences_of_objects(expected, actual, where)
    elif isinstance(expected, list):
        yield from _differences_of_lists(expected, actual, where)
    elif isinstance(expected, str) and not _has_form_of(expected, actual):
        yield f"{where}: {actual!r} has not the form of {expected!r}"


def _has_form_of(expected: str, actual: str) -> bool:
    form = next((form for form in FORMS if form.fullmatch(expected)), None)
    return form is None or form.fullmatch(actual) is not None


def _differences_of_objects(expected: dict[str, Any], actual: dict[str, Any], where: str) -> Iterator[str]:
    keys = list(actual)
    first, rest = keys[: len(expected)], keys[len(expected) :]
    if first != list(expected):
        yield f"{where}: keys {keys} instead of {list(expected)}"
        return
    if expected.get("success") is False:  # What programs decide by stands behind what is documented.
        rest = [name for name in rest if name not in CODES]
    if rest and not _may_be_extended(where, rest):
        yield f"{where}: keys that are not documented: {rest}"
    for key, value in expected.items():
        yield from differences(value, actual[key], f"{where}.{key}".replace(" .", " "))


def _may_be_extended(where: str, rest: list[str]) -> bool:
    for form, added in ADDED_KEYS.items():
        if form.fullmatch(where):
            return rest == added
    return any(form.fullmatch(where) for form in EXTENDED_OBJECTS)


def _differences_of_lists(expected: list[Any], actual: list[Any], where: str) -> Iterator[str]:
    if bool(expected) != bool(actual):
        yield f"{where}: {actual!r} proves nothing about {expected!r}"
        return
    for index, item in enumerate(actual):
        yield from differences(expected[0], item, f"{where}.{index}")
