"""Searches of clients: an index that carries the texts of an account's cases, so that they are counted without rows.

A row of an index holds 2,704 bytes, so it carries texts of up to 2,000; cases with longer ones, of more than a hundred
invoices, have a small index of their own. How many are of either kind the planner would guess. PostgreSQL only.
"""

from django.db import migrations

from legalcity.lib.migrations import SqlOf

TABLE = "recoveries_recovery"
LENGTH = "octet_length(search_text)"
INDEXES = {
    "recovery_texts": f"(owner_id) INCLUDE (status_id, search_text, id) WHERE {LENGTH} <= 2000",
    "recovery_long_texts": f"(owner_id) WHERE {LENGTH} > 2000",
}
STATISTICS = "recovery_text_length"


def _index(name: str, definition: str) -> SqlOf:
    """Nobody waits for it; one that was left half built is made anew."""
    drop = f"DROP INDEX CONCURRENTLY IF EXISTS {name}"
    return SqlOf("postgresql", [drop, f"CREATE INDEX CONCURRENTLY {name} ON {TABLE} {definition}"], drop)


def _vacuumed_at(share: str) -> str:
    """Who reads an index alone looks up the rows of each page that was written to since it was last vacuumed."""
    return f"ALTER TABLE {TABLE} SET (autovacuum_vacuum_scale_factor = {share})"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("recoveries", "0087_printed_cases")]

    operations = [
        *(_index(name, definition) for name, definition in INDEXES.items()),
        SqlOf("postgresql", _vacuumed_at("0.005"), _vacuumed_at("0.02")),
        SqlOf(
            "postgresql",
            [
                f"DROP STATISTICS IF EXISTS {STATISTICS}",
                f"CREATE STATISTICS {STATISTICS} ON ({LENGTH}) FROM {TABLE}",
                f"ANALYZE {TABLE}",
            ],
            f"DROP STATISTICS IF EXISTS {STATISTICS}",
        ),
    ]
