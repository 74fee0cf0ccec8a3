"""How far events may be read: before the oldest transaction that may still commit some.

Ids are given before the commit, and so is `xact`; who reads in the order of `(xact, id)` up to here misses nothing:
whatever commits later comes later. `xact` is the number of the transaction, and what was counted before this server:
one that a dump is restored into counts from its own beginning, and its first event finds how far it was elsewhere
(`events_place()`). Before that one all events are those of the dump.
"""

# The oldest of those that run in the snapshot, but for who is seen to work in another database of the server, which
# writes none of ours; and the reader's own, which may be undone. Who has ended since the snapshot is seen nowhere, and
# counts. On SQLite writers take turns: whatever is there was committed in the order of ids.
COMMITTED = {
    "postgresql": """
        xact < (
            SELECT COALESCE(events_counted_before() + LEAST(
                min(xid),
                pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
                pg_current_xact_id_if_assigned()::text::bigint
            ), 9223372036854775807)
            FROM (SELECT xip::text::bigint FROM pg_snapshot_xip(pg_current_snapshot()) AS xip) AS running (xid)
            WHERE NOT EXISTS (
                SELECT FROM pg_stat_activity
                WHERE backend_xid::text::bigint = mod(xid, 4294967296) AND datname <> current_database()
            )
        )
    """,
    "sqlite": "1 = 1",
}
# For how long the oldest of them has run, in seconds; prepared ones are nobody's session.
LAG = """
    SELECT COALESCE(EXTRACT(EPOCH FROM clock_timestamp() - min(began)), 0) FROM (
        SELECT xact_start AS began FROM pg_stat_activity
        WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND datname = current_database()
        UNION ALL SELECT prepared FROM pg_prepared_xacts
    ) AS held
"""
