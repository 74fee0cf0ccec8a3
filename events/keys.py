"""What happens to the keys of accounts, whose room stands below this one and tells it through its port."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.hearing import KeyFact, key_listeners
from accounts.models import ApiKey, User
from events.schemas import thing, told
from events.services import Ref, Told, events_record
from events.types import Json, event_type

_KEY = thing("api_key", {})
_EXAMPLE: Json = {"object": {"type": "api_key", "id": 4}}

KEYS = {
    KeyFact.ISSUED: event_type("api_key.issued", _("A key that opens the API was issued."), told(_KEY), _EXAMPLE),
    KeyFact.REVOKED: event_type("api_key.revoked", _("A key of the API was revoked for good."), told(_KEY), _EXAMPLE),
}


def keys_heard(fact: KeyFact, keys: Sequence[ApiKey], by: User | None) -> None:
    """Record what has happened to keys, in the accounts that they open."""
    events_record(
        [
            Told(
                type=KEYS[fact],
                owner_id=key.user_id,
                obj=Ref("api_key", key.pk),
                data={"object": {"type": "api_key", "id": key.pk}},
                by=by,
            )
            for key in keys
        ]
    )


def connect() -> None:
    """Hear of keys."""
    key_listeners.register(keys_heard)
