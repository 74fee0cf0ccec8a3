"""Phone numbers, as people write them: with points, spaces, brackets, a country, an extension or a word."""

import phonenumbers

from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.texts import read_text

LIMIT = 32  # characters
# In some countries (the United States) nobody can tell a mobile phone from another one.
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def read_phone(text: str, *, limit: int = LIMIT) -> str:
    """The number as written, cleaned as texts are: clients write "n/a" too. Raises Unreadable as for texts."""
    return read_text(text, limit=limit)


def read_mobile(text: str, *, region: str) -> str:
    """The number as networks know it (E.164: `+33612345678`), of a phone that takes text messages.

    `region` is the country (ISO 3166, two letters) of who wrote it without one. Raises Unreadable: `not_mobile`.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise Unreadable("not_mobile") from error
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in _MOBILE:
        raise Unreadable("not_mobile")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
