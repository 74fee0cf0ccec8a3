"""What the API reads of preferences."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from events.notices.groups import Group, Mode
from events.notices.models import MOST_RECIPIENTS
from events.notices.preferences import Wanted, preference_faults
from legalcity.api.fields import REQUIRED, EmailField, WordField, label
from legalcity.api.validation import ContractSerializer, Errors
from legalcity.lib.codes import FieldCode


class ArrayField(serializers.ListField):
    """An array of at most `most` items; errors carry the number of the item."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The items, typed."""
        name = label(self.field_name or "")
        if data in (serializers.empty, None, ""):
            if self.required:
                raise serializers.ValidationError([str(REQUIRED).format(field=name)], code=FieldCode.REQUIRED)
            raise serializers.SkipField
        if not isinstance(data, list):
            raise serializers.ValidationError([_("The {field} field must be an array.").format(field=name)])
        if len(data) > self.most:
            sentence = _("The {field} field must not have more than {most} items.")
            raise serializers.ValidationError([sentence.format(field=name, most=self.most)], code=FieldCode.TOO_MANY)
        return super().run_validation(data)


class GroupSerializer(ContractSerializer):
    """What is to hold for a group. What is absent stays."""

    group = WordField([group.value for group in Group], help_text="Which events.")
    mode = WordField(
        [mode.value for mode in Mode],
        required=False,
        help_text="How they are told: one of the group's `modes`, as the answers say.",
    )
    recipients = ArrayField(
        most=MOST_RECIPIENTS,
        child=EmailField(),
        required=False,
        help_text="Who is told, instead of who was: at least one of `money_received` and `debtor_proposals`.",
    )
    language = WordField(
        [code for code, _name in settings.LANGUAGES], required=False, help_text="The language of the e-mails."
    )


class PreferencesSerializer(ContractSerializer):
    """The groups that are to be told otherwise than now."""

    groups = ArrayField(most=len(Group), child=GroupSerializer(), help_text="What changes, group by group.")

    def rule_errors(self, values: dict[str, Any]) -> Errors:
        """What a group does not have."""
        return {field: list(told) for field, told in preference_faults(wanted_of(values.get("groups", []))).items()}


def wanted_of(groups: list[dict[str, Any]]) -> list[Wanted]:
    """What was sent, typed."""
    return [
        Wanted(
            group=Group(sent["group"]),
            mode=Mode(sent["mode"]) if sent.get("mode") else None,
            recipients=sent.get("recipients"),
            language=sent.get("language"),
        )
        for sent in groups
    ]
