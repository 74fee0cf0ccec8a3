"""Which countries and territories the law puts together, by their ISO 3166-1 codes."""

from functools import lru_cache

from legalcity.lib.countries import EU

# Where the European order for payment exists: Regulation (EC) 1896/2006, article 2(3), leaves Denmark out.
EUROPEAN_ORDER_STATES = EU - {"DK"}

# The places overseas that article 643 of the Code de procédure civile lists (one more month to oppose).
OVERSEAS = frozenset({
    "GP", "GF", "MQ", "RE", "YT", "BL", "MF", "PM", "PF", "WF", "NC", "TF",
})  # fmt: skip

# The parts of France overseas that are parts of the European Union (Treaty on its functioning, article 349).
OUTERMOST_REGIONS = frozenset({"GP", "MQ", "GF", "RE", "YT", "MF"})

# Where a debtor is "in France" for the national procedure: where the Code de procédure civile applies.
# New Caledonia and French Polynesia have codes of their own and make their own civil procedure; nobody has a home
# in the southern territories. Wallis and Futuna: article 1575 of the Code de procédure civile.
NATIONAL_PROCEDURE = frozenset({"FR"}) | OVERSEAS - {"NC", "PF", "TF"}

# French postal codes overseas: three digits name the territory, but for two islands that kept those of Guadeloupe.
_POSTAL = {
    "971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM", "976": "YT", "977": "BL", "978": "MF",
    "984": "TF", "986": "WF", "987": "PF", "988": "NC",
}  # fmt: skip
_POSTAL_ISLANDS = {"97133": "BL", "97150": "MF"}
_POSTAL_LENGTH = 5


@lru_cache(maxsize=20_000)
def territory_of(country: str, postal_code: str) -> str:
    """The ISO code of where an address is: of a French one the territory overseas that its postal code names.

    People write Saint-Denis de La Réunion with the country France as often as with Réunion.
    """
    code = "".join(postal_code.split())
    if country != "FR" or len(code) != _POSTAL_LENGTH or not code.isdecimal():
        return country
    return _POSTAL_ISLANDS.get(code) or _POSTAL.get(code[:3], country)
