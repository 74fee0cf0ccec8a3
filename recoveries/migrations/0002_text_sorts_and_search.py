"""Indexes that the two kinds of database spell differently: sorts by text, and the search.

The search index leads with the owner, so that a large account's names do not slow a small one's search.
"""

from django.contrib.postgres.operations import BtreeGinExtension, TrigramExtension
from django.db import migrations

from legalcity.lib.migrations import SqlOf, text_index

TABLE = "recoveries_recovery"


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0001_cases")]

    operations = [
        *text_index("recovery_by_service", TABLE, "recovery_service_object"),
        *text_index("recovery_by_debtor_name", TABLE, "debtor_name"),
        *text_index("recovery_by_debtor_company", TABLE, "debtor_company"),
        *text_index("recovery_by_customer_company", TABLE, "customer_company"),
        TrigramExtension(),
        BtreeGinExtension(),
        SqlOf(
            "postgresql",
            f"CREATE INDEX recovery_search ON {TABLE} USING gin (owner_id, search_text gin_trgm_ops)",
            "DROP INDEX IF EXISTS recovery_search",
        ),
        # Index-only reads need a fresh visibility map.
        SqlOf(
            "postgresql",
            f"ALTER TABLE {TABLE} SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02, "
            "autovacuum_vacuum_insert_scale_factor = 0.02)",
            f"ALTER TABLE {TABLE} RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor, "
            "autovacuum_vacuum_insert_scale_factor)",
        ),
    ]
