"""Numbers that name companies and accounts: SIREN, SIRET, VAT number, IBAN, BIC.

Each has one normal form: NFC, without white space and format characters, in upper case. Groups are for show only.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from stdnum import bic as bic_number
from stdnum import iban as iban_number
from stdnum import numdb
from stdnum.eu import vat as union_vat
from stdnum.fr import siren as siren_number

from legalcity.lib.reading import Unreadable
from legalcity.lib.reading.texts import cleaned

SIREN, SIRET = 9, 14  # digits
GROUP = 4  # characters of an IBAN as it is printed

_VAT = re.compile(r"[A-Z]{2}[A-Z0-9]{2,18}")
_RIB = re.compile(r"[0-9]{10}[0-9A-Z]{11}[0-9]{2}")
_AS_DIGITS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
_UNION = frozenset({*(state.upper() for state in union_vat.MEMBER_STATES), "EL"})


def compact(text: str) -> str:
    """The normal form of an identifier."""
    return "".join(cleaned(text).split()).upper()


def read_digits(text: str, *, length: int) -> str:
    """A code of exactly `length` digits. Raises Unreadable: `length` (length), `digits`."""
    number = compact(text)
    if len(number) != length:
        raise Unreadable("length", length=length)
    if not (number.isascii() and number.isdigit()):
        raise Unreadable("digits")
    return number


def read_siren(text: str) -> str:
    """A SIREN: nine digits, whatever the check digit says. Raises Unreadable as `read_digits`."""
    return read_digits(text, length=SIREN)


def is_real_siren(siren: str) -> bool:
    """True when the check digit is right (Luhn over nine digits; INSEE)."""
    return bool(siren_number.is_valid(siren))


def read_iban(text: str) -> str:
    """An IBAN whose country, length and check digits (mod 97, ISO 13616) fit. Raises Unreadable: `not_iban`."""
    number = compact(text)
    if not (_is_plain(number) and iban_number.is_valid(number)):
        raise Unreadable("not_iban")
    return number


@lru_cache(maxsize=800)
def iban_size(country: str) -> int:
    """How many characters an IBAN of a country (`fr`, `FR`) has; 0 where there is none."""
    rows = numdb.get("iban").info(country.upper())
    parts = re.findall(r"(\d+)!", rows[0][1].get("bban", ""))
    return 4 + sum(map(int, parts)) if parts else 0


def iban_of_rib(rib: str) -> str:
    """The IBAN of a French account: five digits of the bank, five of the branch, eleven signs, a key of two digits.

    Empty where the key does not fit (97 less the rest of 89 × bank + 15 × branch + 3 × account, letters as digits).
    """
    number = compact(rib)
    if not _RIB.fullmatch(number):
        return ""
    account = int(number[10:21].translate(_AS_DIGITS))
    if 97 - (89 * int(number[:5]) + 15 * int(number[5:10]) + 3 * account) % 97 != int(number[21:]):
        return ""
    return known(read_iban, f"FR{iban_number.calc_check_digits(f'FR00{number}')}{number}")


def read_bic(text: str) -> str:
    """A BIC of eight or eleven characters (ISO 9362). Raises Unreadable: `not_bic`."""
    number = compact(text)
    if not (_is_plain(number) and bic_number.is_valid(number)):
        raise Unreadable("not_bic")
    return number


def read_vat(text: str) -> str:
    """A VAT number: country and number; the key of the Union's is checked. Raises Unreadable: `not_vat`."""
    number = compact(text)
    is_known = number[:2] in _UNION
    if not _VAT.fullmatch(number) or (is_known and not (union_vat.is_valid(number) or _is_french(number))):
        raise Unreadable("not_vat")
    return number


def _is_french(number: str) -> bool:
    """A French VAT number by its key alone (CGI, annexe IV, article 157 bis A).

    The library wants the check digit of the SIREN too, which a few real companies do not have.
    """
    key, siren = number[2:4], number[4:]
    if not (number.startswith("FR") and key.isdecimal() and siren.isdecimal() and len(siren) == SIREN):
        return False
    return int(key) == (12 + 3 * (int(siren) % 97)) % 97


def _is_plain(number: str) -> bool:
    """Letters and digits of ASCII only: the library looks past points and hyphens, the normal form has none."""
    return number.isascii() and number.isalnum()


def known(read: Callable[[str], str], text: object) -> str:
    """What is stored, by its reader; empty when it cannot be read. For pages, which a bad value never takes down."""
    try:
        return read(str(text))
    except Unreadable:
        return ""


def in_fours(iban: str) -> str:
    """An IBAN as people read it: `FR76 3000 6000 …`. Any other text in its normal form, grouped likewise."""
    number = compact(iban)
    return " ".join(number[start : start + GROUP] for start in range(0, len(number), GROUP))
