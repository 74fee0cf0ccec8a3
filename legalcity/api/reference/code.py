"""A call as one writes it: in bash, JavaScript, PHP and Python, from its description in the OpenAPI document."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from legalcity.api.components import JSON, Schema

FORM = "multipart/form-data"
LANGUAGES = (("bash", "bash"), ("javascript", "JavaScript"), ("php", "PHP"), ("python", "Python"))
SAMPLE_FILE = "order.pdf"


@dataclass(frozen=True, slots=True)
class Request:
    """What a sample sends. `path` has its variables filled in; `form` is sent with a file instead of `body`."""

    method: str
    path: str
    is_open: bool
    body: Any = None
    form: dict[str, str] = field(default_factory=dict)
    is_file: bool = False

    @property
    def has_body(self) -> bool:
        """Whether JSON is sent."""
        return self.body is not None and not self.form


def request_of(method: str, path: str, operation: Schema) -> Request:
    """The sample request of an operation."""
    content = operation.get("requestBody", {}).get("content", {})
    answers = operation["responses"].get("200", {}).get("content", {JSON: {}})
    values = {each["name"]: each.get("example", 25) for each in operation.get("parameters", []) if each["in"] == "path"}
    body = content.get(JSON, {}).get("example")
    return Request(
        method=method.upper(),
        path=re.sub(r"{(\w+)}", lambda match: quote(str(values[match[1]]), safe=""), path),
        is_open={} in operation.get("security", []),
        body=body,
        form={"name": str(body["name"])} if FORM in content and body else {},
        is_file=JSON not in answers,
    )


def samples_of(request: Request, host: str) -> list[tuple[str, str, str]]:
    """The code of each language: its key, how people call it, the lines."""
    writers = {"bash": _bash, "javascript": _javascript, "php": _php, "python": _python}
    return [(key, name, writers[key](request, host + request.path)) for key, name in LANGUAGES]


def _bash(request: Request, url: str) -> str:
    method = "" if request.method == "GET" else f" -X {request.method}"
    words = [f'curl -s{"OJ" if request.is_file else ""}{method} "{url}"']
    if not request.is_open:
        words.append('-H "Authorization: Bearer $TOKEN"')
    words += [f"-F '{name}={value}'" for name, value in request.form.items()]
    if request.form:
        words.append(f"-F 'file=@{SAMPLE_FILE}'")
    if request.has_body:
        text = json.dumps(request.body, ensure_ascii=False, indent=2).replace("'", "'\\''")
        words += [f'-H "Content-Type: {JSON}"', f"-d '{text}'"]
    return " \\\n  ".join(words)


def _indented(text: str, spaces: int) -> str:
    return text.replace("\n", "\n" + " " * spaces)


def _javascript(request: Request, url: str) -> str:
    before: list[str] = []
    headers = [] if request.is_open else ["Authorization: `Bearer ${token}`"]
    options = [f'method: "{request.method}"']
    if request.has_body:
        headers.append(f'"Content-Type": "{JSON}"')
        options.append(f"body: JSON.stringify({_indented(json.dumps(request.body, ensure_ascii=False, indent=2), 2)})")
    if request.form:
        before = ["const form = new FormData();"]
        before += [f"form.append({json.dumps(name)}, {json.dumps(value)});" for name, value in request.form.items()]
        before.append('form.append("file", file); // a File, or a Blob')
        options.append("body: form")
    if headers:
        options.insert(1, f"headers: {{ {', '.join(headers)} }}")
    read = "const file = await response.blob();" if request.is_file else "const answer = await response.json();"
    call = f'const response = await fetch("{url}", {{\n  ' + ",\n  ".join(options) + ",\n});"
    check = "if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);"
    return "\n".join([*before, call, check, read])


def _php_value(value: Any, depth: int = 1) -> str:
    """A value as PHP writes it."""
    if value == {}:
        return "new stdClass"  # An empty array of PHP is a list.
    if isinstance(value, dict | list):
        pad = "    " * depth
        items = value.items() if isinstance(value, dict) else enumerate(value)
        lines = [
            f"{pad}{_php_value(key) + ' => ' if isinstance(value, dict) else ''}{_php_value(item, depth + 1)},"
            for key, item in items
        ]
        return "\n".join(["[", *lines, "    " * (depth - 1) + "]"]) if lines else "[]"
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return json.dumps(value)


def _php(request: Request, url: str) -> str:
    headers = [] if request.is_open else ['"Authorization: Bearer $token"']
    options = [f"CURLOPT_CUSTOMREQUEST => '{request.method}'", "CURLOPT_RETURNTRANSFER => true"]
    if request.has_body:
        headers.append(f"'Content-Type: {JSON}'")
        options.append(f"CURLOPT_POSTFIELDS => json_encode({_indented(_php_value(request.body), 4)})")
    if request.form:
        fields = [f"{_php_value(name)} => {_php_value(value)}" for name, value in request.form.items()]
        fields.append(f"'file' => new CURLFile('{SAMPLE_FILE}', 'application/pdf')")
        options.append("CURLOPT_POSTFIELDS => [" + ", ".join(fields) + "]")
    if headers:
        options.insert(1, f"CURLOPT_HTTPHEADER => [{', '.join(headers)}]")
    lines = ["<?php", f"$curl = curl_init('{url}');", "curl_setopt_array($curl, ["]
    read = (
        f"file_put_contents('{SAMPLE_FILE}', curl_exec($curl));"
        if request.is_file
        else "$answer = json_decode(curl_exec($curl), true);"
    )
    return "\n".join([*lines, *(f"    {option}," for option in options), "]);", read])


def _python_value(value: Any, depth: int = 1) -> str:
    """A value as Python writes it."""
    if isinstance(value, dict | list):
        pad, (first, last) = "    " * depth, ("{", "}") if isinstance(value, dict) else ("[", "]")
        items = value.items() if isinstance(value, dict) else enumerate(value)
        lines = [
            f"{pad}{json.dumps(key) + ': ' if isinstance(value, dict) else ''}{_python_value(item, depth + 1)},"
            for key, item in items
        ]
        return "\n".join([first, *lines, "    " * (depth - 1) + last]) if lines else first + last
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def _python(request: Request, url: str) -> str:
    arguments = [f'"{request.method}"', f'"{url}"']
    if not request.is_open:
        arguments.append('headers={"Authorization": f"Bearer {token}"}')
    if request.has_body:
        arguments.append(f"json={_indented(_python_value(request.body), 4)}")
    if request.form:
        arguments += [f"data={json.dumps(request.form)}", f'files={{"file": open("{SAMPLE_FILE}", "rb")}}']
    call = "response = requests.request(\n    " + ",\n    ".join(arguments) + ",\n)"
    read = "content = response.content" if request.is_file else "answer = response.json()"
    return "\n".join(["import requests", "", call, "response.raise_for_status()", read])
