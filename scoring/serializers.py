"""What the scoring calls take."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from legalcity.api.fields import REQUIRED, CodeField, DigitsField, TextField, WordField, label
from legalcity.api.validation import ContractSerializer, Errors
from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.reading.identifiers import SIRET
from legalcity.lib.settings.live import live
from scoring.models import ScoringOrder
from scoring.models.orders import SERVICES
from scoring.services.orders import Wish

MOST_MONTHS = 36
DEFAULT_MONTHS = 12
# What applies only beside a service.
BELONGS_TO = {"report_type": "solvency_report", "surveillance_duration": "surveillance"}


class ServicesField(serializers.ListField):
    """One or both services; naming one twice orders it once."""

    child = WordField(SERVICES)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The services; errors carry their number in the list."""
        name = label("services")
        if data in (serializers.empty, None, "", []):
            raise serializers.ValidationError([str(REQUIRED).format(field=name)])
        if not isinstance(data, list):
            raise serializers.ValidationError([_("The {field} field must be an array.").format(field=name)])
        return super().run_validation(data)


class CompanyIdField(CodeField):
    """The id of a company; whether it is one of the caller's is for the view to find out."""


class MonthsField(CodeField):
    """The months of a surveillance, 1 to MOST_MONTHS."""

    bounds = (1, MOST_MONTHS)

    default_error_messages = {"range": gettext_lazy("The {field} field must be between 1 and {most}.")}

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        months = super().to_internal_value(data)
        if not 1 <= months <= MOST_MONTHS:
            self.fail("range", most=MOST_MONTHS)
        return months


class OrderSerializer(ContractSerializer):
    """An order as clients send it."""

    company_id = CompanyIdField()
    company_name = TextField(limit=255)
    company_siret = DigitsField(length=SIRET, required=False, allow_null=True)
    services = ServicesField()
    report_type = WordField(ScoringOrder.ReportType.values, required=False, allow_null=True)
    surveillance_duration = MonthsField(required=False, allow_null=True)
    priority = WordField(ScoringOrder.Priority.values, required=False, allow_null=True)

    def rule_errors(self, values: dict[str, Any]) -> Errors:
        """What does not apply is dropped, or refused where the firm wants it so."""
        services = values.get("services")
        if live.INAPPLICABLE_FIELDS != "reject" or services is None:
            return {}
        return {
            field: [
                Coded(
                    _("The {field} must be null when {other} is {value}.").format(
                        field=label(field), other=label("services"), value=", ".join(services)
                    ),
                    FieldCode.INAPPLICABLE,
                )
            ]
            for field, service in BELONGS_TO.items()
            if service not in services and values.get(field) is not None
        }


def wish_of(values: dict[str, Any]) -> Wish:
    """What was ordered, with what was left open filled in and what does not apply left out."""
    has_report, is_watched = (service in values["services"] for service in SERVICES)
    return Wish(
        company_name=values["company_name"],
        company_siret=values.get("company_siret"),
        solvency_report=has_report,
        surveillance_months=(values.get("surveillance_duration") or DEFAULT_MONTHS) if is_watched else None,
        report_type=(values.get("report_type") or ScoringOrder.ReportType.STANDARD) if has_report else None,
        priority=values.get("priority") or ScoringOrder.Priority.STANDARD,
    )
