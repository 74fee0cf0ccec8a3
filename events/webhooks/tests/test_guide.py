"""The receivers of the guide, run as they stand there: what is hostile or broken off does not end them."""

import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from events.webhooks.signing import headers_signed, secret_made

GUIDE = (Path(settings.BASE_DIR) / "docs" / "clients.md").read_text()
SECRET = secret_made()
RECEIVERS = {
    "python": ("receiver.py", sys.executable),
    "js": ("receiver.mjs", shutil.which("node")),
    "php": ("receiver.php", shutil.which("php")),
}
EVENT = json.dumps({"type": "recovery.paid"}).encode()
Post = Callable[..., int]


def sample(language: str, name: str) -> str:
    """The code of the guide that says of itself that it is this file."""
    [code] = [each for each in re.findall(rf"```{language}\n(.*?)```", GUIDE, re.S) if name in each.partition("\n")[0]]
    return code


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    return port


@pytest.fixture(params=RECEIVERS)
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    """Where a receiver of the guide listens."""
    name, program = RECEIVERS[request.param]
    if program is None:
        pytest.skip(f"nothing runs {name} here")
    number = free_port()
    (tmp_path / name).write_text(sample(request.param, name).replace("9000", str(number)))
    command = [program, *(["-S", f"127.0.0.1:{number}"] if request.param == "php" else []), name]
    process = subprocess.Popen(
        command, cwd=tmp_path, env={"SECRET": SECRET}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(number, process)
        yield number
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.02)
        else:
            return
    pytest.fail("the receiver has ended")


def posted(port: int, body: bytes, *, moment: object = None, **changed: str) -> int:
    """The status that a delivery is answered with; signed well, unless a header is changed."""
    at = int(time.time()) if moment is None else moment
    headers = {**headers_signed((SECRET,), "evt_1", at, body), **changed}  # type: ignore[arg-type]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_receiver_takes_what_is_signed_and_goes_on_after_what_is_not_well(port: int) -> None:
    assert posted(port, EVENT) == posted(port, EVENT) == 204
    assert posted(port, b"no JSON") == posted(port, b"null") == 400
    for moment in ("soon", "NaN", "", 0, int(time.time()) - 900):
        assert posted(port, EVENT, moment=moment) == 401, moment
    assert posted(port, EVENT + b" ", **{"webhook-signature": "v1,bm8= v2"}) == 401
    assert posted(port, EVENT) == 204


def test_a_receiver_outlives_requests_that_break_off_and_waits_for_none(port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: erp\r\nContent-Length: 1000\r\n\r\n{"
    with socket.create_connection(("127.0.0.1", port)) as silent:
        silent.sendall(head)  # And nothing more.
        for _turn in range(3):
            with socket.create_connection(("127.0.0.1", port)) as broken:
                broken.sendall(head)
        assert posted(port, EVENT) == 204
    assert posted(port, EVENT) == 204
