"""Published versions of scenarios are never changed, and the rows of cases name the owner of their case."""

from django.db import migrations

from legalcity.lib.migrations import SqlOf
from legalcity.lib.owner_migrations import key_of_case_dropped, owners_filled

VERSIONS, STEPS = "recoveries_scenarioversion", "recoveries_step"
FIXED = ("scenario_id", "number", "restart_on_payment", "after_plan", "created_at", "published_at")
REFUSAL = "a published scenario is never changed"

_changed = " OR ".join(f'OLD."{column}" {{}} NEW."{column}"' for column in FIXED)
_is_published = f"EXISTS (SELECT 1 FROM {VERSIONS} WHERE id = {{}}.version_id AND state <> 'draft')"  # noqa: S608

ON_POSTGRESQL = f"""
    CREATE FUNCTION scenario_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE FUNCTION scenario_step_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP <> 'INSERT' AND {_is_published.format("OLD")} OR TG_OP <> 'DELETE' AND {_is_published.format("NEW")}
        THEN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END IF;
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    CREATE TRIGGER {VERSIONS}_no_update BEFORE UPDATE ON {VERSIONS} FOR EACH ROW
        WHEN (OLD.state <> 'draft' AND (NEW.state = 'draft' OR {_changed.format(*["IS DISTINCT FROM"] * len(FIXED))}))
        EXECUTE FUNCTION scenario_refuse();
    CREATE TRIGGER {VERSIONS}_no_delete BEFORE DELETE ON {VERSIONS} FOR EACH ROW WHEN (OLD.state <> 'draft')
        EXECUTE FUNCTION scenario_refuse();
    CREATE TRIGGER {STEPS}_no_change BEFORE INSERT OR UPDATE OR DELETE ON {STEPS} FOR EACH ROW
        EXECUTE FUNCTION scenario_step_refuse();
"""
NOT_ON_POSTGRESQL = f"""
    DROP TRIGGER {STEPS}_no_change ON {STEPS};
    DROP TRIGGER {VERSIONS}_no_delete ON {VERSIONS};
    DROP TRIGGER {VERSIONS}_no_update ON {VERSIONS};
    DROP FUNCTION scenario_step_refuse();
    DROP FUNCTION scenario_refuse();
"""


def on_sqlite() -> list[SqlOf]:
    """Each trigger is a statement of its own there."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    either = f"{_is_published.format('OLD')} OR {_is_published.format('NEW')}"
    changed = _changed.format(*["IS NOT"] * len(FIXED))
    triggers = {
        f"{VERSIONS}_no_update": f"BEFORE UPDATE ON {VERSIONS} "
        f"WHEN OLD.state <> 'draft' AND (NEW.state = 'draft' OR {changed})",
        f"{VERSIONS}_no_delete": f"BEFORE DELETE ON {VERSIONS} WHEN OLD.state <> 'draft'",
        f"{STEPS}_no_insert": f"BEFORE INSERT ON {STEPS} WHEN {_is_published.format('NEW')}",
        f"{STEPS}_no_update": f"BEFORE UPDATE ON {STEPS} WHEN {either}",
        f"{STEPS}_no_delete": f"BEFORE DELETE ON {STEPS} WHEN {_is_published.format('OLD')}",
    }
    return [
        SqlOf("sqlite", f"CREATE TRIGGER {name} {when} {refuse}", f"DROP TRIGGER {name}")
        for name, when in triggers.items()
    ]


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0080_scenarios")]

    operations = [
        *owners_filled("recoveries", "enrolment"),
        key_of_case_dropped("recoveries_enrolment"),
        SqlOf("postgresql", ON_POSTGRESQL, NOT_ON_POSTGRESQL),
        *on_sqlite(),
    ]
