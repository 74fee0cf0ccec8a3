"""Places of events go on from one database server to another: each counts its transactions from its own beginning.

A dump takes events along, and not the counter of transactions that their order hangs on. So what is kept of an event
is the number of its transaction and what was counted before this server: `events_place()`, which writes down that once
for each server, or rather for each table, since a dump may come back to the server that it was taken from.

What happened after the dump is lost, and clients have read it. So numbers go on with a GAP that no server lives to
count through: places are behind all cursors, and no id is given twice.
"""

from typing import Any

from django.db import migrations, models

# The table has an oid of its own wherever it is made, the server an identifier: together they are never met twice.
HERE = """
    server = (SELECT system_identifier::text FROM pg_control_system())
    AND relation = 'events_event'::regclass::oid::bigint
"""
GAP = 1 << 40
FUNCTIONS = f"""
    CREATE FUNCTION events_counted_before() RETURNS bigint STABLE LANGUAGE plpgsql AS $$
    BEGIN
        RETURN (SELECT counted_before FROM events_server WHERE {HERE});
    END $$;

    CREATE FUNCTION events_place() RETURNS bigint VOLATILE LANGUAGE plpgsql AS $$
    DECLARE
        before bigint := events_counted_before();
        furthest bigint;
    BEGIN
        IF before IS NULL THEN
            -- The first event that is written here: whoever comes meanwhile waits, and finds the row.
            LOCK TABLE events_server IN SHARE ROW EXCLUSIVE MODE;
            before := events_counted_before();
            IF before IS NULL THEN
                furthest := (SELECT max(xact) FROM events_event);
                before := COALESCE(furthest + {GAP}, 0);
                INSERT INTO events_server (server, relation, counted_before)
                SELECT system_identifier::text, 'events_event'::regclass::oid::bigint, before
                FROM pg_control_system();
                IF furthest IS NOT NULL THEN
                    PERFORM setval(sequence, nextval(sequence) + {GAP})
                    FROM (SELECT pg_get_serial_sequence('events_event', 'id') AS sequence) AS ids;
                END IF;
            END IF;
        END IF;
        RETURN before + pg_current_xact_id()::text::bigint;
    END $$;
"""  # noqa: S608 - names of ours
# Where all events there are were written here, they keep their places. Those of a dump that was just restored are ahead
# of this server: the first event that is written counts on from behind them.
BEGIN = """
    INSERT INTO events_server (server, relation, counted_before)
    SELECT (SELECT system_identifier::text FROM pg_control_system()), 'events_event'::regclass::oid::bigint, 0
    WHERE NOT EXISTS (SELECT 1 FROM events_event WHERE xact > pg_current_xact_id()::text::bigint)
"""
DROP = "DROP FUNCTION events_place(); DROP FUNCTION events_counted_before();"


def on_postgresql(*statements: str) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for statement in statements:
                schema_editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("events", "0022_statistics_of_the_feed")]

    operations = [
        migrations.CreateModel(
            name="Server",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("server", models.CharField(max_length=20, verbose_name="server")),
                ("relation", models.BigIntegerField(verbose_name="table (oid)")),
                ("counted_before", models.BigIntegerField(verbose_name="counted before")),
            ],
            options={
                "verbose_name": "database server",
                "verbose_name_plural": "database servers",
                "constraints": [models.UniqueConstraint(fields=("server", "relation"), name="event_server_once")],
            },
        ),
        migrations.RunPython(on_postgresql(FUNCTIONS, BEGIN), on_postgresql(DROP)),
    ]
