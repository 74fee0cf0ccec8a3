"""What a server process asks of its services before it takes the first request."""

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection


def require_services() -> None:
    """Refuse to start while a configured service cannot be reached.

    Raises ImproperlyConfigured with a sentence that names the setting and what to do. In development
    (DEBUG=1) nothing is asked: the embedded defaults have no service to reach.
    """
    if settings.DEBUG:
        return
    _require_database()
    _require_cache()


def _require_database() -> None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise ImproperlyConfigured(
            f"the database of DATABASE_URL cannot be reached: start it, or correct the URL ({type(error).__name__})."
        ) from error
    finally:
        connection.close()


def _require_cache() -> None:
    try:
        caches["default"].set("startup", 1, timeout=5)
    except Exception as error:  # Every cache library has its own family of errors.
        raise ImproperlyConfigured(
            f"the cache of REDIS_URL cannot be reached: start Redis, or correct the URL ({type(error).__name__})."
        ) from error
