"""E-mail addresses."""

import idna
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.texts import read_text

LIMIT = 254  # characters (RFC 5321, 4.5.3.1.3, without its brackets)
LOCAL_LIMIT = 64  # octets before the @ (RFC 5321, 4.5.3.1.1)


def read_email(text: str) -> str:
    """An address that a mail server takes. Raises Unreadable as for texts, and `not_email`."""
    address = read_text(text, limit=LIMIT)
    local, _at, domain = address.rpartition("@")
    # Without regard to case `İ`, `ı`, `ſ` and the sign of kelvin pass for letters of ASCII, which they are not.
    if not local.isascii() or len(local) > LOCAL_LIMIT or not _is_domain(domain):
        raise Unreadable("not_email")
    try:
        validate_email(address)
    except ValidationError as error:
        raise Unreadable("not_email") from error
    return address


def _is_domain(domain: str) -> bool:
    """Whether `domain` is a name, not an address of a machine; with other letters than ASCII's by IDNA 2008."""
    if domain.isascii():
        return not domain.startswith("[")
    try:
        idna.encode(domain, uts46=True)
    except idna.IDNAError:
        return False
    return True
