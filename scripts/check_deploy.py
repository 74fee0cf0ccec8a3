"""`manage.py check --deploy` under a complete production environment, made here and thrown away."""

import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def write_key(path: Path) -> None:
    """A fresh RSA private key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def production(folder: Path) -> dict[str, str]:
    """The settings that production asks for. The services are not reached by a check."""
    write_key(folder / "jwt.pem")
    return {
        "DEBUG": "0",
        "DATA_DIR": str(folder),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ENCRYPTION_KEYS": secrets.token_urlsafe(32),
        "JWT_PRIVATE_KEYS": str(folder / "jwt.pem"),
        "ALLOWED_HOSTS": "api.example.fr",
        "PUBLIC_BASE_URL": "https://api.example.fr",
        "TRUSTED_PROXIES": "1",
        "DATABASE_URL": "postgres://legalcity@127.0.0.1:5432/legalcity",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
        "CLAMD_URL": "tcp://127.0.0.1:3310",
    }


def main() -> int:
    """The exit code of the check."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
        environment = {**os.environ, **production(Path(folder))}
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
