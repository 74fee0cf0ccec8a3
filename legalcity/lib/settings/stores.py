"""Where pages keep what took long to read, and limits are counted: Redis, or each process for itself."""

from typing import Any

# Two waits at most, for the connection and for the answer. JSON, because pickles run code when they are loaded.
OPTIONS = {
    "SOCKET_CONNECT_TIMEOUT": 0.15,  # seconds
    "SOCKET_TIMEOUT": 0.15,
    "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
}
COUNTERS = {"MAX_ENTRIES": 10_000}  # A full cache forgets some of them.


def caches_of(redis_url: str) -> dict[str, dict[str, Any]]:
    """Django's CACHES; without a URL those of the process."""
    local = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if not redis_url:
        return {"default": local, "limits": {**local, "LOCATION": "limits", "OPTIONS": COUNTERS}}
    shared = {"LOCATION": redis_url, "OPTIONS": OPTIONS}
    pages, limits = "legalcity.lib.optional_cache.OptionalCache", "legalcity.lib.counting_cache.CountingCache"
    return {
        "default": {**shared, "BACKEND": pages, "KEY_PREFIX": "legalcity"},
        "limits": {**shared, "BACKEND": limits, "KEY_PREFIX": "legalcity-limits"},
    }
