"""The RSA keys that sign tokens. The first one signs, all verify: rotating a key logs nobody out."""

import hashlib
import json
import os
import tempfile
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from jwt.utils import base64url_decode
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import TokenBackendError


def _kid(key: rsa.RSAPrivateKey) -> str:
    """A key's name: the beginning of the SHA-256 of its public half."""
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(public).hexdigest()[:16]


@lru_cache(maxsize=64)
def _kid_of_header(segment: bytes) -> str:
    """The `kid` in a token's first part, which is the same text for all tokens of a key."""
    try:
        header = json.loads(base64url_decode(segment[:1000]))
        return str(header.get("kid"))
    except (ValueError, AttributeError) as error:
        raise TokenBackendError("Token is invalid") from error


def _load(path: Path) -> rsa.RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            f"JWT_PRIVATE_KEYS names {path}, which is not a readable RSA private key in PEM form."
        ) from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < 2048:
        raise ImproperlyConfigured(f"JWT_PRIVATE_KEYS: {path} must be an RSA key of 2048 bits or more.")
    return key


def _development_key() -> Path:
    """The key of the embedded default, made at the first use; of processes that race, one wins."""
    path: Path = settings.DATA_DIR / "keys" / "jwt-development.pem"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return path


def key_files() -> list[Path]:
    """The files of the keys, the signing one first."""
    return [Path(path) for path in settings.JWT_PRIVATE_KEYS] or [_development_key()]


class Keyring(TokenBackend):
    """simplejwt's RS256 backend with several keys, told apart by the `kid` of a token's header.

    Tokens name the address of this server as their issuer; those of another one open nothing, whoever signed them.
    """

    def __init__(self) -> None:
        super().__init__("RS256", issuer=settings.PUBLIC_BASE_URL)

    @cached_property
    def keys(self) -> dict[str, rsa.RSAPrivateKey]:
        """Keys by their name, the signing one first."""
        return {_kid(key): key for key in map(_load, key_files())}

    @cached_property
    def _public_keys(self) -> dict[str, rsa.RSAPublicKey]:
        return {kid: key.public_key() for kid, key in self.keys.items()}

    def get_verifying_key(self, token: Any) -> rsa.RSAPublicKey:
        """The public key that the token's header names. Raises TokenBackendError when it is not ours."""
        raw = token if isinstance(token, bytes) else str(token).encode()
        key = self._public_keys.get(_kid_of_header(raw.partition(b".")[0]))
        if key is None:
            raise TokenBackendError("Token is signed with an unknown key")
        return key

    def encode(self, payload: dict[str, Any]) -> str:
        """`payload` as a signed token."""
        kid, key = next(iter(self.keys.items()))
        return jwt.encode({**payload, "iss": self.issuer}, key, algorithm="RS256", headers={"kid": kid})


keyring = Keyring()
