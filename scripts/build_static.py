"""Gather and compress the pages' static files, unless that was done for these very files already.

Half a minute that belongs to an update, and not to each start (`make build`; scripts/serve.sh calls it too, and finds
nothing to do). Files of versions before stay: servers that still run show pages that name them.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from check_deploy import production

ROOT = Path(__file__).resolve().parent.parent
MARK = ".built-from"


def target() -> Path:
    """Where they belong, as legalcity/settings.py says."""
    data = Path(os.environ.get("DATA_DIR") or ROOT / "var").expanduser().resolve()
    named = os.environ.get("STATIC_DIR")
    return Path(named).expanduser().resolve() if named else data / "static"


def fingerprint() -> str:
    """Of all that the files are made from: ours, and the versions of the libraries that bring theirs."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for room in sorted(ROOT.glob("*/__init__.py")):
        for path in sorted(room.parent.rglob("static/**/*")):
            if path.is_file():
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def open_to_readers(folder: Path) -> None:
    """Let everybody read what is served to everybody: who builds it is rarely the user that serves it."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def main() -> int:
    """The exit code of `collectstatic`; 0 where nothing is to be done."""
    folder, made_from = target(), fingerprint()
    mark = folder / MARK
    if mark.exists() and mark.read_text() == made_from:
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        # Where an image is built the settings of production are not known, and its secrets are none of its business.
        environment = {**os.environ, **production(Path(scratch)), "STATIC_DIR": str(folder), "EMBEDDED": "0"}
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
        code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603
    if code == 0:
        mark.write_text(made_from)
        open_to_readers(folder)
    return code


if __name__ == "__main__":
    sys.exit(main())
