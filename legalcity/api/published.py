"""The published reference of the API, as data: what clients were told of each call.

`contract/legalcity.json` is kept as it was published. What it says twice, wrongly or not at all is put right while
it is read, here and nowhere else.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).with_name("contract") / "legalcity.json"
HOST = "https://apiv2-sandbox.legalcity.fr"  # Where the examples of the reference point at.
API = "/api"
FALLBACK = "/api/{fallbackPlaceholder}"
NOT_YET = "This endpoint is not yet implemented. Feature under development."
FILLER = "architecto"

VARIABLE = re.compile(r"{([^}]*)}")
TYPE_WORDS = re.compile(r"^(?:date|enum) optional ")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a client sends. `name` is dotted inside a body: `recovery.type`, `invoices.invoice_number`."""

    where: str
    name: str
    type: str
    required: bool
    text: str
    example: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A documented answer. `body` is a dict, or a plain sentence where the answer is a file."""

    status: int
    label: str
    body: Any

    @property
    def message(self) -> str:
        """The sentence of the envelope, or the empty string."""
        return str(self.body.get("message") or "") if isinstance(self.body, dict) else ""


@dataclass(frozen=True, slots=True)
class Call:
    """A documented call. `title` and `text` are empty where the reference has none; `sample` has the query string."""

    method: str
    path: str
    section: str
    title: str
    text: str
    sample: str
    body: Json | None
    parameters: tuple[Parameter, ...]
    answers: tuple[Answer, ...]

    def parameter(self, where: str, name: str) -> Parameter | None:
        """What the reference says of a value (`where` is url, query or body)."""
        return next((each for each in self.parameters if (each.where, each.name) == (where, name)), None)


def shape(path: str) -> str:
    """A path template without the names of its variables: `/api/recoveries/{}/docs`."""
    return VARIABLE.sub("{}", path)


def variables(path: str) -> list[str]:
    """The names of the variables of a path template."""
    return VARIABLE.findall(path)


def sections() -> dict[str, str]:
    """The sections of the reference, in its order, and what it says of them."""
    return {name: _tidy(text) for name, text in _source()["sections"].items()}


def calls() -> tuple[Call, ...]:
    """Every call, in the order of the reference."""
    return tuple(_index().values())


def find(method: str, path: str) -> Call | None:
    """The call of `method` and `path` (a template, whatever its variables are called), or None."""
    return _index().get((method.upper(), shape(path)))


def public_path(path: str) -> str:
    """`path` with its variables named as the reference names them; `path` itself where it knows no such path."""
    return _paths().get(shape(path), path)


def parameter(call: Call | None, where: str, name: str) -> Parameter | None:
    """What the reference says of a value in `call`, or of its namesake in another call.

    None for a call that the reference does not know: its values say themselves what they are (`help_text`).
    """
    if call is None:
        return None
    return call.parameter(where, name) or _namesakes().get((where, name.rpartition(".")[2]))


@cache
def _source() -> Json:
    loaded: Json = json.loads(SOURCE.read_text(encoding="utf-8"))
    return loaded


@cache
def _index() -> dict[tuple[str, str], Call]:
    index = {(call.method, shape(call.path)): call for entry in _source()["operations"] for call in _calls_of(entry)}
    bare = index["POST", "/api/recoveries"]
    index["POST", "/api/recoveries"] = _with_bare_case(
        bare, complete=index["POST", "/api/recoveries/complete"], detail=index["GET", "/api/recoveries/{}"]
    )
    return index


@cache
def _paths() -> dict[str, str]:
    return {shape(call.path): call.path for call in calls()}


@cache
def _namesakes() -> dict[tuple[str, str], Parameter]:
    known = [each for call in calls() for each in call.parameters if each.where != "url"]
    return {(each.where, each.name.rpartition(".")[2]): each for each in reversed(known)}


def _calls_of(entry: Json) -> Iterator[Call]:
    sample = entry["sample_request"]
    parameters = tuple(_parameters(entry["parameters"]))
    for call in entry["calls"]:
        is_title = call["path"].strip("/") not in entry["title"]  # One entry is titled by its own address.
        yield Call(
            method=call["method"],
            path=call["path"],
            section=entry["section"],
            title=entry["title"] if is_title else "",
            text=_tidy(entry["description"]),
            sample=sample["url"],
            body=_sample_body(sample["body"], parameters) if "body" in sample else None,
            parameters=parameters,
            answers=tuple(_answers(entry["responses"])),
        )


def _parameters(entries: list[Json]) -> Iterator[Parameter]:
    """The parameters; those of a nested body follow their container without naming it, so that is put back."""
    container = ""
    followers = [entry["name"] for entry in entries[1:]]
    for entry, follower in zip(entries, [*followers, ""], strict=False):
        is_list = entry["type"].endswith("[]") and follower != "*"
        is_container = entry["in"] == "body" and (is_list or entry["type"] == "object")
        text, _, example = entry["description"].partition("Example: ")
        yield Parameter(
            where=entry["in"],
            name=entry["name"] if is_container else f"{container}{entry['name']}",
            type=entry["type"],
            required=entry["required"],
            text=TYPE_WORDS.sub("", text).strip(),
            example=example.strip().strip('"'),
        )
        container = f"{entry['name']}." if is_container else container


def _sample_body(body: Json, parameters: Iterable[Parameter]) -> Json:
    """The sample of a body. Some of its strings carry quotes twice (`"\\"paid\\""`), one list holds a filler."""
    sample = {name: value.strip('"') if isinstance(value, str) else value for name, value in body.items()}
    for name in (name for name, value in sample.items() if value == [FILLER]):
        children = [each for each in parameters if each.name.startswith(f"{name}.")]
        sample[name] = [{each.name.partition(".")[2]: _value(each) for each in children}]
    return sample


def _value(parameter: Parameter) -> Any:
    return parameter.example == "true" if parameter.type == "boolean" else parameter.example


def _answers(entries: Iterable[Json]) -> Iterator[Answer]:
    """The answers, but for the one that this product never gives: that a call is not there yet."""
    for entry in entries:
        answer = Answer(status=entry["status"], label=entry["label"] or "", body=_body(entry["body"]))
        if answer.message != NOT_YET:
            yield answer


def _body(raw: Any) -> Any:
    """The body of an answer; one of them was published together with its headers, as text."""
    return json.loads(raw[raw.index("{") :]) if isinstance(raw, str) and "{" in raw else raw


def _tidy(text: str) -> str:
    """Markdown of a description: headings that lost their lists are dropped, code is fenced."""
    lines = text.split("\n")
    followers = [*lines[1:], ":"]
    kept = [
        line for line, after in zip(lines, followers, strict=True) if not (line.endswith(":") and after.endswith(":"))
    ]
    prose, mark, code = "\n".join(kept).partition("\n//")
    return f"{prose}\n```\n//{code}\n```" if mark else prose


def _with_bare_case(bare: Call, *, complete: Call, detail: Call) -> Call:
    """`POST /api/recoveries`, of which only the address was published: takes what `complete` takes of a case."""
    shown = next(answer for answer in detail.answers if answer.status == 200)
    return Call(
        method=bare.method,
        path=bare.path,
        section=bare.section,
        title="Create Recovery Case",
        text=bare.text,
        sample=bare.sample,
        body=(complete.body or {})["recovery"],
        parameters=bare.parameters,
        answers=(Answer(201, "", {**shown.body, "message": "Recovery created successfully"}),),
    )


def route_path(path: str) -> str:
    """`path` as a template; the framework cuts the optional end off the route of unknown addresses."""
    return FALLBACK if path == API else path
