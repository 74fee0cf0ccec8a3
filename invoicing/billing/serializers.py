"""What clients send to `/v1/firms/`."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from legalcity.api.fields import CodeField, EmailField, ExactTextField
from legalcity.api.listing import PageSizeField
from legalcity.api.validation import ContractSerializer

# As sentences name them: made from keys at run time, gathered for translation here.
NAMES = (gettext_noop("password"), gettext_noop("skip"), gettext_noop("take"))
FARTHEST = 10**9  # rows that a list may skip


class CredentialsSerializer(ContractSerializer):
    """The body of a login."""

    email = EmailField()
    password = ExactTextField(limit=1000, trim_whitespace=False)


class SkipField(CodeField):
    """Rows before the first one shown, from 0."""

    default_error_messages = {"range": _("The {field} field must be between 0 and {most}.")}

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        number = super().to_internal_value(data)
        if not 0 <= number <= FARTHEST:
            self.fail("range", most=FARTHEST)
        return number


class SliceQuery(ContractSerializer):
    """Which part of a list is asked for."""

    skip = SkipField(required=False)
    take = PageSizeField(required=False)
