"""Rules over the fields of a company. Pure: values in, values and sentences out."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from law.parties import Quality
from law.vocabulary import CompanyType
from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.errors import Sentence
from legalcity.lib.reading.identifiers import is_real_siren

Values = dict[str, Any]
Errors = dict[str, list[Sentence]]

# Parties that exist in law apart from the person who represents them: they have a form, a name and a SIREN.
BODIES = frozenset({CompanyType.COMMERCIAL, CompanyType.CIVIL, CompanyType.ASSOCIATION})
QUALITIES = {
    "SAS": {1, 2, 5},
    "SA": {1, 2, 5},
    "GIE": {1, 2, 5},
    "SARL": {3, 4, 5},
    "SNC": {3, 4, 5},
}
NOT_REAL_SIREN = gettext_lazy("The company siren is not a valid SIREN.")
# Types that say by themselves in which quality a party deals.
DECIDED = {CompanyType.PARTICULAR: Quality.CONSUMER, CompanyType.COMMERCIAL: Quality.PROFESSIONAL}


def _label(key: str) -> str:
    return key.replace("_", " ")


def inapplicable_fields(values: Mapping[str, Any]) -> dict[str, str]:
    """Fields that do not apply to what `values` say, each with the field that decides it."""
    kind = values.get("company_type")
    fields: dict[str, str] = {}
    if kind not in BODIES:
        fields["company_legal_form"] = fields["company_name"] = "company_type"
        if kind != CompanyType.FREELANCE:
            fields["company_siren"] = "company_type"
    if kind != CompanyType.FREELANCE:
        fields["company_freelance_type"] = "company_type"
    if values.get("company_legalrep_quality") != 5:
        fields["company_legalrep_quality_other"] = "company_legalrep_quality"
    return fields


def company_settled(values: Mapping[str, Any]) -> Values:
    """`values` with the fields that do not apply set to null; of the quality what is left to be confirmed."""
    is_decided = values.get("company_type") in DECIDED
    quality = Quality.UNKNOWN if is_decided else values.get("acts_as", Quality.UNKNOWN)
    return {**values, **dict.fromkeys(inapplicable_fields(values)), "acts_as": str(quality)}


def company_errors(values: Mapping[str, Any], *, strict_siren: bool, reject_inapplicable: bool) -> Errors:
    """Sentences of the rules that `values` (the whole company) break.

    With `reject_inapplicable` a field that does not apply is an error; without, `company_settled` drops it.
    """
    errors: Errors = {}
    kind = values.get("company_type")
    if kind in BODIES:
        for key in ("company_legal_form", "company_siren", "company_name"):
            if values.get(key) is None:
                errors[key] = [
                    Coded(
                        _("The {field} field is required when company type is {value}.").format(
                            field=_(_label(key)), value=kind
                        ),
                        FieldCode.REQUIRED_WHEN,
                    )
                ]
    quality = values.get("company_legalrep_quality")
    if quality == 5 and values.get("company_legalrep_quality_other") is None:
        errors["company_legalrep_quality_other"] = [
            Coded(
                _("The {field} field is required when company legalrep quality is {value}.").format(
                    field=_(_label("company_legalrep_quality_other")), value=quality
                ),
                FieldCode.REQUIRED_WHEN,
            )
        ]
    siren = values.get("company_siren")
    if strict_siren and siren and "company_siren" not in inapplicable_fields(values) and not is_real_siren(siren):
        errors["company_siren"] = [NOT_REAL_SIREN]
    if sentence := _quality_error(kind, values.get("acts_as", Quality.UNKNOWN)):
        errors["acts_as"] = [sentence]
    if reject_inapplicable:
        errors.update(_inapplicable_errors(values))
    return errors


def _quality_error(kind: Any, quality: str) -> Sentence | None:
    """A private person is a consumer, a commercial company a professional, whatever anybody says."""
    if quality in (Quality.UNKNOWN, DECIDED.get(kind, quality)):
        return None
    if kind == CompanyType.PARTICULAR:
        return _("A private person does not act as a professional.")
    return _("A commercial company always acts as a professional.")


def _inapplicable_errors(values: Mapping[str, Any]) -> Errors:
    errors: Errors = {}
    for key, because in inapplicable_fields(values).items():
        if values.get(key) is not None:
            errors[key] = [
                Coded(
                    _("The {field} must be null when {other} is {value}.").format(
                        field=_(_label(key)), other=_(_label(because)), value=values.get(because) or "null"
                    ),
                    FieldCode.INAPPLICABLE,
                )
            ]
    form, quality = values.get("company_legal_form"), values.get("company_legalrep_quality")
    if values.get("company_type") in BODIES and form in QUALITIES and quality and quality not in QUALITIES[form]:
        errors["company_legalrep_quality"] = [_("The selected company legalrep quality is invalid.")]
    return errors
