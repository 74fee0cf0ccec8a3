"""Phone numbers, as people write them: with points, spaces, brackets, a country, an extension or a word."""

import re

import phonenumbers

from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.texts import read_text

LIMIT = 32  # characters
HOME = "FR"  # whose number it is, where no country is written
# What most people write, which needs no table of the world's numbers.
_FRENCH = re.compile(r"(?:\+33|0033|0)([1-9][0-9]{8})")
_WORD_BEHIND = re.compile(r"(?<=\d)\D*?[^\W\d_].*")
_SPACING = str.maketrans("", "", " .-/\u00a0\u202f")
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


def phone_key(text: str) -> str:
    """By what a number is found, however it is spelled: `0` and the number within its country; empty for no number.

    `"+33 6 12 34 56 78"`, `"06.12.34.56.78"` and `"0033612345678 (portable)"` give `"0612345678"`.
    """
    if french := _FRENCH.fullmatch(text.translate(_SPACING)):
        return f"0{french[1]}"
    try:
        number = phonenumbers.parse(_WORD_BEHIND.sub("", text), HOME)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return f"0{phonenumbers.national_significant_number(number).removeprefix('0')}"


def phone_dialled(text: str) -> str:
    """As a telephone takes it, for a link: digits, and the sign of a country; empty for no number."""
    number = _WORD_BEHIND.sub("", text).replace("(0)", "") if phone_key(text) else ""
    return "".join(char for char in number if char in "+0123456789")
