"""How much of PostgreSQL's log of writes is finished and not in its archive yet, where it keeps one."""

from collections.abc import Mapping

from django.db import connection

NUMBER = """
    ('x' || substr({0}, 17, 8))::bit(32)::bigint + ('x' || substr({0}, 9, 8))::bit(32)::bigint
        * ((1::bigint << 32) / pg_size_bytes(current_setting('wal_segment_size')))
"""  # of a segment by its name: the timeline, which 4 GiB of the log, which part of those
# From the last segment that was kept (where none ever was, from the one that failed) to the one that is written. After
# a recovery the last thing kept may be the history of timelines, until the first segment is.
WAITING = f"""
    WITH names (written, kept, failed) AS (
        SELECT pg_walfile_name(pg_current_wal_lsn()), substring(last_archived_wal FROM '^[0-9A-F]{{24}}'),
            substring(last_failed_wal FROM '^[0-9A-F]{{24}}')
        FROM pg_stat_archiver WHERE current_setting('archive_mode') <> 'off'
    ), numbers (written, kept, failed) AS (
        SELECT {", ".join(map(NUMBER.format, ("written", "kept", "failed")))} FROM names
    )
    SELECT greatest(0, written - coalesce(kept + 1, failed)) FROM numbers WHERE coalesce(kept, failed) IS NOT NULL
"""  # noqa: S608 - names of ours


def waiting_segments() -> Mapping[str, float]:
    """How many segments wait, under the empty label; nothing where there is no archive."""
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        row = cursor.fetchone()
    return {"": float(row[0])} if row else {}
