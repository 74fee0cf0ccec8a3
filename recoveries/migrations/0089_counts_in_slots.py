"""New cases are counted in slots, so that those who file for one account at the same moment do not wait for each other.

A table that inherits from the former one, which keeps its unique constraint: processes of the version before write
there as they did, and whoever adds up reads both. PostgreSQL only; SQLite has one writer.
"""

from django.db import migrations

from legalcity.lib.migrations import SqlOf

TABLE, SLOTS = "recoveries_casecount", "recoveries_casecount_slot"
MADE = f"""
CREATE TABLE {SLOTS} (
    id bigint DEFAULT nextval('{TABLE}_id_seq') PRIMARY KEY,
    slot smallint NOT NULL,
    FOREIGN KEY (owner_id) REFERENCES accounts_user DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (status_id) REFERENCES recoveries_status DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT case_count_one_row_a_slot UNIQUE (owner_id, status_id, slot)
) INHERITS ({TABLE}) WITH (fillfactor = 50)
"""  # Room for a new version of each row beside it: nothing but its number ever changes.
BACK = f"""
INSERT INTO {TABLE} (owner_id, status_id, n)
SELECT owner_id, status_id, sum(n) FROM {SLOTS} GROUP BY owner_id, status_id
ON CONFLICT (owner_id, status_id) DO UPDATE SET n = {TABLE}.n + excluded.n;
DROP TABLE {SLOTS}
"""  # noqa: S608 - names of ours


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0088_searched_in_place")]

    operations = [SqlOf("postgresql", MADE, BACK)]
