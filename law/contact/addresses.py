"""E-mail addresses as one another: which spellings lead to the same mailbox."""

from functools import lru_cache

from legalcity.lib.text import folded

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


def _ascii(domain: str) -> str:
    """An internationalized domain as servers know it, read back: both spellings are one."""
    try:
        return folded(domain.encode("idna").decode("ascii").encode("ascii").decode("idna"))
    except UnicodeError:
        return domain
