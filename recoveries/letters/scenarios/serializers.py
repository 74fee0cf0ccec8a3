"""What the calls on scenarios read."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from legalcity.api.fields import CodeField, ContractField, DayField, ExactTextField, TextField
from legalcity.api.validation import ContractSerializer
from recoveries.letters.scenarios.rehearsals import MOST_CASES


class PauseSerializer(ContractSerializer):
    """Why, and until when."""

    reason = TextField(limit=255, help_text="Why; the firm's staff read it.")
    until = DayField(
        required=False,
        allow_null=True,
        default=None,
        help_text="On this day it goes on, at most 90 days ahead; without one, once you have it resumed.",
    )


class StartSerializer(ContractSerializer):
    """Which scenario."""

    code = ExactTextField(limit=40, help_text="The `code` of one of the scenarios that you see.")


class CasesField(ContractField, serializers.ListField):
    """Ids of cases, 1 to MOST_CASES."""

    child = CodeField()
    most = MOST_CASES  # for the reference
    default_error_messages = {
        "invalid": _("The {field} field must be an array."),
        "too_many": _("The {field} field must not have more than {most} items."),
        "required": _("The {field} field must not be empty."),
    }

    def to_internal_value(self, data: Any) -> list[int]:
        """The ids."""
        if not isinstance(data, list):
            self.fail("invalid")
        if not data:
            self.fail("required")
        if len(data) > MOST_CASES:
            self.fail("too_many", most=MOST_CASES)
        return list(super().to_internal_value(data))


class RehearseSerializer(ContractSerializer):
    """Until when, over which cases; all that are open unless some are named."""

    until = DayField(help_text="The last day that is rehearsed: one to come, within a year.")
    recovery_ids = CasesField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Ids of cases of yours, 1 to 1,000; without them, all that are open.",
    )
