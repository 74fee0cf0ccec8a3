"""The code of the reference sends the example of the call, whichever language it is in."""

import ast
import json
import re
import shlex
from typing import Any

import pytest

from legalcity.api.reference.code import LANGUAGES, Request, request_of, samples_of
from legalcity.api.reference_pages import document_at

HOST = "https://erp.example"
REQUESTS = {
    operation["operationId"]: request_of(method, path, operation)
    for path, methods in document_at(HOST)["paths"].items()
    for method, operation in methods.items()
}
ODD = {"empty": {}, "none": None, "list": [], "is": [True, 1.5, {"a": 'L\'“été” \\ "x" $y'}, {}], "nested": {"b": {}}}
PHP_TOKEN = re.compile(r"\s*(?:(new stdClass|true|false|null|=>|[\[\],])|'((?:[^'\\]|\\['\\])*)'|(-?[\d.]+))")


def of_bash(code: str) -> Any:
    words = shlex.split(code.replace("\\\n", " "))
    return json.loads(words[words.index("-d") + 1])


def of_javascript(code: str) -> Any:
    body = code.partition("JSON.stringify(")[2]
    return json.JSONDecoder().raw_decode(body)[0]


def of_python(code: str) -> Any:
    [call] = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) and node.keywords]
    return ast.literal_eval(next(each.value for each in call.keywords if each.arg == "json"))


class Php:
    """Reads a literal of PHP as `json_encode` writes it: an array without keys is a list, an empty one too."""

    def __init__(self, code: str) -> None:
        self._code, self._at = code, code.index("json_encode(") + len("json_encode(")

    def value(self) -> Any:
        word, text, number = self._next()
        if text is not None:
            return re.sub(r"\\(['\\])", r"\1", text)
        if number is not None:
            return json.loads(number)
        words: dict[str, Any] = {"new stdClass": {}, "true": True, "false": False, "null": None}
        return self._array() if word == "[" else words[word]

    def _array(self) -> Any:
        items, keys = [], []
        while not self._is("]"):
            items.append(self.value())
            if self._is("=>"):
                keys.append(items.pop())
                items.append(self.value())
            assert self._is(",")
        return dict(zip(keys, items, strict=True)) if keys else items

    def _next(self) -> tuple[str, str | None, str | None]:
        found = PHP_TOKEN.match(self._code, self._at)
        assert found, self._code[self._at :]
        self._at = found.end()
        return found[1], found[2], found[3]

    def _is(self, word: str) -> bool:
        found = PHP_TOKEN.match(self._code, self._at)
        if found is None or found[1] != word:
            return False
        self._at = found.end()
        return True


READERS = {"bash": of_bash, "javascript": of_javascript, "php": lambda code: Php(code).value(), "python": of_python}


@pytest.mark.parametrize("language", [key for key, _name in LANGUAGES])
def test_each_sample_sends_the_example_of_its_call(language: str) -> None:
    requests = {**REQUESTS, "odd": Request("POST", "/odd", is_open=False, body=ODD)}
    sent = {name: each for name, each in requests.items() if each.has_body}
    assert any(each.body == {} for each in sent.values())
    for name, request in sent.items():
        [code] = [code for key, _name, code in samples_of(request, HOST) if key == language]
        assert READERS[language](code) == request.body, name
