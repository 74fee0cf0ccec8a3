"""Carry out the steps of deploy/container/Containerfile in a folder, where no container engine runs.

    python scripts/image_steps.py FOLDER        # as root; asks for debootstrap, the network and 2 GB

The base is Debian's, of the same release and with the same Python as the image's. Each stage is a folder; RUN happens
in it (chroot), COPY honours .dockerignore. Then the command of the image is started as its user on a root that is
read-only but for its volumes, as the compose file does, with the settings of production and no services: it has to say
so in its own sentences and end with 3. Exits with 1 when a step fails or the command says anything else.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from check_deploy import production

ROOT = Path(__file__).resolve().parent.parent
CONTAINERFILE = ROOT / "deploy" / "container" / "Containerfile"
RELEASE = "bookworm"
MIRROR = "http://deb.debian.org/debian"
REFUSED = 3  # legalcity/lib/startup.py
# The certificates of the machine are those of its network, and pip asks by the same ways.
PASSED_ON = ("PIP_CERT", "PIP_INDEX_URL", "PIP_DEFAULT_TIMEOUT", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
CERTIFICATES = "etc/ssl/certs/ca-certificates.crt"


class Stage:
    """A folder that instructions are carried out in, and what they have set."""

    def __init__(self, folder: Path, base: Path) -> None:
        subprocess.run(["cp", "-a", str(base), str(folder)], check=True)  # noqa: S603, S607
        self.folder, self.place, self.user = folder, "/", "0"
        self.environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        self.command: list[str] = []
        self.volumes: list[str] = []

    def run(self, words: str) -> None:
        """RUN."""
        passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment = {**self.environment, **passed, "DEBIAN_FRONTEND": "noninteractive"}
        inside = f"cd {shlex.quote(self.place)} && {words}"
        subprocess.run(["chroot", str(self.folder), "sh", "-ec", inside], env=environment, check=True)  # noqa: S603, S607

    def copy(self, words: Sequence[str], stages: Mapping[str, "Stage"]) -> None:
        """COPY, from another stage or from the project."""
        *flags, source, target = words
        into = self.folder / str(Path(self.place) / target).lstrip("/")
        into.parent.mkdir(parents=True, exist_ok=True)
        if flags:
            origin = stages[flags[0].partition("=")[2]].folder / source.lstrip("/")
            subprocess.run(["cp", "-a", str(origin), str(into)], check=True)  # noqa: S603, S607
        elif (ROOT / source).is_dir():
            left_out = [f"--exclude={line}" for line in (ROOT / ".dockerignore").read_text().split()]
            packed = ["tar", "--create", "--directory", str(ROOT), *left_out, source]
            with subprocess.Popen(packed, stdout=subprocess.PIPE) as archive:  # noqa: S603
                subprocess.run(["tar", "--extract", "--directory", str(into)], stdin=archive.stdout, check=True)  # noqa: S603, S607
        else:
            shutil.copy(ROOT / source, into)

    def carry_out(self, name: str, rest: str, stages: Mapping[str, "Stage"]) -> None:
        """One instruction. Those that only describe the image change nothing."""
        match name:
            case "RUN":
                self.run(rest)
            case "COPY":
                self.copy(rest.split(), stages)
            case "WORKDIR":
                self.place = rest
                (self.folder / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
            case "ENV":
                pairs = dict(pair.split("=", 1) for pair in rest.split())
                path = self.environment["PATH"]
                self.environment |= {key: value.replace("$PATH", path) for key, value in pairs.items()}
            case "USER":
                self.user = rest
            case "VOLUME":
                self.volumes.append(rest)
            case "CMD":
                self.command = json.loads(rest)

    def started(self, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        """The command as a container runs it: as its user, on a root that is read-only but for volumes and /tmp."""
        root = shlex.quote(str(self.folder))
        writable = [f"mount --bind {root}{volume} {root}{volume}" for volume in self.volumes]
        steps = [f"mount --bind {root} {root}", *writable, f"mount -o remount,bind,ro {root}"]
        inside = f"cd {self.place} && exec {shlex.join(self.command)}"
        enter = f"exec chroot --userspec={self.user}:{self.user} {root} sh -c {shlex.quote(inside)}"
        script = " && ".join([*steps, f"mount -t tmpfs tmpfs {root}/tmp", enter])  # noqa: S108
        command = ["unshare", "--mount", "sh", "-c", script]
        given = {**self.environment, **environment}
        return subprocess.run(command, env=given, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603


def instructions() -> list[tuple[str, str]]:
    """Name and rest of each, lines that go on joined."""
    lines = [line for line in CONTAINERFILE.read_text().splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def base(folder: Path) -> Path:
    """What the image begins from: Debian with Python."""
    packages = "--include=python3,python3-venv,ca-certificates"
    command = ["debootstrap", "--variant=minbase", packages, RELEASE, str(folder), MIRROR]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)  # noqa: S603
    (folder / "usr/bin/python").symlink_to("python3")
    shutil.copy(Path("/") / CERTIFICATES, folder / CERTIFICATES)
    return folder


def built(folder: Path) -> Stage:
    """The last stage, all steps carried out."""
    beginning, stages, stage = base(folder / "base"), dict[str, Stage](), None
    for name, rest in instructions():
        sys.stdout.write(f"image: {name} {rest[:90]}\n")
        sys.stdout.flush()
        if name == "FROM":
            title = rest.partition(" AS ")[2] or "last"
            stage = stages[title] = Stage(folder / title, beginning)
        elif stage is not None:
            stage.carry_out(name, rest, stages)
    return stages["last"]


def main() -> int:
    """The exit code."""
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(mode=0o755, exist_ok=True)
    stage = built(folder)
    with tempfile.TemporaryDirectory() as scratch:
        settings = production(Path(scratch))
        key = stage.folder / "srv" / "jwt.pem"
        shutil.copy(settings.pop("JWT_PRIVATE_KEYS"), key)
        key.chmod(0o444)
    settings |= {"JWT_PRIVATE_KEYS": "/srv/jwt.pem", "DATA_DIR": stage.environment["DATA_DIR"]}
    settings |= {"DATABASE_URL": "postgres://legalcity@127.0.0.1:9/legalcity", "REDIS_URL": "redis://127.0.0.1:9/0"}
    told = stage.started(settings)
    sys.stdout.write(told.stderr)
    is_told = all(f"{name} cannot be reached" in told.stderr for name in ("DATABASE_URL", "of REDIS_URL"))
    return int(told.returncode != REFUSED or not is_told or "Traceback" in told.stderr)


if __name__ == "__main__":
    sys.exit(main())
