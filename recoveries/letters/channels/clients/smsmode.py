"""smsmode: text messages, in the form of its published REST API (sms/v1)."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from recoveries.letters.channels.clients.calling import ProviderAway, call_json, text

PATH = "/sms/v1/messages"
DELIVERED, UNDELIVERED = ("DELIVERED",), ("UNDELIVERABLE", "UNDELIVERED", "REJECTED", "EXPIRED")


@dataclass(frozen=True, slots=True, repr=False)
class Account:
    """Where the provider is, what lets us in, and the name that a phone shows as the sender (11 letters)."""

    url: str
    key: str
    sender: str


class Taken(NamedTuple):
    """The name that the provider gives a message, and what it costs (EUR) where it says so."""

    ref: str
    cost: Decimal | None


def sms_send(account: Account, *, to: str, words: str, token: str, callback: str) -> Taken:
    """Hand a message over to the number `to` (E.164). Raises ProviderAway and ProviderRefused.

    `token` comes back with what is told of it at the address `callback`, where one is given.
    """
    value: dict[str, Any] = {
        "recipient": {"to": to.removeprefix("+")},
        "body": {"text": words},
        "from": account.sender,
        "refClient": token,
    }
    if callback:
        value |= {"callbackUrlStatus": callback, "callbackUrlMo": callback}
    told = call_json("POST", account.url + PATH, value, headers={"X-Api-Key": account.key}).json()
    ref = text(told.get("messageId"))
    if not ref:
        raise ProviderAway("unreadable")
    return Taken(ref, _price(told.get("price")))


def _price(told: Any) -> Decimal | None:
    try:
        price = Decimal(str(told["amount"]))
    except (KeyError, TypeError, InvalidOperation):
        return None
    return price if price.is_finite() and 0 <= price < 100 else None
