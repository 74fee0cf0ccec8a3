"""Lists that are read on from a place: `?limit=1..200&after=<cursor>` gives `items` and the cursor of the `next` ones.

A cursor is sealed, so that neither order nor volume can be read from it, and names what it is a cursor of: altered, or
of another list, it is refused.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from cryptography.fernet import InvalidToken
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.serializers import ListField

from legalcity.api.fields import CodeField, ExactTextField
from legalcity.api.listing import REMEMBERED, SHORT
from legalcity.api.validation import ContractSerializer, read, reader_of
from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.errors import Invalid
from legalcity.lib.sealing import opened_briefly, sealed_briefly

MOST = 200
USUAL = 50
TAG, PLACE = 8, 8  # bytes
Row = TypeVar("Row")


class LimitField(CodeField):
    """Items of an answer."""

    bounds = (1, MOST)

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        text = str(data).strip()
        if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MOST):
            sentence = _("The limit field must be between 1 and {most}.").format(most=MOST)
            raise Invalid({"limit": [Coded(sentence, FieldCode.RANGE)]})
        return int(text)


class CursorQuery(ContractSerializer):
    """The query string of such a list."""

    limit = LimitField(required=False, help_text=f"Items of the answer at most: {USUAL} unless you say so.")
    after = ExactTextField(limit=200, required=False, help_text="The cursor `next` of the answer before.")


class Place(NamedTuple):
    """From where on, and how many: `after` is the last id that was read, 0 for the beginning."""

    after: int
    limit: int


def query_read(query: type[ContractSerializer], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The typed values of a query string; an empty one is absent. Raises Invalid, also for an unknown parameter."""
    reader = reader_of(query)
    if unknown := [name for name in sent if name not in reader.fields]:
        raise _parameters(unknown, _("The {field} parameter is unknown."), FieldCode.UNKNOWN)
    lists = {name for name, field in reader.fields.items() if isinstance(field, ListField)}
    told: dict[str, Any] = {}
    if isinstance(sent, QueryDict):
        if twice := [name for name in sent if name not in lists and len(sent.getlist(name)) > 1]:
            raise _parameters(twice, _("The {field} parameter is sent more than once."), FieldCode.DUPLICATE)
        told = {name: sent.getlist(name) for name in lists if name in sent}
    return read(reader, {name: value for name, value in {**dict(sent.items()), **told}.items() if str(value).strip()})


def query_asked(query: type[ContractSerializer], request: Request) -> Mapping[str, Any]:
    """The same of a request: what was read well is remembered. For queries that depend on nothing else."""
    text: str = request.META.get("QUERY_STRING", "")
    return (_remembered if len(text) <= SHORT else _read)(query, text)


def _read(query: type[ContractSerializer], text: str) -> Mapping[str, Any]:
    return MappingProxyType(query_read(query, QueryDict(text.encode("iso-8859-1"))))


_remembered = lru_cache(maxsize=REMEMBERED)(_read)


def _parameters(names: Sequence[str], sentence: str, code: FieldCode) -> Invalid:
    return Invalid({name: [Coded(sentence.format(field=name), code)] for name in names})


def place_asked(request: Request, *, of: str) -> Place:
    """Where a list (`of` names it and whose it is) is to be read on. Raises Invalid."""
    return place_of(query_read(CursorQuery, request.query_params), of=of)


def place_of(values: Mapping[str, Any], *, of: str) -> Place:
    """The same from a query string that was read. Raises Invalid."""
    return Place(cursor_opened(values["after"], of) if values.get("after") else 0, values.get("limit", USUAL))


def page_told(rows: Sequence[Row], place: Place, tell: Callable[[Row], Any], *, of: str) -> dict[str, Any]:
    """`rows` (read with one more than the limit) as `items` and `next`; rows have an `id`."""
    shown = rows[: place.limit]
    following = sealed_cursor(shown[-1].id, of) if len(rows) > place.limit else None  # type: ignore[attr-defined]
    return {"items": [tell(row) for row in shown], "next": following}


def sealed_cursor(place: int, of: str, *, size: int = PLACE) -> str:
    """The cursor of what comes after `place`, a number of `size` bytes: of most lists the id."""
    return sealed_briefly(_tag(of) + place.to_bytes(size)).rstrip("=")


def cursor_opened(cursor: str, of: str, *, size: int = PLACE) -> int:
    """The place that a cursor names. Raises Invalid for one of another list, and for any other text."""
    try:
        told = opened_briefly(cursor + "=" * (-len(cursor) % 4))
    except InvalidToken as error:
        raise _refused() from error
    if told[:TAG] != _tag(of) or len(told) != TAG + size:
        raise _refused()
    return int.from_bytes(told[TAG:])


def _tag(of: str) -> bytes:
    return hashlib.blake2b(of.encode(), digest_size=TAG).digest()


def _refused() -> Invalid:
    return Invalid({"after": [_("The after field is no cursor of this list.")]})
