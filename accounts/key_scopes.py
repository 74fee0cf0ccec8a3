"""What narrows an API key: until when, from where, for what. The same for the tokens that it opens."""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import ApiKey, User
from legalcity.lib.errors import Invalid

NOTED_EVERY = timedelta(minutes=1)
MOST_NETWORKS = 50


@dataclass(frozen=True, slots=True)
class Session:
    """Who presents a token, and what its key allows."""

    user: User
    key_id: int
    is_read_only: bool


def in_force(moment: datetime) -> Q:
    """Keys that are neither revoked nor past their end."""
    return Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=moment))


def comes_from(addresses: str, address: str) -> bool:
    """Whether `address` lies in one of the networks of a key; from anywhere where it has none."""
    if not addresses:
        return True
    try:
        came = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(came, ipaddress.IPv6Address) and came.ipv4_mapped is not None:
        came = came.ipv4_mapped
    return any(came in ipaddress.ip_network(network) for network in addresses.split())


def networks_read(text: str) -> str:
    """Networks as people write them (`192.0.2.0/24, 2001:db8::1`), as a key keeps them. Raises Invalid."""
    words = text.replace(",", " ").replace(";", " ").split()
    if len(words) > MOST_NETWORKS:
        raise Invalid({"addresses": [_("At most {most} networks.").format(most=MOST_NETWORKS)]})
    try:
        networks = [ipaddress.ip_network(word, strict=False) for word in words]
    except ValueError as error:
        sentence = _("These are no addresses or networks such as 192.0.2.0/24.")
        raise Invalid({"addresses": [sentence]}) from error
    return " ".join(map(str, dict.fromkeys(networks)))


def use_note(*, key_id: int, moment: datetime) -> None:
    """Write down that a key was used, unless somebody has within the minute."""
    due = Q(last_used_at=None) | Q(last_used_at__lte=moment - NOTED_EVERY)
    ApiKey.objects.filter(due, pk=key_id).update(last_used_at=moment)
