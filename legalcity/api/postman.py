"""The Postman collection (format 2.1), made from the OpenAPI document.

It can be run from its beginning to its end: calls that make something keep its id in a variable, those that follow use
it, and what ends things (deletions, a transfer, the logout) stands in the last folder. `email` and `key` are to be
filled in, `webhook_url` names a server of the client's; an upload asks for the file `order.pdf`. What the account has
none of (letters with a file, scenarios, deliveries) is passed over.
"""

import json
import re
import uuid
from collections.abc import Iterator
from http import HTTPStatus
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from legalcity.api.components import JSON
from legalcity.api.published import FALLBACK
from legalcity.api.reference.code import FORM, SAMPLE_FILE

Json = dict[str, Any]

FORMAT = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
ENDINGS = "At the end"
# What a call keeps beside the id of what it has made: variable → where it stands in `data`.
KEPT = {
    "auth_login": {"token": "token"},
    "auth_refresh": {"token": "token"},
    "recoveries_complete_create": {
        "recoveries_id": "recovery.id",
        "debtor_id": "debtor.id",
        "claimed_invoice_id": "invoices.0.id",
    },
    "recoveries_create": {"bare_case_id": "id"},
    "protected_invoices_create": {"protected_invoices_id": "id", "api_id": "api_invoice_id"},
    "scoring_order_create": {"orders_id": "order_id"},
    "events_list": {"events_id": "items.0.id"},
    "webhook_endpoints_deliveries_list": {"deliveries_id": "items.0.id"},
    "recoveries_messages_list": {"messages_id": "items.0.id", "letters_id": "items.?has_file.id"},
    "recoveries_messages_retrieve": {"proofs_id": "proofs.0.n"},
    "scenarios_list": {"scenarios_id": "items.0.code"},
    "scenarios_rehearse_create": {"rehearsals_id": "id"},
    "recoveries_scenario_create": {"scenario_state": "state"},
}
# What an account may have none of: who needs it is passed over then.
MAY_BE_MISSING = frozenset(
    ("messages_id", "letters_id", "proofs_id", "scenarios_id", "rehearsals_id", "scenario_state", "deliveries_id")
)
# What a call needs that stands nowhere in its address.
NEEDED = {
    "recoveries_scenario_create": "scenarios_id",
    "recoveries_scenario_pause": "scenario_state",
    "recoveries_scenario_resume": "scenario_state",
}
# Fields of sample bodies that are not the same in every run.
SENT: dict[str, Json] = {
    "auth_login": {"email": "{{email}}", "key": "{{key}}"},
    "auth_register": {"email": "{{$guid}}@example.com"},
    "recoveries_invoices_create": {"invoice_number": "INV-{{$guid}}"},
    "recoveries_payments_create": {"amount": "250.00", "confirm": True},
    "protected_invoices_create": {"api_invoice_id": "ERP-{{$guid}}"},
    "scoring_order_create": {"company_id": "{{debtor_id}}"},
    "recoveries_credit_notes_create": {"invoice_id": "{{claimed_invoice_id}}"},
    "webhook_endpoints_create": {"url": "{{webhook_url}}"},
    "recoveries_scenario_create": {"code": "{{scenarios_id}}"},
    "recoveries_scenario_pause": {"until": None},
    "scenarios_rehearse_create": {"recovery_ids": ["{{recoveries_id}}"]},
}
# A company is added to, and taken out of, a case that is not complete yet.
ELSEWHERE = (
    (re.compile(r"^recoveries_companies_"), {"recoveries_id": "bare_case_id"}),
    (re.compile(r"^recoveries_destroy$"), {"recoveries_id": "bare_case_id"}),
    (re.compile(r"^recoveries_messages_file"), {"messages_id": "letters_id"}),
)
# What is made of things that a list has named, and what is asked of that, in this order.
AFTER_LISTS = (
    "webhook_endpoints_deliveries_replay_one",
    "recoveries_scenario_create",
    "recoveries_scenario_pause",
    "recoveries_scenario_resume",
    "scenarios_rehearse_create",
    "rehearsals_retrieve",
)
# After the deletions, in this order.
LAST = ("recoveries_injonction_transfer_create", "recoveries_injonction_transfer_retrieve", "auth_logout")


class Call(NamedTuple):
    """An operation and where it stands."""

    method: str
    path: str
    operation: Json

    @property
    def id(self) -> str:
        """The name of the operation."""
        return str(self.operation["operationId"])

    @property
    def is_ending(self) -> bool:
        """Whether something is over when it was called."""
        return self.method == "DELETE" or self.id in LAST

    @property
    def rank(self) -> tuple[int, int]:
        """Its place among the endings: deletions first, what hangs on something before that."""
        return (1 + LAST.index(self.id), 0) if self.id in LAST else (0, -self.path.count("/"))


def collection(document: Json, *, receiver: str) -> Json:
    """The collection of an OpenAPI document: a folder for each tag, a request for each operation; then the endings.

    `base_url` is the document's server, `webhook_url` is `receiver` until somebody names another one. The address of a
    call that is not there is no request.
    """
    server = document["servers"][0]["url"]
    calls = [
        Call(method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path != FALLBACK
    ]
    folders = [_folder(document, tag, calls) for tag in document["tags"]]
    endings = [_item(document, call) for call in sorted((c for c in calls if c.is_ending), key=lambda c: c.rank)]
    text = "What ends things, in an order in which all of it can be called."
    filled = {"base_url": server, "webhook_url": receiver}
    items = [
        *(folder for folder in folders if folder["item"]),
        *([{"name": ENDINGS, "description": text, "item": endings}] if endings else []),
    ]
    return {
        "info": {
            "_postman_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{server}/docs/collection.json")),
            "name": document["info"]["title"],
            "description": document["info"]["description"],
            "version": document["info"]["version"],
            "schema": FORMAT,
        },
        "item": items,
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "{{token}}", "type": "string"}]},
        "variable": [{"key": name, "value": filled.get(name, ""), "type": "string"} for name in _variables(items)],
    }


def _variables(items: list[Json]) -> list[str]:
    """What the requests use, but for what Postman makes up itself (`$guid`)."""
    used = re.findall(r"{{(\w+)}}", json.dumps(items))
    return list(dict.fromkeys(["base_url", "email", "key", "webhook_url", "token", *used, *NEEDED.values()]))


def _folder(document: Json, tag: Json, calls: list[Call]) -> Json:
    """The calls of a tag; what makes something before what asks for it, and what lists things before what wants one."""
    own = [call for call in calls if tag["name"] in call.operation["tags"] and not call.is_ending]
    order = {"POST": 0, "GET": 1}
    late = {name: place for place, name in enumerate(AFTER_LISTS)}
    own.sort(key=lambda call: (2, late[call.id]) if call.id in late else (order.get(call.method, 2), -1))
    return {"name": tag["name"], "description": tag["description"], "item": [_item(document, call) for call in own]}


def _item(document: Json, call: Call) -> Json:
    request = _request(call)
    item: Json = {
        "name": call.operation["summary"],
        "request": request,
        "response": list(_responses(document, request, call.operation)),
    }
    kept = KEPT.get(call.id) or _made(document, call)
    scripts = {"prerequest": _passing_over(call, request), "test": _keeping(kept) if kept else []}
    events = [
        {"listen": when, "script": {"type": "text/javascript", "exec": lines}}
        for when, lines in scripts.items()
        if lines
    ]
    return item | ({"event": events} if events else {})


def _passing_over(call: Call, request: Json) -> list[str]:
    """The script that leaves a call out where there is nothing for it."""
    used = {*re.findall(r"{{(\w+)}}", json.dumps(request)), NEEDED.get(call.id, "")}
    return [
        f'if (!pm.collectionVariables.get("{name}")) pm.execution.skipRequest();'
        for name in sorted(used & MAY_BE_MISSING)
    ]


def _made(document: Json, call: Call) -> dict[str, str]:
    """The variable for the id of what a call makes, where other calls ask for one."""
    if call.method != "POST" or not any(path.startswith(f"{call.path}/{{") for path in document["paths"]):
        return {}
    answer = call.operation["responses"].get("201", {})
    schema = _followed(document, answer.get("content", {}).get(JSON, {}).get("schema", {}))
    data = _followed(document, schema.get("properties", {}).get("data", {}))
    return {_variable(call.path.rpartition("/")[2]): "id"} if "id" in data.get("properties", {}) else {}


def _variable(word: str) -> str:
    return f"{word.replace('-', '_')}_id"


def _keeping(kept: dict[str, str]) -> list[str]:
    """The script that puts parts of an answer into variables."""
    lines = ["if (pm.response.code < 300) {", "    const data = pm.response.json().data;"]
    for name, place in kept.items():
        path = "".join(map(_step, place.split(".")))
        lines.append(f'    pm.collectionVariables.set("{name}", data{path} ?? "");')
    return [*lines, "}"]


def _step(word: str) -> str:
    """One word of a path into an answer: a number in a list, `?word` the first that has it, or a name."""
    if word.startswith("?"):
        return f"?.find((one) => one.{word[1:]})"
    return f"?.[{word}]" if word.isdigit() else f"?.{word}"


def _request(call: Call) -> Json:
    request: Json = {
        "method": call.method,
        "header": [{"key": "Accept", "value": JSON}],
        "url": _url(call),
        "description": call.operation.get("description", ""),
    }
    if {} in call.operation.get("security", []):
        request["auth"] = {"type": "noauth"}
    body = call.operation.get("requestBody", {}).get("content", {})
    if FORM in body:
        request["body"] = _form(body[JSON]["example"])
    elif JSON in body:
        request["header"].append({"key": "Content-Type", "value": JSON})
        request["body"] = _json_body({**body[JSON].get("example", {}), **SENT.get(call.id, {})})
    return request


def _form(sample: Json) -> Json:
    """A form with a file, and the name from the sample."""
    return {
        "mode": "formdata",
        "formdata": [
            {"key": "name", "value": str(sample["name"]), "type": "text"},
            {"key": "file", "src": SAMPLE_FILE, "type": "file"},
        ],
    }


def _json_body(sample: Any) -> Json:
    return {"mode": "raw", "raw": _text(sample), "options": {"raw": {"language": "json"}}}


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _url(call: Call) -> Json:
    """Postman's form of an address: `:id` in the path; samples of the query string, each switched off."""
    parameters = call.operation.get("parameters", [])
    words = call.path.strip("/").split("/")
    shown = [f":{word[1:-1]}" if word.startswith("{") else word for word in words]
    url: Json = {"raw": "/".join(["{{base_url}}", *shown]), "host": ["{{base_url}}"], "path": shown}
    known = {each["name"]: each for each in parameters}
    variables = [
        {**_described(known[word[1:-1]]), "value": _placed(call, before, known[word[1:-1]])}
        for before, word in pairwise(words)
        if word.startswith("{")
    ]
    query = [
        {**_described(each), "value": str(each.get("x-sample", "")), "disabled": True}
        for each in parameters
        if each["in"] == "query"
    ]
    return url | ({"variable": variables} if variables else {}) | ({"query": query} if query else {})


def _placed(call: Call, before: str, parameter: Json) -> str:
    """The variable for a part of an address; a word as the reference shows it."""
    if before == "type":
        return str(parameter.get("example", ""))
    moved = next((names for pattern, names in ELSEWHERE if pattern.match(call.id)), {})
    name = _variable(before)
    return f"{{{{{moved.get(name, name)}}}}}"


def _described(parameter: Json) -> Json:
    return {"key": parameter["name"], "value": "", "description": parameter.get("description", "")}


def _responses(document: Json, request: Json, operation: Json) -> Iterator[Json]:
    """The documented answers, one for each example."""
    for status, response in operation["responses"].items():
        whole = _followed(document, response)
        examples = whole.get("content", {}).get(JSON, {}).get("examples", {})
        for example in examples.values():
            yield {
                "name": f"{status} {example['summary']}",
                "originalRequest": request,
                "status": HTTPStatus(int(status)).phrase,
                "code": int(status),
                "_postman_previewlanguage": "json",
                "header": [{"key": "Content-Type", "value": JSON}],
                "cookie": [],
                "body": _text(example["value"]),
            }


def _followed(document: Json, part: Json) -> Json:
    """`part`, or what it refers to."""
    found: Any = part
    if "$ref" in part:
        found = document
        for word in urlsplit(part["$ref"]).fragment.strip("/").split("/"):
            found = found[word]
    return dict(found)
