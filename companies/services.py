"""Writes of companies."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from backoffice.audit import CHANGED, audit_record, changed_values, field_values
from companies import rules
from companies.models import Company
from law.parties import Quality
from legalcity.lib.clock import now
from legalcity.lib.errors import Invalid
from legalcity.lib.settings.live import live

FIELDS = (
    *(field.name for field in Company._meta.concrete_fields if field.name.startswith("company_")),
    "acts_as",
)


def company_errors(values: Mapping[str, Any]) -> rules.Errors:
    """Sentences of the rules that a whole company breaks, under the present system settings."""
    return rules.company_errors(
        values,
        strict_siren=live.STRICT_SIREN,
        reject_inapplicable=live.INAPPLICABLE_FIELDS == "reject",
    )


def company_build(*, owner_id: int, values: Mapping[str, Any], by: User | None) -> Company:
    """An unsaved company; the quality that `values` tell is confirmed by `by`. Raises Invalid."""
    if errors := company_errors(values):
        raise Invalid(errors)
    company = Company(owner_id=owner_id)
    _fill(company, values, by)
    return company


def company_create(*, owner_id: int, values: Mapping[str, Any], by: User | None) -> Company:
    """A new company of an account. Raises Invalid."""
    company = company_build(owner_id=owner_id, values=values, by=by)
    company.save(force_insert=True)
    return company


def company_values(company: Company) -> dict[str, Any]:
    """What is stored, by field, to be merged with what is sent."""
    return {name: getattr(company, name) for name in FIELDS}


def company_update(*, company: Company, values: Mapping[str, Any], by: User | None) -> Company:
    """Change what `values` name; rules hold for the merged state. The caller holds the lock. Raises Invalid."""
    before = company_values(company)
    whole = {**before, **values}
    if errors := company_errors(whole):
        raise Invalid(errors)
    _fill(company, whole, by)
    if company_values(company) != before:
        company.save(force_update=True)
    return company


@transaction.atomic
def quality_confirm(*, company_id: int, quality: Quality, by: User | None) -> Company:
    """Write down in which quality a company deals; unknown takes a confirmation back.

    Raises Invalid for a quality that its type excludes, DoesNotExist for no such company.
    """
    company = Company.objects.select_for_update().get(pk=company_id)
    before = field_values(company)
    company = company_update(company=company, values={"acts_as": quality.value}, by=by)
    before, after = changed_values(before, field_values(company))
    audit_record(action=CHANGED, target=company, before=before, after=after, actor=by)
    return company


def _fill(company: Company, values: Mapping[str, Any], by: User | None) -> None:
    """Give `company` the settled `values`; a quality that it did not have is confirmed, or taken back, now."""
    settled = rules.company_settled(values)
    if settled["acts_as"] != company.acts_as:
        is_known = settled["acts_as"] != Quality.UNKNOWN
        company.acts_as_confirmed_by = by if is_known else None
        company.acts_as_confirmed_at = now() if is_known else None
    for name, value in settled.items():
        setattr(company, name, value)
