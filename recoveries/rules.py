"""Rules over the fields of a case. Pure: values in, values and sentences out."""

import secrets
import string
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from law.vocabulary import InterestRate, PenaltyType
from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.errors import Sentence

Errors = dict[str, list[Sentence]]

ALPHABET = string.ascii_uppercase + string.digits
EXTERNAL_ID = 64  # characters
# What clients send of a case itself and the database keeps, in the order in which answers show it.
FIELDS = (
    "type",
    "recovery_service_object",
    "recovery_due_date",
    "recovery_late_interest",
    "recovery_interest_rate",
    "recovery_interest_rate_percent",
    "recovery_penalty",
    "recovery_penalty_type",
    "recovery_penalty_amount",
    "recovery_penalty_percent",
    "recovery_raison_notpaid",
    "recovery_observations",
    "matter",
    "external_id",
)
# `complete` speaks French where `update` speaks English; both are understood by both.
PENALTY_TYPES = {
    "montant": PenaltyType.AMOUNT,
    "pourcent": PenaltyType.PERCENT,
    **{kind.value: kind for kind in PenaltyType},
}

# field → (the field it depends on, the values of that field under which it applies)
DEPENDENCIES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "recovery_interest_rate": ("recovery_late_interest", (True,)),
    "recovery_interest_rate_percent": ("recovery_interest_rate", (InterestRate.CUSTOM,)),
    "recovery_penalty_type": ("recovery_penalty", (True,)),
    "recovery_penalty_amount": ("recovery_penalty_type", (PenaltyType.AMOUNT,)),
    "recovery_penalty_percent": ("recovery_penalty_type", (PenaltyType.PERCENT,)),
}
PERCENTAGES: dict[str, Sentence] = {
    "recovery_interest_rate_percent": gettext_lazy("The interest rate must be between 0 and 100."),
    "recovery_penalty_percent": gettext_lazy("The penalty percentage must be between 0 and 100."),
}


def new_reference(prefix: str) -> str:
    """`prefix` and six of A–Z0–9. Unique by the database: the caller tries again when it is taken."""
    return prefix + "".join(secrets.choice(ALPHABET) for _unused in range(6))


def recovery_settled(values: Mapping[str, Any]) -> dict[str, Any]:
    """`values` with the fields that do not apply set to null, following each dependency in order."""
    settled = dict(values)
    for field, (because, when) in DEPENDENCIES.items():
        if settled.get(because) not in when:
            settled[field] = None
    return settled


def recovery_errors(values: Mapping[str, Any], *, reject_inapplicable: bool) -> Errors:
    """Sentences of the rules that `values` (the whole case) break."""
    errors: Errors = {}
    settled = recovery_settled(values)
    for field, (because, when) in DEPENDENCIES.items():
        if settled.get(because) in when:
            if settled.get(field) is None:
                sentence = _("The {field} field is required when {other} is {value}.")
                words = _words(field, because, settled)
                errors[field] = [Coded(sentence.format(**words), FieldCode.REQUIRED_WHEN)]
        elif reject_inapplicable and values.get(field) is not None:
            sentence = _("The {field} must be null when {other} is {value}.")
            errors[field] = [Coded(sentence.format(**_words(field, because, settled)), FieldCode.INAPPLICABLE)]
    for field, bounds in PERCENTAGES.items():
        if settled.get(field) is not None and not 0 <= settled[field] <= 100:
            errors[field] = [bounds]
    return errors


def _words(field: str, because: str, settled: Mapping[str, Any]) -> dict[str, str]:
    return {"field": _word(field), "other": _word(because), "value": _shown(settled.get(because))}


def _word(field: str) -> str:
    return _(field.replace("_", " "))


def _shown(value: Any) -> str:
    return str({True: "true", False: "false", None: "null"}.get(value, value))
