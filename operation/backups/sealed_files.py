"""Files of a copy, written and read as they are or through gpg: a stranger with the key needs nothing of ours."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import CommandError

SUFFIX = ".gpg"
# The key is random and needs no stretching, which would cost each file a second.
SYMMETRIC = ("--symmetric", "--cipher-algo", "AES256", "--compress-algo", "none", "--s2k-count", "65536")


class Seal:
    """How the files of a copy are kept: in the clear without a key."""

    def __init__(self, key: str) -> None:
        self._key = key
        if key and shutil.which("gpg") is None:
            raise CommandError("BACKUP_KEY asks for gpg, which is not here: apt-get install gnupg.")

    @property
    def is_closed(self) -> bool:
        """Whether there is a key."""
        return bool(self._key)

    def path(self, plain: Path) -> Path:
        """The name of a file as it is kept."""
        return plain.with_name(plain.name + SUFFIX) if self._key else plain

    @contextmanager
    def writing(self, plain: Path) -> Iterator[IO[bytes]]:
        """A stream into a file, on the disk when the block is over. Raises CommandError."""
        with self.path(plain).open("xb") as file:
            if not self._key:
                yield file
            else:
                with self._gpg(SYMMETRIC, stdin=subprocess.PIPE, stdout=file) as process:
                    assert process.stdin is not None  # noqa: S101 - for the types
                    yield process.stdin
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def reading(self, plain: Path) -> Iterator[IO[bytes]]:
        """A stream out of a file, which is read to its end. Raises CommandError."""
        if not self._key:
            with plain.open("rb") as file:
                yield file
            return
        with (
            self.path(plain).open("rb") as file,
            self._gpg(("--decrypt",), stdin=file, stdout=subprocess.PIPE) as opened,
        ):
            assert opened.stdout is not None  # noqa: S101 - for the types
            yield opened.stdout
            opened.stdout.read()  # gpg ends when it is read to the end, and only then says whether nothing was changed.

    @contextmanager
    def _gpg(self, words: tuple[str, ...], stdin: object, stdout: object) -> Iterator["subprocess.Popen[bytes]"]:
        """gpg with a home of its own, and the key on a pipe: neither its arguments nor its environment show it."""
        with tempfile.TemporaryDirectory(prefix="gpg-") as home:
            told, tell = os.pipe()
            os.write(tell, self._key.encode() + b"\n")
            os.close(tell)
            options = ("--homedir", home, "--batch", "--quiet", "--no-tty", "--pinentry-mode", "loopback")
            command = ["gpg", *options, "--passphrase-fd", str(told), *words]
            streams: dict[str, Any] = {"stdin": stdin, "stdout": stdout, "stderr": subprocess.PIPE}
            with subprocess.Popen(command, pass_fds=[told], **streams) as process:  # noqa: S603
                os.close(told)
                failure: Exception | None = None
                try:
                    yield process
                except CommandError:
                    raise
                except Exception as error:  # A pipe that broke, or what is no whole tar: gpg may know why.
                    failure = error
                for stream in (process.stdin, process.stdout):
                    if stream is not None:
                        stream.close()
                told_by_gpg = process.stderr.read() if process.stderr else b""
                complaint = told_by_gpg.decode(errors="replace")[-300:]
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False, capture_output=True)  # noqa: S603, S607
        if process.returncode:
            raise CommandError(f"gpg could not do it: is BACKUP_KEY that of this copy? {complaint}") from failure
        if failure is not None:
            raise failure
