"""What published insolvency notices come to: which of them stand, and where the proceedings are. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from legalcity.lib.text import folded
from scoring.facts import Insolvency, Notice

CANCELLATION, CORRECTION = "annulation", "rectificatif"

# Words of judgments, without case and accents. A liquidation that is closed because nothing was left paid nobody;
# a plan that is cancelled is not a plan any more.
_NOTHING_LEFT = ("insuffisance d'actif", "insuffisance d’actif")
_ENDED = ("cloture", "extinction du passif", "fin de la procedure")
_PLAN = ("plan de continuation", "plan de redressement", "plan de sauvegarde")
_PLAN_OVER = ("resolution", "rejet")


@dataclass(frozen=True, slots=True)
class Published:
    """A notice as it was published; `earlier` names the one that it cancels or corrects, when it says so.

    `number` is the issue and the number in it (`20240001/17`), by which notices name each other.
    """

    notice: Notice
    kind: str
    number: str
    earlier: str = ""


def standing(published: Sequence[Published]) -> tuple[Notice, ...]:
    """The notices that neither are cancelled nor were replaced, newest first.

    A cancellation or a correction that does not name its notice is taken for the latest one before it.
    """
    kept: list[Published] = []
    for each in sorted(published, key=lambda each: (each.notice.published_on, each.number)):
        if each.kind in (CANCELLATION, CORRECTION):
            _take_out(kept, each.earlier)
        if each.kind != CANCELLATION:
            kept.append(each)
    return tuple(each.notice for each in reversed(kept))


def _take_out(kept: list[Published], number: str) -> None:
    if not number:
        del kept[-1:]
        return
    kept[:] = [each for each in kept if each.number != number]


def insolvency(notices: Sequence[Notice]) -> Insolvency:
    """Where the proceedings are, by the newest notice; `notices` newest first."""
    if not notices:
        return Insolvency.NONE
    words = folded(notices[0].title)
    if _has(words, _NOTHING_LEFT):
        return Insolvency.OPEN
    if _has(words, _PLAN) and not _has(words, _PLAN_OVER):
        return Insolvency.PLAN
    return Insolvency.ENDED if _has(words, _ENDED) else Insolvency.OPEN


def _has(words: str, phrases: tuple[str, ...]) -> bool:
    return any(phrase in words for phrase in phrases)


def day_or_none(text: object) -> date | None:
    """A published date (`2024-01-01`), or None for anything else."""
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None
