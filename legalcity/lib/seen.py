"""What somebody saw of a thing before they changed it: who comes second does not overwrite unawares."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from legalcity.lib.errors import Conflict

CHANGED_MEANWHILE = _("Somebody has changed this at the same moment. Look at it, and send it again.")


def require_as_seen(stored: Mapping[str, Any], values: Mapping[str, Any], seen: Mapping[str, Any] | None) -> None:
    """Raises Conflict where a field that `values` change is other than it was `seen`. The caller holds the lock.

    None, or a field that is not in `seen`: who asks has seen nothing.
    """
    for name, value in values.items():
        if seen is not None and name in seen and stored[name] not in (seen[name], value):
            raise Conflict(CHANGED_MEANWHILE)
