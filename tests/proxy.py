"""nginx as `deploy/nginx` has it, with a certificate of its own, in front of servers of a test on free ports."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.services import eventually, free_port, is_open

CONFIGURATION = Path(__file__).resolve().parent.parent / "deploy" / "nginx" / "legalcity.conf"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
PLACE = re.compile(r"server 127\.0\.0\.1:8000\b(?P<how>[^;]*);")
PATHS = {
    "/etc/ssl/legalcity/fullchain.pem": "cert.pem",
    "/etc/ssl/legalcity/privkey.pem": "key.pem",
    "/var/log/nginx/access.log": "access.log",
}


def proxy_written(folder: Path, servers: Sequence[int] = (8000,), *, plain: int = 80, tls: int = 443) -> Path:
    """The whole configuration around ours, in `folder`; `servers`: the ports of those behind it, as `upstream`."""
    whither = ("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"))
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=api.example.fr", *whither]
    subprocess.run(certificate, check=True, capture_output=True)
    ours = CONFIGURATION.read_text()
    for path, name in PATHS.items():
        ours = ours.replace(path, str(folder / name))
    ours = re.sub(r"(?<=[ :])(80|443)\b", lambda found: str({"80": plain, "443": tls}[found[0]]), ours)
    ours = PLACE.sub(lambda found: " ".join(f"server 127.0.0.1:{port}{found['how']};" for port in servers), ours)
    whole = folder / "nginx.conf"
    whole.write_text(f"pid {folder}/pid;\nerror_log {folder}/log;\nevents {{}}\nhttp {{\n{ours}\n}}\n")
    return whole


@contextmanager
def proxied(folder: Path, servers: Sequence[int]) -> Iterator[int]:
    """The port at which the proxy speaks TLS, while the block lasts."""
    plain, tls = free_port(), free_port()
    whole = proxy_written(folder, servers, plain=plain, tls=tls)
    running = subprocess.Popen([str(NGINX), "-c", str(whole), "-g", "daemon off;"])
    try:
        eventually(lambda: is_open(tls))
        yield tls
    finally:
        running.terminate()
        running.wait()
