"""Who hears of an event, told to the planner: guessed at one in two hundred, it read and sorted a whole account."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def create(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Statistics of an expression are PostgreSQL's alone."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE STATISTICS event_heard ON (audience & 1) FROM events_event")


def drop(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Without them."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP STATISTICS event_heard")


class Migration(migrations.Migration):
    dependencies = [("events", "0021_rounds_are_claimed")]

    operations = [migrations.RunPython(create, drop, elidable=False)]
