"""What opens the rest: without ENCRYPTION_KEYS webhook secrets and second factors of a restored database are lost."""

import json
import os
from pathlib import Path

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.management.base import CommandError

from accounts.keyring import key_files
from legalcity.lib.sealing import opened, sealed
from operation.backups.sealed_files import Seal

PROOF = "legalcity"


def proof() -> str:
    """A word, sealed with the keys of this installation: whoever restores sees whether theirs open it."""
    return sealed(PROOF)


def fit(token: str) -> bool:
    """Whether the ENCRYPTION_KEYS of this installation open what the copy has sealed."""
    try:
        return opened(token) == PROOF
    except InvalidToken:
        return False


def keep(target: Path, seal: Seal) -> None:
    """Write the keys."""
    kept = {
        "SECRET_KEY": settings.SECRET_KEY,
        "ENCRYPTION_KEYS": settings.ENCRYPTION_KEYS,
        "JWT_PRIVATE_KEYS": {f"{n}-{path.name}": path.read_text() for n, path in enumerate(key_files(), 1)},
    }
    with seal.writing(target) as stream:
        stream.write(json.dumps(kept, indent=2).encode())


def bring_back(source: Path, seal: Seal, folder: Path) -> Path:
    """Write the keys of a copy into a folder: the keys of tokens as files, the rest as an environment; its path."""
    with seal.reading(source) as stream:
        kept = json.loads(stream.read())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = {folder / Path(name).name: text for name, text in kept["JWT_PRIVATE_KEYS"].items()}
    environment = folder / "environment"
    lines = {
        "SECRET_KEY": kept["SECRET_KEY"],
        "ENCRYPTION_KEYS": ",".join(kept["ENCRYPTION_KEYS"]),
        "JWT_PRIVATE_KEYS": ",".join(map(str, files)),
    }
    files[environment] = "".join(f"{name}={value}\n" for name, value in lines.items())
    for path, text in files.items():
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            raise CommandError(f"{path} is there already: name a folder without keys.") from None
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
    return environment
