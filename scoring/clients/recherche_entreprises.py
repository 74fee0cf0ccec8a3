"""recherche-entreprises.api.gouv.fr: the national register of companies. No key; 7 requests a second."""

from typing import Any

from django.conf import settings

from scoring.clients.open_data import get_json, kept_answer, read, text
from scoring.facts import Registration
from scoring.notices import day_or_none

NAME = "recherche_entreprises"
STATES = {"A": True, "C": False}


def company(siren: str) -> Registration | None:
    """The company in the register; None when it is not there, or not published. Raises OpenDataUnavailable."""
    return kept_answer(
        NAME, siren, Registration | None, lambda: read(lambda raw: _registration(raw, siren), _asked(siren))
    )


def _asked(siren: str) -> Any:
    return get_json(f"{settings.RECHERCHE_ENTREPRISES_URL}/search", {"q": siren, "page": 1, "per_page": 1})


def _registration(raw: Any, siren: str) -> Registration | None:
    row = next((row for row in raw["results"] if row["siren"] == siren), None)
    if row is None:
        return None
    seat = row.get("siege") or {}
    return Registration(
        active=STATES[row["etat_administratif"]],
        legal_form=text(row.get("nature_juridique"), 10),
        created_on=day_or_none(row.get("date_creation")),
        closed_on=day_or_none(row.get("date_fermeture") or seat.get("date_fermeture")),
        address=text(seat.get("adresse")),
    )
