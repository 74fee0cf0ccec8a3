"""Writes of companies."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from companies import rules
from companies.models import Company
from legalcity.lib.errors import Invalid
from legalcity.lib.settings.live import live

FIELDS = tuple(field.name for field in Company._meta.concrete_fields if field.name.startswith("company_"))


def company_errors(values: Mapping[str, Any]) -> rules.Errors:
    """Sentences of the rules that a whole company breaks, under the present system settings."""
    return rules.company_errors(
        values,
        strict_siren=live.STRICT_SIREN,
        reject_inapplicable=live.INAPPLICABLE_FIELDS == "reject",
    )


def company_build(*, owner_id: int, values: Mapping[str, Any]) -> Company:
    """An unsaved company. Raises Invalid."""
    if errors := company_errors(values):
        raise Invalid(errors)
    return Company(owner_id=owner_id, **rules.company_settled(values))


def company_create(*, owner_id: int, values: Mapping[str, Any], by: User | None) -> Company:
    """A new company of an account. Raises Invalid."""
    company = company_build(owner_id=owner_id, values=values)
    company.save(force_insert=True)
    return company


def company_values(company: Company) -> dict[str, Any]:
    """What is stored, by field, to be merged with what is sent."""
    return {name: getattr(company, name) for name in FIELDS}


def company_update(*, company: Company, values: Mapping[str, Any], by: User | None) -> Company:
    """Change what `values` name; rules hold for the merged state. The caller holds the lock. Raises Invalid."""
    whole = {**company_values(company), **values}
    if errors := company_errors(whole):
        raise Invalid(errors)
    for name, value in rules.company_settled(whole).items():
        setattr(company, name, value)
    company.save(force_update=True)
    return company
