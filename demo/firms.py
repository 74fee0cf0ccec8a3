"""Companies, unsaved: the accounts' own as creditors, and those who do not pay."""

from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

from companies.models import Company
from demo.made import made
from demo.people import Names, address, email, landline, mobile, person, siren
from demo.places import Town
from demo.trades import CLUBS, DEBTOR_PREFIXES, PROFESSIONS, Trade
from legalcity.lib.text import folded

FREELANCE_TYPES = Company.FreelanceType.values
# Which qualities go with which legal form: president and director, or manager and co-manager.
QUALITIES = {"SAS": (1, 2), "SA": (1, 2), "GIE": (1, 2), "SARL": (3, 4), "SNC": (3, 4)}


def creditor_build(
    *, rng: Random, names: Names, owner_id: int, name: str, form: str, trade: Trade, town: Town
) -> Company:
    """A firm that waits for its money."""
    _, where = address(rng, town)
    return made(
        Company,
        owner_id=owner_id,
        company_type=Company.Type.COMMERCIAL,
        company_legal_form=form,
        company_siren=siren(rng),
        company_name=name,
        company_legalrep_quality=QUALITIES[form][0],
        company_activity=trade.activity,
        company_email=email("compta", name),
        company_phone=landline(rng, town),
        **person(rng, names),
        **where,
    )


def debtor_build(*, rng: Random, names: Names, owner_id: int, today: date) -> Company:
    """Somebody who does not pay: mostly small companies, sole traders and private persons."""
    [make] = rng.choices(MAKERS, WEIGHTS)
    return make(rng, names, owner_id, today)


def _commercial(rng: Random, names: Names, owner_id: int, _today: date) -> Company:
    [form] = rng.choices(("SARL", "SAS", "SA", "SNC"), (50, 40, 4, 6))
    prefix, activity = rng.choice(DEBTOR_PREFIXES)
    who = person(rng, names)
    name = f"{prefix} {who['company_legalrep_lastname']}"
    town, where = address(rng)
    quality = rng.choices(QUALITIES[form], (80, 20))[0]
    return made(
        Company,
        owner_id=owner_id,
        company_type=Company.Type.COMMERCIAL,
        company_legal_form=form,
        company_siren=siren(rng),
        company_name=name,
        company_legalrep_quality=quality,
        company_activity=activity,
        company_email=email("contact", name),
        company_phone=landline(rng, town),
        **who,
        **where,
    )


def _civil(rng: Random, names: Names, owner_id: int, _today: date) -> Company:
    who = person(rng, names)
    town, where = address(rng)
    return made(
        Company,
        owner_id=owner_id,
        company_type=Company.Type.CIVIL,
        company_legal_form="SNC",
        company_siren=siren(rng),
        company_name=f"SCI des {rng.choice(('Tilleuls', 'Remparts', 'Glycines', 'Hauts-Murs', 'Trois-Moulins'))}",
        company_legalrep_quality=3,
        company_activity="Location de biens immobiliers",
        company_email=email("sci", who["company_legalrep_lastname"]),
        company_phone=landline(rng, town),
        **who,
        **where,
    )


def _association(rng: Random, names: Names, owner_id: int, _today: date) -> Company:
    who = person(rng, names)
    town, where = address(rng)
    name = f"{rng.choice(CLUBS)} {_of(town.name)}"
    return made(
        Company,
        owner_id=owner_id,
        company_type=Company.Type.ASSOCIATION,
        company_legal_form="GIE",
        company_siren=siren(rng),
        company_name=name,
        company_legalrep_quality=1,
        company_activity="Activités associatives",
        company_email=email(name),
        company_phone=landline(rng, town),
        **who,
        **where,
    )


def _sole_trader(rng: Random, names: Names, owner_id: int, _today: date) -> Company:
    who = person(rng, names)
    _, activity = rng.choice(DEBTOR_PREFIXES)
    _, where = address(rng)
    return made(
        Company,
        owner_id=owner_id,
        company_type=Company.Type.FREELANCE,
        company_freelance_type=rng.choice(FREELANCE_TYPES),
        company_siren=siren(rng),
        company_activity=activity,
        **_reached_at(rng, who),
        **who,
        **where,
    )


def _liberal(rng: Random, names: Names, owner_id: int, _today: date) -> Company:
    who = person(rng, names)
    _, where = address(rng)
    return made(
        Company,
        owner_id=owner_id,
        company_type=Company.Type.LIBERAL,
        company_legalrep_profession=rng.choice(PROFESSIONS),
        **_reached_at(rng, who),
        **who,
        **where,
    )


def _private_person(rng: Random, names: Names, owner_id: int, today: date) -> Company:
    who = person(rng, names)
    birthplace, _ = address(rng)
    _, where = address(rng)
    return made(
        Company,
        owner_id=owner_id,
        company_type=Company.Type.PARTICULAR,
        company_legalrep_birthday=date(today.year - rng.randint(22, 78), rng.randint(1, 12), rng.randint(1, 28)),
        company_legalrep_birthday_city=birthplace.name,
        company_legalrep_nationality="Française",
        **_reached_at(rng, who),
        **who,
        **where,
    )


def _reached_at(rng: Random, who: dict[str, Any]) -> dict[str, Any]:
    return {
        "company_email": email(who["company_legalrep_firstname"], who["company_legalrep_lastname"]),
        "company_phone": mobile(rng),
    }


Maker = Callable[[Random, Names, int, date], Company]
MAKERS: tuple[Maker, ...] = (_commercial, _private_person, _sole_trader, _liberal, _association, _civil)
WEIGHTS = (52, 20, 14, 5, 5, 4)


def _of(town: str) -> str:
    """`"de Lyon"`, `"d'Avignon"`, `"du Mans"`, `"des Abymes"`."""
    for article, instead in (("Le ", "du "), ("Les ", "des ")):
        if town.startswith(article):
            return instead + town.removeprefix(article)
    return f"d'{town}" if folded(town)[0] in "aeiouy" else f"de {town}"
