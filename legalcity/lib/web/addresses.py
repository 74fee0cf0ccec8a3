"""Which addresses of the Internet are public, and to which addresses a host's name leads.

Python's `is_global` alone lets special ranges and IPv4 inside IPv6 through, so the ranges are listed here too
(RFC 6890 and the IANA registries of special-purpose addresses).
"""

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable, Iterable

import idna

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int, float], list[IPAddress]]

SPECIAL_IPV4: tuple[ipaddress.IPv4Network, ...] = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by carriers (CGNAT)
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # a cloud platform's own service, on a public-looking address
            "169.254.0.0/16",  # link-local, cloud metadata
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # AMT
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarking
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
SPECIAL_IPV6: tuple[ipaddress.IPv6Network, ...] = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "::/96",  # unspecified, loopback, IPv4-compatible
            "::ffff:0:0/96",  # IPv4-mapped
            "64:ff9b:1::/48",  # local translation
            "100::/64",  # discard
            "100:0:0:1::/64",  # dummy
            "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID, drones
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
            "5f00::/16",  # segment routing
            "fc00::/7",  # unique local
            "fe80::/10",  # link-local
            "fec0::/10",  # site-local
            "ff00::/8",  # multicast
        ),
    )
)
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # all that is handed out to hosts so far
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # the way of a network without IPv4 to hosts without IPv6
IPV4_COMPATIBLE = ipaddress.IPv6Network("::/96")
ISATAP = re.compile(r"^[0-9a-f:]{20}(?:0000|0200):5efe:")

HOST_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
NUMERIC_LABEL = re.compile(r"[0-9]+|0x[0-9a-f]*")
MAX_HOST_LENGTH = 253


class UnknownHost(Exception):
    """The name has no address."""


class ResolverDown(Exception):
    """The name cannot be looked up now."""


def is_public(ip: IPAddress) -> bool:
    """Whether `ip` is a host of the open Internet, as must be an IPv4 address inside it.

    A translator with a prefix of the operator's own (RFC 6052) cannot be told from a plain host: such a network
    must keep its translator from private addresses itself.
    """
    if isinstance(ip, ipaddress.IPv4Address):
        return ip.is_global and not _within(ip, SPECIAL_IPV4)
    if ip.scope_id is not None or not all(map(is_public, embedded_ipv4(ip))):
        return False
    return ip in NAT64 or (ip.is_global and ip in GLOBAL_UNICAST and not _within(ip, SPECIAL_IPV6))


def embedded_ipv4(ip: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    """The IPv4 addresses that `ip` may stand for: mapped, compatible, NAT64, 6to4, Teredo, ISATAP."""
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in NAT64 or ip in IPV4_COMPATIBLE or ISATAP.match(ip.exploded):
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF))
    return [ipv4 for ipv4 in found if ipv4 is not None]


def _within(ip: IPAddress, networks: Iterable[IPNetwork]) -> bool:
    return any(ip in network for network in networks)


def canonical_host(raw: str) -> str:
    """The one spelling of a host: an address, or a name in lower-case ASCII without the closing dot.

    Raises ValueError for what is neither, and for IPv4 in any other spelling than four decimal numbers
    (2130706433, 0x7f.1, 0177.0.0.1, 127.1): programs do not agree on what those mean.
    """
    if ":" in raw:
        return str(ipaddress.IPv6Address(raw))
    host = raw.lower() if raw.isascii() else idna.encode(raw, uts46=True).decode("ascii")
    host = host.removesuffix(".")
    if NUMERIC_LABEL.fullmatch(host.rpartition(".")[2]):
        return str(ipaddress.IPv4Address(host))
    if len(host) > MAX_HOST_LENGTH or not HOST_NAME.fullmatch(host):
        raise ValueError("not a host name")
    return host


def resolve(host: str, port: int, seconds: float) -> list[IPAddress]:
    """The addresses of a canonical host, each once, in the order in which to try them.

    Raises UnknownHost, ResolverDown, or TimeoutError after `seconds`: the system's resolver cannot be
    interrupted, so it is asked in a thread that is left behind.
    """
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    answers: queue.SimpleQueue[list[IPAddress] | Exception] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(_look_up(host, port)), daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError("name resolution") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _look_up(host: str, port: int) -> list[IPAddress] | Exception:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        return UnknownHost() if error.errno in (socket.EAI_NONAME, socket.EAI_NODATA) else ResolverDown()
    except (OSError, UnicodeError):
        return ResolverDown()
    return list(dict.fromkeys(ipaddress.ip_address(address[0]) for *_, address in found))
