"""Requests that the server cannot read never reach the application: they are answered in its form all the same."""

import json
import socket
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.test_server_load import PATIENCE, asked, serving_slowly

pytestmark = pytest.mark.long
GET = b"GET /quick HTTP/1.1\r\nHost: x\r\n"
SECRET = b"hunter2"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server logs."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """A server."""
    with serving_slowly(folder, processes=1, threads=1) as server:
        yield server.address


@pytest.mark.parametrize(
    ("request_sent", "status", "code"),
    [
        (GET + b"Idempotency-Key: hunter2\0b\r\n\r\n", 400, "idempotency_key_malformed"),
        (GET + b"X-Other: hunter2\0b\r\n\r\n", 400, "bad_request"),
        (GET + b"no header hunter2\r\n\r\n", 400, "bad_request"),
        (b"nonsense hunter2\r\n\r\n", 400, "bad_request"),
        (GET + b"Content-Length: two\r\n\r\n", 400, "bad_request"),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "bad_request"),
        (GET + b"X-Long: " + b"a" * 9000 + b"\r\n\r\n", 431, "bad_request"),
        (GET + b"Transfer-Encoding: odd\r\n\r\n", 501, "bad_request"),
    ],
)
def test_what_cannot_be_read_is_answered_in_the_form_of_the_contract(
    address: str, folder: Path, request_sent: bytes, status: int, code: str
) -> None:
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), PATIENCE) as client:
        client.sendall(request_sent)
        answer = HTTPResponse(client)
        answer.begin()
        told = json.loads(answer.read())
    assert (answer.status, told["success"], told["code"]) == (status, False, code)
    assert (answer.getheader("Content-Type"), answer.getheader("Connection")) == ("application/json", "close")
    assert SECRET not in (folder / "log").read_bytes()
    assert asked(f"{address}/quick")[0] == 200
