"""What the calls on webhooks read."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from events.webhooks.endpoints import MISSED
from events.webhooks.models import Delivery, Endpoint
from events.webhooks.replaying import REPLAYABLE
from events.webhooks.subscriptions import is_known, is_type
from legalcity.api.cursor import CursorQuery
from legalcity.api.fields import CodeField, ContractField, ExactTextField, FlagField, MomentField, TextField, WordField
from legalcity.api.validation import ContractSerializer, Errors
from legalcity.lib.reading import Unreadable

MOST_TYPES = 100
MOST_HOURS = 168
UNKNOWN = gettext_lazy("There is no such type of events.")


class TypeField(TextField):
    """A type of events that clients may hear of."""

    default_error_messages = {"unknown": UNKNOWN}

    def read(self, text: str) -> str:
        """Its code. Raises Unreadable."""
        return _known(text.strip(), is_type(text.strip()))


class WordOfTypesField(TextField):
    """A type, or a family of them: `recovery.*`."""

    default_error_messages = {"unknown": UNKNOWN}

    def fail(self, key: str, **values: Any) -> Any:
        """Nothing at all is no type, rather than a type that is missing."""
        return super().fail("unknown" if key in ("null", "blank") else key, **values)

    def read(self, text: str) -> str:
        """The word. Raises Unreadable."""
        return _known(text.strip(), is_known(text.strip()))


class TypesField(ContractField, serializers.ListField):
    """What is to be told: nothing named is everything; named twice is once."""

    child = WordOfTypesField()
    most = MOST_TYPES
    default_error_messages = {
        "invalid": gettext_lazy("The {field} field must be an array."),
        "too_many": gettext_lazy("The {field} field must not have more than {most} items."),
    }

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """What was sent, which is a list; null leaves it as it is in a change, and is no every type by a slip."""
        is_change = getattr(self.root, "partial", False)
        if not (is_change or data is serializers.empty or isinstance(data, list)):
            self.fail("invalid")
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> list[str]:
        """The words; errors carry their number in the list."""
        if not isinstance(data, list):
            self.fail("invalid")
        if len(data) > self.most:
            self.fail("too_many", most=self.most)
        return list(dict.fromkeys(super().to_internal_value(data)))


class HoursField(CodeField):
    """For how many hours the secret before signs too."""

    bounds = (0, MOST_HOURS)
    default_error_messages = {"range": gettext_lazy("The {field} field must be between 0 and {most}.")}

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        hours = super().to_internal_value(data)
        if not 0 <= hours <= MOST_HOURS:
            self.fail("range", most=MOST_HOURS)
        return hours


class EndpointSerializer(ContractSerializer):
    """An endpoint as clients make it."""

    url = ExactTextField(
        limit=2000,
        help_text="Where we POST what happens: https, a public address, no user name and no fragment in it.",
    )
    types = TypesField(required=False, help_text="Codes of event types, or `family.*`; none is every type.")
    description = TextField(limit=255, required=False, allow_null=True, help_text="What it is for, in your words.")
    sign_with_auth_secret = FlagField(
        required=False, help_text="Whether your account's `auth_secret` signs too, beside the endpoint's own secret."
    )


class EndpointChangeSerializer(EndpointSerializer):
    """And as they change it."""

    state = WordField(Endpoint.State.values, required=False, help_text="Whether anything is sent there.")
    missed = WordField(
        MISSED,
        required=False,
        help_text="With `state` enabled: whether what was not delivered meanwhile is sent; none unless you say so.",
    )

    def rule_errors(self, values: dict[str, Any]) -> Errors:
        """What was missed is asked for with the enabling."""
        if values.get("missed") and values.get("state") != Endpoint.State.ENABLED:
            return {"missed": [_("The missed field is for state enabled alone.")]}
        return {}


class RotateSerializer(ContractSerializer):
    """A new secret."""

    keep_hours = HoursField(
        required=False, help_text="For how many hours the secret before signs too: 24 unless you say so."
    )


class TrialSerializer(ContractSerializer):
    """What a trial says."""

    type = TypeField(
        required=False, help_text="The code of the event type whose example is sent: `test.ping` unless you say so."
    )


class ReplaySerializer(ContractSerializer):
    """Which deliveries are sent again."""

    since = MomentField(required=False, help_text="Deliveries that were made from then on.")
    until = MomentField(required=False, help_text="Deliveries that were made before then.")
    state = WordField(
        list(REPLAYABLE), required=False, help_text="How they have ended: failed unless you say so; `all` is every end."
    )


class DeliveriesQuery(CursorQuery):
    """The query string of the deliveries."""

    state = WordField(Delivery.State.values, required=False, help_text="Deliveries in this state alone.")


class NoQuery(ContractSerializer):
    """A query string with nothing in it."""


def _known(word: str, is_one: bool) -> str:
    if not is_one:
        raise Unreadable("unknown")
    return word
