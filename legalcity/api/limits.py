"""Rate limits: counted by django-ratelimit in the `limits` cache, shown on every answer."""

import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage

from legalcity.lib.settings.live import live

MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Limit:
    """`setting` names the system setting that holds the number of calls in `period` seconds."""

    name: str
    setting: str
    period: int


LOGIN = Limit("login", "LOGIN_PER_MINUTE", MINUTE)
REFRESH = Limit("refresh", "REFRESH_PER_MINUTE", MINUTE)
REQUESTS = Limit("requests", "REQUESTS_PER_HOUR", HOUR)
UPLOADS = Limit("uploads", "UPLOADS_PER_HOUR", HOUR)
WEBHOOK_TESTS = Limit("webhook_tests", "WEBHOOK_TESTS_PER_MINUTE", MINUTE)
ANONYMOUS = Limit("anonymous", "ANONYMOUS_PER_MINUTE", MINUTE)


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of a limit is used: `wait` seconds until it begins anew, `exceeded` when this call is too many."""

    limit: int
    remaining: int
    wait: int
    exceeded: bool


def peer_address(request: HttpRequest) -> str:
    """Where a request comes from: the address that the outermost of TRUSTED_PROXIES saw, else the peer's, as it is."""
    address: str = request.META.get("REMOTE_ADDR", "")
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        address = hops[-settings.TRUSTED_PROXIES]
    return address


def client_address(request: HttpRequest) -> str:
    """The client's address, as it is counted.

    An IPv6 client owns a /64, so it counts as one; one of IPv4 in the clothes of IPv6 (`::ffff:192.0.2.1`) is of IPv4.
    """
    address = peer_address(request)
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return request.META.get("REMOTE_ADDR", "") or "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed)


def take(limit: Limit, key: str, request: HttpRequest) -> Usage:
    """Count one call of `key` (a user's id, an address) against `limit`.

    With the limits off, or with their cache unreachable, nothing is counted and nobody is refused.
    """
    most: int = getattr(live, limit.setting)
    usage = None
    if settings.RATE_LIMITS_ENABLED:
        usage = get_usage(
            request, group=limit.name, key=lambda _group, _request: key, rate=(most, limit.period), increment=True
        )
    if usage is None:
        return Usage(limit=most, remaining=most, wait=0, exceeded=False)
    return Usage(
        limit=most,
        remaining=max(0, most - usage["count"]),
        wait=usage["time_left"] + 1,  # The window includes the second that it is named after.
        exceeded=usage["should_limit"],
    )
