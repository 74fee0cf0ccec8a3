"""Which countries and territories the law puts together, by their ISO 3166-1 codes."""

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
