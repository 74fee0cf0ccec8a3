"""The ledger is written once: the database refuses to change a line, and to remove one.

SQLite, the embedded default, refuses changes only: emptying tables (`flush`) is a deletion of rows there.
"""

from django.db import migrations

from legalcity.lib.migrations import SqlOf

TABLE = "scoring_tokenentry"
REFUSAL = "token movements are never changed"


class Migration(migrations.Migration):
    dependencies = [("scoring", "0002_orders_and_surveillance")]

    operations = [
        SqlOf(
            "postgresql",
            f"""
            CREATE FUNCTION scoring_ledger_stands() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$;
            CREATE TRIGGER scoring_ledger_stands BEFORE UPDATE OR DELETE ON {TABLE}
            FOR EACH ROW EXECUTE FUNCTION scoring_ledger_stands();
            """,
            f"DROP TRIGGER scoring_ledger_stands ON {TABLE}; DROP FUNCTION scoring_ledger_stands();",
        ),
        SqlOf(
            "sqlite",
            f"""
            CREATE TRIGGER scoring_ledger_stands BEFORE UPDATE ON {TABLE}
            BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END;
            """,
            "DROP TRIGGER scoring_ledger_stands;",
        ),
    ]
