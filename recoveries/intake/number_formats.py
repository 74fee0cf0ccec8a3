"""Numbers of cells as spreadsheet programs show them: postal codes with their zeros, phones in groups."""

import re
from decimal import ROUND_HALF_UP, Decimal

# A piece of a format: quoted text, an escaped sign, a space as wide as a sign, filling, or a sign by itself.
_PIECES = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|([0#?])|(.)', re.DOTALL)
_BRACKETS = re.compile(r"\[[^\]]*\]")  # Colours, conditions, currencies, languages.
_SECTIONS = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')  # Of positive numbers, negative ones, zero, texts.
_QUOTED = re.compile(r'"[^"]*"|\\.')
Piece = tuple[str, bool]  # a text, and whether it is the place of a digit
PLACES = 20  # beyond which no format of a text goes


def is_percent(form: str) -> bool:
    """Whether a number is shown as so many of a hundred."""
    return "%" in _QUOTED.sub("", form)


def shown(number: Decimal, form: str) -> str:
    """`number` by the format `form` (`00000`, `0#" "##" "##`); in full where the format is of another kind.

    Groups of thousands are left out: no text that names something has them.
    """
    section = _BRACKETS.sub("", _SECTIONS.split(form)[0])
    bare = _QUOTED.sub("", section).upper()
    whole, decimals = _pieces(section)
    places = sum(is_digit for _sign, is_digit in decimals)
    if places > PLACES or not any(is_digit for _sign, is_digit in whole) or any(sign in bare for sign in "@E/"):
        return f"{number:f}"
    rounded = abs(number).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    before, _point, after = f"{rounded:f}".partition(".")
    text = (_whole(whole, before.lstrip("0")) + _decimals(decimals, after)).strip()
    return f"-{text}" if number < 0 else text


def _pieces(section: str) -> tuple[list[Piece], list[Piece]]:
    """What stands before and after the decimal point: texts, and the places of digits."""
    parts: tuple[list[Piece], list[Piece]] = ([], [])
    has_point = False
    for found in _PIECES.finditer(section):
        quoted, escaped, place, sign = found.groups()
        if sign == "." and not has_point:
            has_point = True
        elif sign != ",":
            parts[has_point].append((quoted or escaped or place or sign or "", place is not None))
    return parts


def _whole(pieces: list[Piece], digits: str) -> str:
    """The digits in their places, from the right; the first place holds all that are left."""
    first = next(index for index, (_sign, is_digit) in enumerate(pieces) if is_digit)
    text = ""
    for index, (sign, is_digit) in reversed(list(enumerate(pieces))):
        if not is_digit:
            text = sign + text
        elif index == first:
            text = (digits or ("0" if sign == "0" else "")) + text
        else:
            text = (digits[-1:] or ("0" if sign == "0" else "")) + text
            digits = digits[:-1]
    return text


def _decimals(pieces: list[Piece], digits: str) -> str:
    """The decimals behind their point, those that need not be shown only where they are not zero."""
    text, rest = "", digits
    for sign, is_digit in pieces:
        if is_digit:
            digit, rest = rest[:1], rest[1:]
            text += digit if sign == "0" or digit.strip("0") or rest.strip("0") else ""
        else:
            text += sign
    return f".{text}" if any(char.isdigit() for char in text) else text
