"""BODACC, the bulletin of commercial notices: insolvency proceedings of a company. No key."""

import json
from typing import Any

from django.conf import settings

from scoring.clients.open_data import get_json, kept_answer, read, text
from scoring.facts import Notice
from scoring.notices import Published, day_or_none

NAME = "bodacc"
PATH = "/api/explore/v2.1/catalog/datasets/annonces-commerciales/records"
MOST = 100  # notices of one company; the newest come first


def notices(siren: str) -> tuple[Published, ...]:
    """The insolvency notices of a company, cancelled and corrected ones too. Raises OpenDataUnavailable."""
    return kept_answer(NAME, siren, tuple[Published, ...], lambda: read(_published, _asked(siren)))


def _asked(siren: str) -> Any:
    query: dict[str, str | int] = {
        "where": f'registre LIKE "{siren}" AND familleavis="collective"',
        "order_by": "dateparution DESC",
        "limit": MOST,
    }
    return get_json(f"{settings.BODACC_URL}{PATH}", query)


def _published(raw: Any) -> tuple[Published, ...]:
    return tuple(_notice(row) for row in raw["results"] if row.get("familleavis") == "collective")


def _notice(row: dict[str, Any]) -> Published:
    published_on = day_or_none(row["dateparution"])
    if published_on is None:
        raise ValueError("a notice without a date")
    return Published(
        notice=Notice(
            id=text(row["id"]),
            published_on=published_on,
            title=_title(row.get("jugement")) or text(row.get("familleavis_lib")),
            court=text(row.get("tribunal")),
        ),
        kind=text(row.get("typeavis"), 20),
        number=_number(row.get("parution"), row.get("numeroannonce")),
        earlier=_earlier(row.get("parutionavisprecedent")),
    )


def _title(judgment: Any) -> str:
    """What was decided: JSON in a string, or the plain text of old notices."""
    told = _unpacked(judgment)
    if not isinstance(told, dict):
        return text(told)
    return text(" - ".join(str(told[key]) for key in ("famille", "nature") if told.get(key)))


def _earlier(reference: Any) -> str:
    told = _unpacked(reference)
    return _number(told.get("numeroParution"), told.get("numeroAnnonce")) if isinstance(told, dict) else ""


def _number(issue: Any, number: Any) -> str:
    return f"{text(issue, 20)}/{text(number, 20)}" if issue and number is not None else ""


def _unpacked(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
