"""The settings as their page lists them: by group, found by a word, with who changed each last."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Max

from accounts.models import User
from legalcity.lib.settings.groups import GROUPS, SettingGroup, unit_of
from legalcity.lib.text import folded


class LastChange(NamedTuple):
    """When a setting was changed last, and by whom; None for what ops have changed by a command."""

    at: Any
    by: User | None


class ShownGroup(NamedTuple):
    """A group with its settings, each as django-constance tells it with what `_shown` adds; hidden: none is found."""

    group: SettingGroup
    settings: list[dict[str, Any]]
    is_hidden: bool


def last_changes() -> dict[str, LastChange]:
    """By setting, of those that were ever changed. One statement."""
    history = apps.get_model("accounts", "HistoricalConstance")._default_manager
    latest = history.order_by().values("key").annotate(last=Max("history_id")).values("last")
    rows = history.filter(history_id__in=latest).select_related("history_user")
    return {row.key: LastChange(row.history_date, row.history_user) for row in rows}


def groups_shown(fieldsets: Iterable[Mapping[str, Any]], *, asked: str) -> list[ShownGroup]:
    """The groups of the page, in its order, with what `asked` finds of them; what is wrong in the form is found always.

    `fieldsets` as django-constance makes them of GROUPS.
    """
    words, changes = folded(asked).split(), last_changes()
    shown = []
    for group, fieldset in zip(GROUPS, fieldsets, strict=True):
        about = f"{group.title} {group.sentence}"
        settings = [_shown(setting, about, words, changes) for setting in fieldset["config_values"]]
        shown.append(ShownGroup(group, settings, all(setting["is_hidden"] for setting in settings)))
    return shown


def _shown(setting: dict[str, Any], about: str, words: list[str], changes: Mapping[str, LastChange]) -> dict[str, Any]:
    said = folded(f"{setting['name']} {setting['help_text']} {about}")
    is_found = all(word in said for word in words)
    return {
        **setting,
        "unit": unit_of(setting["name"]),
        "last": changes.get(setting["name"]),
        "is_hidden": not is_found and not setting["form_field"].errors,
    }
