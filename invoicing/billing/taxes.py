"""Which VAT a service of the firm bears: by where its client is, and what the client is to VAT. Pure.

The rates and articles are rows that staff correct (`VatRule`); here is how the closest one is found.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from law.territories import territory_of
from legalcity.lib.countries import EU, countries
from legalcity.lib.reading.identifiers import known, read_vat

OUTLAY = "outlay"  # disbursements in the client's name stay out of the base: CGI, article 267, II, 2°
# The same beside a service that is not subject to VAT: EN 16931 lets category O stand with no other (BR-O-11).
OUTLAY_NOT_SUBJECT = "outlay-not-subject"
REVERSE_CHARGE = "AE"  # UNTDID 5305
FRANCE = frozenset({"FR", "MC"})  # Monaco counts as France (Directive 2006/112/EC, article 7)
UNION, WORLD = "EU", "*"
IDENTIFIED, BUSINESS, PERSON = "identified", "business", "person"

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Standing:
    """What VAT looks at of a client: its billing address, its number, whether it is a private person."""

    country: str
    postal_code: str = ""
    vat_number: str = ""
    is_person: bool = False

    @property
    def territory(self) -> str:
        """Where it is, by ISO code; empty where the country is none."""
        country = self.country.strip().upper()
        return territory_of(country, self.postal_code) if country in countries() else ""

    @property
    def is_identified(self) -> bool:
        """Whether it is a business of another member state with a VAT number of one (CGI, article 283, 2)."""
        number = known(read_vat, self.vat_number)
        state = {"EL": "GR"}.get(number[:2], number[:2])
        others = EU - FRANCE
        return not self.is_person and self.territory in others and state in others


def vat_rule(rules: Mapping[tuple[str, str], Row], client: Standing) -> Row | None:
    """The closest of `rules` (by place and kind of client). None where the country is unknown, or no row fits."""
    return next((rules[key] for key in _closest_first(client) if key in rules), None)


def _closest_first(client: Standing) -> Iterator[tuple[str, str]]:
    territory = client.territory
    places = (territory, *((UNION,) if territory in EU else ()), WORLD) if territory else ()
    kinds = (PERSON,) if client.is_person else ((IDENTIFIED, BUSINESS) if client.is_identified else (BUSINESS,))
    for kind in kinds:
        for place in places:
            yield place, kind
