"""Events as the API answers them."""

from events.catalogue import OUTSIDERS
from events.public_ids import PREFIX
from legalcity.api.components import (
    FLAG,
    JSON_VALUE,
    MOMENT,
    TEXT,
    Schema,
    component,
    described,
    fields,
    list_of,
    map_of,
    one_of,
)

EVENT_ID: Schema = {
    "type": "string",
    "pattern": f"^{PREFIX}[a-z2-7]{{26}}$",
    "examples": [f"{PREFIX}mzxw6ytboi2gk3tqmfzgk43fnu"],
}
_SIDE = map_of(JSON_VALUE)
DATA = component(
    "EventData",
    fields(
        {"object": {**fields({"type": TEXT}), "additionalProperties": JSON_VALUE}},
        rarely={
            "previous": described(_SIDE, "How it was, of what has changed."),
            "current": described(_SIDE, "How it is, of what has changed."),
            "changed": described(list_of(TEXT), "The names of all that has changed, texts too, which are not told."),
        },
    ),
    "What an event is about. Its type says what stands in it: `schema` of the type.",
)
EVENT = component(
    "Event",
    fields(
        {
            "id": EVENT_ID,
            "type": TEXT,
            "timestamp": described(MOMENT, "When it became true."),
            "livemode": described(FLAG, "False of trials, which stand in no feed."),
            "data": DATA,
        }
    ),
    "Something that happened.",
)
EVENT_TYPE = component(
    "EventType",
    fields(
        {
            "type": TEXT,
            "description": TEXT,
            "audience": described(list_of(one_of(OUTSIDERS)), "Who of outside may hear of it."),
            "schema": described(map_of(JSON_VALUE), "The JSON schema of `data`."),
            "example": DATA,
        }
    ),
    "A kind of event.",
)
