"""Events as staff see them."""

import json

from django.core.serializers.json import DjangoJSONEncoder

from events.bodies import event_told
from events.feed import FeedRow
from events.models import Event
from events.types import event_types


def raw(event: Event | FeedRow) -> str:
    """An event as outsiders get it, for people who read JSON."""
    return json.dumps(event_told(event), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def sentence_of(code: str) -> str:
    """What a type says has happened; the code of one that is not declared any more."""
    declared = event_types().get(code)
    return str(declared.sentence) if declared else code
