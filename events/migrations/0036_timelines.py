"""A server that was brought back to an earlier moment counts as another one: it is named with its timeline.

Point-in-time recovery, and a replica that takes the place of its primary, keep the server's identifier and the table's
number, and count transactions from that moment on again. Clients have read beyond it: what came next would stand before
their cursors, and never be read. PostgreSQL gives such a server a new timeline.

Whoever goes back twice to the same moment would go on from the same place twice. So places, and ids of events, go on
from the clock, where that is further than the GAP: 2^31 of them for each second, which lasts until 2106.
"""

from importlib import import_module

from django.db import migrations, models

from legalcity.lib.migrations import SqlOf

GAP = 1 << 40
HERE = """
    server = (SELECT system_identifier::text FROM pg_control_system())
    AND relation = 'events_event'::regclass::oid::bigint
"""
# The file that is being written names it at once, what is kept of the last checkpoint some minutes later.
TIMELINE = """
    CREATE FUNCTION events_timeline() RETURNS integer STABLE LANGUAGE plpgsql AS $$
    BEGIN
        IF pg_is_in_recovery() THEN
            RETURN (SELECT timeline_id FROM pg_control_checkpoint());
        END IF;
        RETURN ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::integer;
    END $$;
"""
# Who was here before the migration is here still.
AT_HOME = f"UPDATE events_server SET timeline = events_timeline() WHERE {HERE}"  # noqa: S608 - names of ours
COUNTED_BEFORE = """
    CREATE OR REPLACE FUNCTION events_counted_before() RETURNS bigint STABLE LANGUAGE plpgsql AS $$
    DECLARE
        here text := 'events_event'::regclass::oid || ':';
        known text := current_setting('legalcity.events_counted_before', true);
        counted bigint;
    BEGIN
        IF starts_with(known, here) THEN
            RETURN substr(known, length(here) + 1)::bigint;
        END IF;
        counted := (SELECT counted_before FROM events_server WHERE {here});
        -- Sessions outlive that a replica takes the place of its primary.
        IF counted IS NOT NULL AND NOT pg_is_in_recovery() THEN
            PERFORM set_config('legalcity.events_counted_before', here || counted, false);
        END IF;
        RETURN counted;
    END $$;
"""
GO_ON = f"""
    CREATE FUNCTION events_go_on() RETURNS bigint VOLATILE LANGUAGE plpgsql AS $$
    DECLARE
        furthest bigint := (SELECT max(xact) FROM events_event);
        by_clock bigint := extract(epoch FROM clock_timestamp())::bigint << 31;
        -- Where none was written there were others elsewhere, that are lost or past their time.
        is_first boolean := furthest IS NULL AND NOT EXISTS (SELECT FROM events_server);
        before bigint := CASE WHEN is_first THEN 0 ELSE greatest(furthest + {GAP}, by_clock) END;
    BEGIN
        INSERT INTO events_server (server, relation, timeline, counted_before)
        SELECT system_identifier::text, 'events_event'::regclass::oid::bigint, events_timeline(), before
        FROM pg_control_system()
        ON CONFLICT (server, relation, timeline) DO UPDATE SET counted_before = before;
        IF NOT is_first THEN
            PERFORM setval(sequence, greatest(nextval(sequence) + {GAP}, by_clock))
            FROM (SELECT pg_get_serial_sequence('events_event', 'id') AS sequence) AS ids;
        END IF;
        PERFORM set_config('legalcity.events_counted_before', '', false);  -- What this session remembers.
        RETURN before;
    END $$;
"""  # noqa: S608 - names of ours
PLACE = """
    CREATE OR REPLACE FUNCTION events_place() RETURNS bigint VOLATILE LANGUAGE plpgsql AS $$
    DECLARE
        before bigint := events_counted_before();
    BEGIN
        IF before IS NULL THEN
            -- The first event that is written here: whoever comes meanwhile waits, and finds the row.
            LOCK TABLE events_server IN SHARE ROW EXCLUSIVE MODE;
            before := coalesce(events_counted_before(), events_go_on());
        END IF;
        RETURN before + pg_current_xact_id()::text::bigint;
    END $$;
"""
# One row for each server and table again: that of its last timeline.
FORMER = """
    DELETE FROM events_server AS former USING events_server AS later
    WHERE (later.server, later.relation) = (former.server, former.relation) AND later.timeline > former.timeline
"""
BEFORE = [
    FORMER,
    "DROP FUNCTION events_place(); DROP FUNCTION events_go_on(); DROP FUNCTION events_counted_before(); "
    "DROP FUNCTION events_timeline()",
    import_module("events.migrations.0030_order_of_servers").FUNCTIONS,
    import_module("events.migrations.0033_place_is_remembered").REMEMBERED,
]
ON_TIMELINE = COUNTED_BEFORE.format(here=f"{HERE} AND timeline = events_timeline()")


class Migration(migrations.Migration):
    dependencies = [("events", "0035_past_that_was_loaded")]

    operations = [
        migrations.AddField(
            "server", "timeline", models.IntegerField(verbose_name="timeline", default=1, db_default=1)
        ),
        migrations.RemoveConstraint("server", "event_server_once"),
        migrations.AddConstraint(
            "server",
            models.UniqueConstraint(fields=("server", "relation", "timeline"), name="event_server_timeline_once"),
        ),
        SqlOf("postgresql", [TIMELINE, AT_HOME, ON_TIMELINE, GO_ON, PLACE], BEFORE),
    ]
