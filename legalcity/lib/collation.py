"""The order in which readers expect text, as each kind of database names it.

Indexes for the sort of a list are built with it (`legalcity.lib.migrations.text_index`): they serve a query that
names the same collation.
"""

TEXT_ORDER = {
    # The collation is the one of ICU for French: case and accents as a French reader expects, on any server.
    "postgresql": "fr-x-icu",
    "sqlite": "NOCASE",
}
