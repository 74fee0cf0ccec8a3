"""The bank accounts that words name, however they are printed: an IBAN, or the RIB that French banks hand out."""

import re
import unicodedata
from collections.abc import Iterator

from legalcity.lib.reading.identifiers import iban_of_rib, iban_size, known, read_iban

_START = re.compile(r"(?=([a-z]{2})\d{2})", re.IGNORECASE)
# Bank and branch of five digits, an account of eleven signs, a key of two digits: with words between them or not.
_EDGE, _END = r"(?<![\da-z])", r"(?![\da-z])"
_BETWEEN = rf"(?:[^\da-z]|{_EDGE}[a-z]+{_END}){{0,12}}?"
_ACCOUNT = r"([\da-z](?:[ .\-]?[\da-z]){10})"
_RIB = re.compile(rf"{_EDGE}(\d{{5}}){_BETWEEN}(\d{{5}}){_BETWEEN}{_ACCOUNT}{_BETWEEN}(\d\d){_END}", re.IGNORECASE)
# The same in groups of any other size.
_GROUPED = re.compile(
    rf"{_EDGE}((?:\d[ .\-]?){{10}}(?:[\da-z][ .\-]?){{11}}\d[ .\-]?\d)(?![ .\-]?[\da-z])", re.IGNORECASE
)


def accounts_in(text: str) -> list[str]:
    """The accounts that a text names, each as the IBAN that it has, in their order by kind."""
    shown = _shown(text)
    return list(dict.fromkeys((*_ibans(shown), *_ribs(shown))))


def _shown(text: str) -> str:
    """`text` as it looks: without signs that nobody sees, with digits of ASCII."""
    seen = (one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf")
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in seen)


def _ibans(shown: str) -> Iterator[str]:
    """Those that are left where all that is no letter and no digit is dropped.

    Half of such a run are digits, as of every account that a bank gives: words alone make none.
    """
    signs = "".join(re.findall(r"[\da-z]", shown, re.IGNORECASE))
    for start in _START.finditer(signs):
        number = signs[start.start() : start.start() + iban_size(start[1])]
        if 2 * sum(map(str.isdigit, number)) >= len(number) and (iban := known(read_iban, number)):
            yield iban


def _ribs(shown: str) -> Iterator[str]:
    for groups in (*_RIB.findall(shown), *_GROUPED.findall(shown)):
        rib = "".join(re.findall(r"[\da-z]", "".join(groups), re.IGNORECASE))
        if iban := iban_of_rib(rib):
            yield iban
