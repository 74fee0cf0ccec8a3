"""What cannot be done while a detail of the firm is missing. Rooms that need one register what they need it for."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.home import ROWS, Panel, Row, Viewer, panel_register, way_register
from legalcity.lib.errors import Sentence

SEE, CHANGE = "constance.view_config", "constance.change_config"
FIRM_PAGE = "admin:firm"


class Waiting(NamedTuple):
    """What waits until a detail is there: a sentence with its number, and the list of it."""

    sentence: str
    url: str


class Need(NamedTuple):
    """A system setting that is empty, what cannot be done without it, what waits for it now (None: nothing)."""

    setting: str
    why: Sentence
    waiting: Waiting | None = None


_readers: list[Callable[[], Iterable[Need]]] = []


def needs_register(read: Callable[[], Iterable[Need]]) -> None:
    """Bring what a room needs: `read` gives the needs that are not met now, by two statements at most."""
    _readers.append(read)


def needs_unmet() -> dict[str, list[Need]]:
    """By setting, in the order of the rooms."""
    found: dict[str, list[Need]] = {}
    for read in _readers:
        for need in read():
            found.setdefault(need.setting, []).append(need)
    return found


def setting_label(name: str) -> str:
    """What a setting is, in the words of its page, without the full stop."""
    return _(settings.CONSTANCE_CONFIG[name][1]).removesuffix(".")


def details_missing(_viewer: Viewer) -> Panel:
    """The details of the firm without which something stands still."""
    unmet = needs_unmet()
    page = reverse(FIRM_PAGE)
    rows = [
        Row(
            text=setting_label(name),
            url=f"{page}#{name.lower()}",
            note=" ".join(str(need.why) for need in needs),
            badge=next((need.waiting.sentence for need in needs if need.waiting), ""),
            tone="bad",
        )
        for name, needs in list(unmet.items())[:ROWS]
    ]
    return Panel(
        title=_("Details of the firm that are missing"),
        count=len(unmet),
        url=page,
        rows=rows,
        empty=_("Every detail of the firm is there."),
        tone="danger",
    )


panel_register("firm", position=2, permission=CHANGE, read=details_missing)
way_register(
    "admin:constance_config_changelist", position=110, permission=CHANGE, label=gettext_lazy("System settings")
)
