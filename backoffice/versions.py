"""Pages of things with a history (backoffice/history.py): their versions stand under the form."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.http import HttpRequest, HttpResponse

from backoffice.admins import StaffAdmin
from legalcity.lib.errors import Sentence

SHOWN = 20  # versions on a page


@dataclass(frozen=True, slots=True)
class Step:
    """A version: the row of the history, and what differs from the version before (name, before, after)."""

    version: Any
    changes: list[tuple[Sentence, Any, Any]]


class VersionedAdmin(StaffAdmin):
    """A catalogue whose rows keep all their versions."""

    change_form_template = "admin/versions.html"

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Add the newest versions of the thing."""
        if obj is not None:
            context["versions"] = steps_of(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)


def steps_of(thing: Any) -> list[Step]:
    """The newest versions of `thing`, newest first, each with what it changed."""
    rows = thing.history.select_related("history_user").order_by("-history_date", "-history_id")
    versions = list(rows[: SHOWN + 1])
    steps = [Step(newer, _changes(thing, older, newer)) for newer, older in pairwise(versions)]
    return steps if len(versions) > SHOWN else [*steps, *(Step(first, []) for first in versions[-1:])]


def _changes(thing: Any, older: Any, newer: Any) -> list[tuple[Sentence, Any, Any]]:
    delta = newer.diff_against(older, foreign_keys_are_objs=True)
    changes = {change.field: change for change in delta.changes}
    return [
        (field.verbose_name, changes[field.name].old, changes[field.name].new)
        for field in thing._meta.fields
        if field.name in changes
    ]
