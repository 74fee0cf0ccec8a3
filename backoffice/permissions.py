"""Permissions as staff read them."""

from django.contrib.auth.models import Permission
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# Django names those that every table has in English, whatever the language.
VERBS: dict[str, Promise] = {
    "add": gettext_lazy("may add"),
    "change": gettext_lazy("may change"),
    "delete": gettext_lazy("may delete"),
    "view": gettext_lazy("may see"),
}


def permission_label(permission: Permission) -> str:
    """The room, the thing and what may be done with it."""
    verb, _separator, thing = permission.codename.partition("_")
    is_common = verb in VERBS and thing == permission.content_type.model
    return f"{permission.content_type} | {VERBS[verb] if is_common else _(permission.name)}"
