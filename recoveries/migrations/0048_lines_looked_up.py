"""The lines of a posting are looked up by it when they are held to add up, however many there are of others.

What was asked before left the choice to the planner, which at times read all lines of all postings with each new one.
"""

from django.db import migrations

from legalcity.lib.migrations import SqlOf

BALANCED = """
CREATE OR REPLACE FUNCTION ledger_line_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE wrong bigint;
BEGIN
    SELECT posting_id INTO wrong FROM (SELECT DISTINCT posting_id FROM fresh) touched,
        LATERAL (SELECT sum(debit) <> sum(credit) AS is_off FROM recoveries_line line
                 WHERE line.posting_id = touched.posting_id) sums
    WHERE is_off LIMIT 1;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'the lines of posting % do not balance', wrong USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0047_owners_of_children_held")]

    operations = [SqlOf("postgresql", BALANCED, migrations.RunSQL.noop)]
