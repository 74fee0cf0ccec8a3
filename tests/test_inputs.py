"""The tables of docs/inputs.md: every row is put through its reader."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from legalcity.lib.reading import Manner, Unreadable
from legalcity.lib.reading.days import read_day
from legalcity.lib.reading.emails import read_email
from legalcity.lib.reading.identifiers import (
    SIRET,
    in_fours,
    known,
    read_bic,
    read_digits,
    read_iban,
    read_siren,
    read_vat,
)
from legalcity.lib.reading.money import PERCENT, read_amount
from legalcity.lib.reading.phones import read_phone
from legalcity.lib.reading.texts import read_lines, read_text

PAGE = Path(settings.BASE_DIR) / "docs" / "inputs.md"
BY_MANNER: dict[str, Callable[..., Any]] = {
    "Money": read_amount,
    "Percentages": partial(read_amount, digits=3, grouped=False, units=PERCENT),
    "Days": read_day,
}
BY_NAME: dict[str, Callable[[str], str]] = {
    "SIREN": read_siren,
    "SIRET": partial(read_digits, length=SIRET),
    "VAT": read_vat,
    "IBAN": read_iban,
    "BIC": read_bic,
    "text": read_text,
    "lines": read_lines,
    "phone": read_phone,
    "e-mail": read_email,
}
ESCAPE = re.compile(r"\\u([0-9a-f]{4})")


def _sent(cell: str) -> str:
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)), cell.removeprefix("`").removesuffix("`"))


def _rows() -> Iterator[Any]:
    """Reader, what is sent, what the page says becomes of it."""
    heading = ""
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            heading = line.removeprefix("## ")
        elif line.startswith("|") and "`" in line:
            first, second, third = (cell.strip() for cell in line.strip("|").split("|"))
            if heading in BY_MANNER:
                for manner, told in zip(Manner, (second, third), strict=True):
                    reader = partial(BY_MANNER[heading], manner=manner)
                    yield pytest.param(reader, _sent(first), told, id=f"{heading} {first} {manner}")
            else:
                yield pytest.param(BY_NAME[first], _sent(second), third, id=f"{first} {second}")


ROWS = list(_rows())


def _told(reader: Callable[[str], Any], sent: str) -> str:
    try:
        return str(reader(sent))
    except Unreadable as error:
        readings = [str(error.values[name]) for name in ("whole", "decimal") if name in error.values]
        return " ".join(["no:", error.code, *readings])


@pytest.mark.parametrize(("reader", "sent", "told"), ROWS)
def test_the_page_tells_what_becomes_of_it(reader: Callable[[str], Any], sent: str, told: str) -> None:
    assert _told(reader, sent) == _sent(told)


def test_the_page_has_every_reader_and_every_code_of_refusal() -> None:
    assert len(ROWS) > 120
    page = PAGE.read_text()
    assert {name for name in BY_NAME if f"\n| {name} | `" not in page} == set()
    codes = {"invalid", "two_ways", "negative", "decimals", "digits", "range", "short_year", "length"}
    codes |= {"not_vat", "not_iban", "not_bic", "not_email", "unstorable"}
    assert {code for code in codes if f"no: {code}" not in page} == set()


def test_what_was_read_is_read_the_same_again() -> None:
    for row in ROWS:
        reader, sent, _said = row.values
        try:
            value = reader(sent)
        except Unreadable:
            continue
        assert reader(value) == value, (sent, value)


def test_an_account_is_grouped_for_show_only() -> None:
    iban = "FR7630006000011234567890189"
    shown = in_fours(iban)
    assert shown == "FR76 3000 6000 0112 3456 7890 189"
    assert in_fours(shown) == shown
    assert (read_iban(shown), known(read_iban, shown), known(read_iban, "nobody's")) == (iban, iban, "")
