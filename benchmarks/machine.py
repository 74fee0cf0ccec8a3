"""What the numbers were measured on, and the environment of the processes that are measured."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from databases import LOCAL, connect

REDIS_DATABASE = 15
OUR_KEYS = ("legalcity*", "ceiling*")
POSTGRESQL = ("shared_buffers", "jit", "max_parallel_workers_per_gather", "work_mem", "autovacuum")
BUSY = 1.5  # the load of a core from which two runs of the same code differ too much
PACKAGES = ("django", "djangorestframework", "psycopg", "gunicorn", "orjson", "pyjwt", "cryptography", "redis")


def redis_url() -> str:
    """A database of its own on the Redis of REDIS_URL, else on the one of this machine."""
    given = urlsplit(os.environ.get("REDIS_URL", "") or "redis://127.0.0.1:6379")
    if given.hostname not in LOCAL:
        raise SystemExit("bench: REDIS_URL names another machine; the benchmark only talks to this one.")
    return f"redis://{given.netloc}/{REDIS_DATABASE}"


def forget_counters() -> None:
    """Delete what the measured applications left in Redis."""
    client = redis.Redis.from_url(redis_url())
    for pattern in OUR_KEYS:
        for key in client.scan_iter(pattern, count=1000):
            client.delete(key)


def production(folder: Path) -> dict[str, str]:
    """The environment of a production process without TLS, but for its database: keys are made in `folder`."""
    (folder / "static").mkdir()  # Where the static files would be collected.
    key = folder / "jwt.pem"
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    key.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "DJANGO_SETTINGS_MODULE": "legalcity.settings",
        "EMBEDDED": "1",  # For its plain http; every service is named.
        "SECRET_KEY": os.urandom(40).hex(),
        "ENCRYPTION_KEYS": os.urandom(32).hex(),
        "ALLOWED_HOSTS": "127.0.0.1",
        "PUBLIC_BASE_URL": "http://127.0.0.1",
        "REDIS_URL": redis_url(),
        "JWT_PRIVATE_KEYS": str(key),
        "DATA_DIR": str(folder),
    }


def load() -> float:
    """How many processes wanted a core, on average over the last minute."""
    return os.getloadavg()[0]


def is_quiet(load: float) -> bool:
    """Whether a machine with that load gives figures that a verdict can be built on."""
    return load < BUSY * (os.cpu_count() or 1)


def description(at_the_start: float) -> list[str]:
    """Date, machine (with its load before the measuring), versions and PostgreSQL's settings, a line each."""
    with connect() as connection:
        shown = {
            name: value for name in ("server_version", *POSTGRESQL) for (value,) in connection.execute(f"SHOW {name}")
        }
    postgresql = shown.pop("server_version")
    settings = [f"{name} {value}" for name, value in shown.items()]
    server = redis.Redis.from_url(redis_url()).info("server")["redis_version"]
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return [
        f"Date: {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"Machine: {os.cpu_count()} cores, {platform.machine()}, load {at_the_start:.1f}, at the end {load():.1f}",
        f"Python {platform.python_version()}, PostgreSQL {postgresql}, Redis {server}, {packages}",
        f"PostgreSQL's settings: {', '.join(settings)}",
    ]


def require_services() -> None:
    """Stop with a sentence when PostgreSQL or Redis cannot be reached."""
    try:
        connect().close()
        redis.Redis.from_url(redis_url()).ping()
    except (psycopg.Error, redis.RedisError) as error:
        raise SystemExit(f"bench: PostgreSQL and Redis must run on this machine ({type(error).__name__}).") from error
