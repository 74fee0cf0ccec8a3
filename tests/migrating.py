"""The database of tests, made by all migrations in a quarter of their time.

Whenever an operation changes a model, Django makes the classes of all models around it anew, again and again: 12,000
classes for 400 operations. What an operation writes into the database needs the class of its own model alone, so here
no other is made. Functions of migrations get all of them anew, as everywhere. `tests/test_startup.py` holds the
outcome against that of `migrate`.
"""

from typing import Any
from unittest import mock

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.state import ProjectState


def migrate_without_looking_around(connection: BaseDatabaseWrapper) -> None:
    """Change how this process makes its database."""
    creation: Any = connection.creation
    make = creation.create_test_db

    def made(*args: Any, **options: Any) -> Any:
        with mock.patch.object(ProjectState, "_find_reload_model", _itself_alone):
            return make(*args, **options)

    creation.create_test_db = made


def _itself_alone(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
    """The models to make anew when one has changed. `is_delayed` has functions ask for the others."""
    state.is_delayed = True
    return {(app_label, model_name)}
