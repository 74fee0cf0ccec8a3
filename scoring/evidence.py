"""Everything that is known of a company on a day: the providers asked in turn, their findings put together."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from legalcity.lib.countries import country_code
from legalcity.lib.reading.identifiers import is_real_siren, known, read_siren
from scoring.facts import Facts, Identity
from scoring.models import ScoringOrder
from scoring.providers import configured
from scoring.providers.base import Answered, Findings, Subject
from scoring.providers.open_data import RechercheEntreprises


@dataclass(frozen=True, slots=True)
class Evidence:
    """The facts, and what each source answered (name → status)."""

    facts: Facts
    sources: dict[str, Answered]


def subject_of(order: ScoringOrder) -> Subject:
    """The company of an order, as it was ordered. What is not nine digits is no SIREN to ask anybody about."""
    return Subject(
        owner_id=order.user_id,
        company_id=order.company_id,
        siren=known(read_siren, order.company_siren),
        siret=order.company_siret or "",
        legal_form=order.company_legal_form,
        country=order.company_country,
    )


def gather(subject: Subject, today: date) -> Evidence:
    """Ask every provider. Slow (HTTP): not for a transaction."""
    findings = {provider.name: provider.find(subject, today) for provider in configured()}
    told: dict[str, Any] = {}
    for found in findings.values():
        told.update(found.told)
    registration = told.get("registration")
    facts = Facts(
        identity=_identity(subject, findings[RechercheEntreprises.name]),
        legal_form=subject.legal_form,
        country=country_code(subject.country),
        company_days=max(0, (today - registration.created_on).days)
        if registration and registration.created_on
        else None,
        silent=tuple(name for name, found in findings.items() if found.answered == Answered.UNAVAILABLE),
        **told,
    )
    return Evidence(facts, {name: found.answered for name, found in findings.items()})


def _identity(subject: Subject, register: Findings) -> Identity:
    """What the company's number is worth: its check digit, the SIRET that was sent beside it, the register."""
    if not subject.siren:
        return Identity.MISSING
    if not is_real_siren(subject.siren) or (subject.siret and not subject.siret.startswith(subject.siren)):
        return Identity.WRONG
    if register.registration is not None:
        return Identity.REGISTERED
    return Identity.NOT_FOUND if register.answered == Answered.NOT_FOUND else Identity.VALID
