"""The roles of staff. A role is a group; who is in it, superusers and managers decide.

What the roles may do each room says of its own things (`<room>/rights.py`). That is the truth for these four groups:
each `migrate` writes it into the database. Other groups are left alone.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HANDLER, MANAGER, ACCOUNTANT, AUDITOR = ROLES = ("handler", "manager", "accountant", "auditor")
NAMES: dict[str, Promise] = {
    HANDLER: _("Case handler"),
    MANAGER: _("Manager"),
    ACCOUNTANT: _("Accountant"),
    AUDITOR: _("Auditor (read only)"),
}
VERBS = {"v": "view", "a": "add", "c": "change", "d": "delete"}

# What the roles may do with a kind of thing by its forms, in the order of ROLES: v(iew), a(dd), c(hange), d(elete).
Rights = tuple[str, str, str, str]

# What the rooms have declared: by label of the thing ("companies.company"), and by permission.
RIGHTS: dict[str, Rights] = {}
SPECIAL: dict[str, tuple[str, ...]] = {}


def rights_register(
    *, forms: Mapping[str, Rights] | None = None, buttons: Mapping[str, tuple[str, ...]] | None = None
) -> None:
    """Declare what the roles may do with the things of a room, by forms and by buttons.

    A room does so in its module `rights`, which is imported at the start (backoffice/apps.py). Raises
    ImproperlyConfigured for what has been declared already: a right is written in one place.
    """
    forms, buttons = forms or {}, buttons or {}
    if twice := (RIGHTS.keys() & forms.keys()) | (SPECIAL.keys() & buttons.keys()):
        raise ImproperlyConfigured(f"declared twice for the roles of staff: {', '.join(sorted(twice))}")
    RIGHTS.update(forms)
    SPECIAL.update(buttons)


def role_label(name: str) -> str:
    """A group's name as people read it."""
    return str(NAMES.get(name, name))


def codenames_of(role: str, app_label: str) -> set[str]:
    """The permissions of `role` in one app."""
    place = ROLES.index(role)
    by_form = {
        f"{VERBS[letter]}_{model}"
        for app, _dot, model, rights in ((*label.partition("."), rights) for label, rights in RIGHTS.items())
        if app == app_label
        for letter in rights[place]
    }
    by_button = {
        label.partition(".")[2]
        for label, roles in SPECIAL.items()
        if label.startswith(f"{app_label}.") and role in roles
    }
    return by_form | by_button


def groups_ensure(group_model: Any, *, using: str = "default") -> None:
    """Make the groups of the roles that are missing."""
    for role in ROLES:
        group_model.objects.using(using).get_or_create(name=role)


def permissions_keep(*, app_config: Any, apps: Any, using: str, **_kwargs: Any) -> None:
    """After each `migrate`: give the roles what is declared of the app's things, and nothing else of that app."""
    try:
        group_model, permission_model = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:  # Migrated by parts: there are no groups yet.
        return
    if not any(label.startswith(f"{app_config.label}.") for label in (*RIGHTS, *SPECIAL)):
        return
    groups_ensure(group_model, using=using)
    ours = permission_model.objects.using(using).filter(content_type__app_label=app_config.label)
    for group in group_model.objects.using(using).filter(name__in=ROLES):
        wanted = set(ours.filter(codename__in=codenames_of(group.name, app_config.label)))
        present = set(group.permissions.filter(content_type__app_label=app_config.label))
        group.permissions.remove(*(present - wanted))
        group.permissions.add(*(wanted - present))
