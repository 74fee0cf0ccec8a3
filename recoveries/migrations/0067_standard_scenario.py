"""The scenario of the firm, *Standard*: published, and not running before staff turn scenarios on."""

from typing import Any

from django.db import migrations
from django.utils.timezone import now

CODE = "standard"
LETTER = {"unit": "business_days", "counts_from": "entry", "at_hour": 10}
STEPS: tuple[dict[str, Any], ...] = (
    {"code": "relance_1", "channels": ["email", "letter"], "template": "relance_1", "delay": 3, "then_status_id": 2},
    {"code": "relance_2", "channels": ["letter"], "template": "relance_2", "delay": 10, "then_status_id": 3},
    {
        "code": "mise_en_demeure",
        "channels": ["registered"],
        "template": "mise_en_demeure",
        "delay": 18,
        "then_status_id": 4,
        "needs_approval": True,
    },
    {"code": "appel", "channels": ["task"], "template": "call", "delay": 26},
)


def seed(apps: Any, schema_editor: Any) -> None:
    """Draw it, then publish it: the steps of a published one are never changed."""
    scenario = apps.get_model("recoveries", "Scenario").objects.create(code=CODE, name="Standard", priority=100)
    versions = apps.get_model("recoveries", "ScenarioVersion").objects
    version = versions.create(scenario=scenario, number=1)
    step = apps.get_model("recoveries", "Step")
    step.objects.bulk_create(
        step(version=version, position=position, **LETTER, **values) for position, values in enumerate(STEPS)
    )
    versions.filter(pk=version.pk).update(state="published", published_at=now())


class Migration(migrations.Migration):
    dependencies = [("recoveries", "0066_scenarios_written_once")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
