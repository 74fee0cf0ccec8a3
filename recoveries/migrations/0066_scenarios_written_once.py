"""Published versions of scenarios are never changed, and the rows of cases name the owner of their case.

A step is written on as long as its version is a draft.
"""

from django.db import migrations

from legalcity.lib.append_only import AppendOnly
from legalcity.lib.migrations import SqlOf
from legalcity.lib.owner_migrations import key_of_case_dropped, owners_filled

VERSIONS, STEPS = "recoveries_scenarioversion", "recoveries_step"
REFUSAL = f"{STEPS} is append-only"


def is_published(row: str) -> str:
    """Whether the version of a step is no draft any more."""
    return f"EXISTS (SELECT 1 FROM {VERSIONS} WHERE id = {row}.version_id AND published_at IS NOT NULL)"  # noqa: S608


ON_POSTGRESQL = f"""
    CREATE FUNCTION scenario_step_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP <> 'INSERT' AND {is_published("OLD")} OR TG_OP <> 'DELETE' AND {is_published("NEW")}
        THEN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END IF;
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    CREATE TRIGGER {STEPS}_no_change BEFORE INSERT OR UPDATE OR DELETE ON {STEPS} FOR EACH ROW
        EXECUTE FUNCTION scenario_step_refuse();
"""
NOT_ON_POSTGRESQL = f"DROP TRIGGER {STEPS}_no_change ON {STEPS}; DROP FUNCTION scenario_step_refuse();"


def on_sqlite() -> list[SqlOf]:
    """Each trigger is a statement of its own there."""
    triggers = {
        "insert": is_published("NEW"),
        "update": f"{is_published('OLD')} OR {is_published('NEW')}",
        "delete": is_published("OLD"),
    }
    return [
        SqlOf(
            "sqlite",
            f"CREATE TRIGGER {STEPS}_no_{verb} BEFORE {verb.upper()} ON {STEPS} WHEN {when} "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
            f"DROP TRIGGER {STEPS}_no_{verb}",
        )
        for verb, when in triggers.items()
    ]


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0065_scenarios")]

    operations = [
        *owners_filled("recoveries", "enrolment"),
        key_of_case_dropped("recoveries_enrolment"),
        AppendOnly("ScenarioVersion", may_set=("state", "author"), since="published_at"),
        SqlOf("postgresql", ON_POSTGRESQL, NOT_ON_POSTGRESQL),
        *on_sqlite(),
    ]
