"""What the calls on events read."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from events.types import Seen, codes_named
from legalcity.api.cursor import CursorQuery
from legalcity.api.fields import CodeField, ContractField, MomentField
from legalcity.api.validation import Errors

MOST_WORDS = 100


class TypesField(ContractField, serializers.ListField):
    """Types of events that a client may hear of: whole ones, or families by `family.*`."""

    child = serializers.CharField(allow_blank=True)
    most = MOST_WORDS
    default_error_messages = {
        "unknown": _("There is no event type “{word}”."),
        "too_many": _("At most {most} types are asked for at once."),
    }

    def to_internal_value(self, data: Any) -> frozenset[str]:
        """The codes that the words name."""
        words = [str(word).strip() for word in data if str(word).strip()]
        if len(words) > self.most:
            self.fail("too_many", most=self.most)
        codes: set[str] = set()
        for word in words:
            named = codes_named(word, audience=Seen.CLIENT)
            if not named:
                self.fail("unknown", word=word[:60])
            codes |= named
        return frozenset(codes)


class EventsQuery(CursorQuery):
    """The query string of the feed."""

    type = TypesField(
        required=False, help_text="Events of these types alone: codes, or `family.*`; repeat it for several."
    )
    recovery_id = CodeField(required=False, help_text="Events of this case alone.")
    since = MomentField(required=False, help_text="Events that were recorded from then on.")
    until = MomentField(required=False, help_text="Events that were recorded before then.")

    def rule_errors(self, values: dict[str, Any]) -> Errors:
        """A time that ends before it begins."""
        since, until = values.get("since"), values.get("until")
        if since and until and since > until:
            return {"since": [_("The since field must not be after the until field.")]}
        return {}
