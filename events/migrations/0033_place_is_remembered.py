"""A session remembers what was counted before its server: asking anew was a sixth of what recording an event took.

A session is one of one server, pooled or not, and the table's number stands before what it remembers: one that was
made anew has another. What a transaction has found it forgets when it is undone.
"""

from typing import Any

from django.db import migrations

SETTING = "legalcity.events_counted_before"  # of the session: `oid of the table:counted before`
QUESTION = """
    (SELECT counted_before FROM events_server
     WHERE server = (SELECT system_identifier::text FROM pg_control_system())
         AND relation = 'events_event'::regclass::oid::bigint)
"""
ASKED = f"""
    CREATE OR REPLACE FUNCTION events_counted_before() RETURNS bigint STABLE LANGUAGE plpgsql AS $$
    BEGIN
        RETURN {QUESTION};
    END $$;
"""
REMEMBERED = f"""
    CREATE OR REPLACE FUNCTION events_counted_before() RETURNS bigint STABLE LANGUAGE plpgsql AS $$
    DECLARE
        here text := 'events_event'::regclass::oid || ':';
        known text := current_setting('{SETTING}', true);
        counted bigint;
    BEGIN
        IF starts_with(known, here) THEN
            RETURN substr(known, length(here) + 1)::bigint;
        END IF;
        counted := {QUESTION};
        IF counted IS NOT NULL THEN
            PERFORM set_config('{SETTING}', here || counted, false);
        END IF;
        RETURN counted;
    END $$;
"""


def on_postgresql(statement: str) -> Any:
    def run(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statement, params=None)

    return run


class Migration(migrations.Migration):
    dependencies = [("events", "0032_slow_endpoints")]

    operations = [migrations.RunPython(on_postgresql(REMEMBERED), on_postgresql(ASKED))]
