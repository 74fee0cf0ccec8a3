"""Addresses as one another: which spellings of an e-mail, a phone or a postal one lead to the same place."""

import re
from functools import lru_cache

from legalcity.lib.reading.phones import phone_key
from legalcity.lib.text import folded

_OF_PHONES = re.compile(r"[\d+][\d\s().+/-]*")
_WORD = re.compile(r"\w+")
_LEAST_WORDS = 3  # of a postal address: a town alone is none

# Mail servers that read no points before the @.
_WITHOUT_POINTS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


@lru_cache(maxsize=1000)  # One case is asked about several times in a row
def plain_address(address: str) -> str:
    """An address, or a number, as it is compared: without case, accents and blanks around."""
    return folded(address.strip())


@lru_cache(maxsize=1000)
def mailbox_of(address: str) -> str:
    """The mailbox that an address leads to: `Ann+bills@example.com.` is `ann@example.com`. No e-mail stays as it is."""
    plain = plain_address(address)
    local, at, domain = plain.rpartition("@")
    if not at or not local:
        return plain
    domain = _ascii(domain.strip().rstrip("."))
    local = local.strip().strip('"').partition("+")[0] or local
    if domain in _WITHOUT_POINTS:
        local, domain = local.replace(".", ""), _WITHOUT_POINTS[domain]
    return f"{local}@{domain}"


@lru_cache(maxsize=1000)
def reached_at(address: str) -> str:
    """By what an e-mail or a phone is the same, however spelled: its mailbox, its number; empty for a postal one."""
    return mailbox_of(address) if "@" in address else _phone(plain_address(address))


@lru_cache(maxsize=1000)
def is_same_place(known: str, to: str) -> bool:
    """Whether what people know of the address `known` holds for what goes `to` one.

    A phone is the same however it is spelled, a postal address with and without the name that stands before it.
    """
    one, other = plain_address(known), plain_address(to)
    if one == other or "@" in one or "@" in other:
        return one == other
    if phone := _phone(one):
        return phone == _phone(other)
    words = _words(one.removesuffix("france"))
    return words.count(" ") > _LEAST_WORDS and words in _words(other)


def is_asked_to_leave(known: str, to: str) -> bool:
    """The same of an address that nobody is to write to: it is so in each spelling that leads to its mailbox."""
    return mailbox_of(known) == mailbox_of(to) or is_same_place(known, to)


def _words(plain: str) -> str:
    """`" 3 rue haute 69001 lyon "`."""
    words = " ".join(_WORD.findall(plain))
    return f" {words} "


def _phone(plain: str) -> str:
    return phone_key(plain) if _OF_PHONES.fullmatch(plain) else ""


def _ascii(domain: str) -> str:
    """An internationalized domain as servers know it, read back: both spellings are one."""
    try:
        return folded(domain.encode("idna").decode("ascii").encode("ascii").decode("idna"))
    except UnicodeError:
        return domain
