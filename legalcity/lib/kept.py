"""Keeping what takes long to read: dataclasses, as JSON in the cache of pages.

The cache may be away, or hold what another version or a stranger put there: then it is read anew.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from django.core.cache import cache
from django.core.serializers.json import DjangoJSONEncoder

T = TypeVar("T")

_READERS: dict[Any, Callable[[Any], Any]] = {
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    Decimal: Decimal,
}
_NOT_OURS = (KeyError, TypeError, ValueError, AttributeError, ArithmeticError)


class _Encoder(DjangoJSONEncoder):
    def default(self, o: Any) -> Any:
        """A dataclass as its fields, a moment to the microsecond."""
        if isinstance(o, datetime):
            return o.isoformat()
        if is_dataclass(o):
            return {field.name: getattr(o, field.name) for field in fields(o)}
        return super().default(o)


def kept(key: str, seconds: int, shape: Any, read: Callable[[], T]) -> T:
    """What `read` gave within the last `seconds` under `key`, else what it gives now.

    `shape` is its type: dataclasses of texts, numbers, dates, Decimals, None and dataclasses, lists and tuples of them.
    A lazy text is kept in the language of who asks.
    """
    found = kept_already(key, shape)
    if found is not None:
        return cast(T, found)
    value = read()
    cache.set(key, json.dumps(value, cls=_Encoder), seconds)
    return value


def kept_already(key: str, shape: Any) -> Any:
    """What `kept` gave under `key` and still keeps, of that shape; None where it would have to be read."""
    found = cache.get(key)
    if found is None:
        return None
    try:
        return _built(shape, json.loads(found))
    except _NOT_OURS:
        return None


def _built(shape: Any, plain: Any) -> Any:
    """`plain` in its shape. Raises one of _NOT_OURS where it has another one."""
    parts = get_args(shape)
    if is_dataclass(shape):
        types = get_type_hints(shape)
        return cast(Any, shape)(**{name: _built(types[name], plain[name]) for name in types})
    if get_origin(shape) in (list, tuple, Sequence):
        if not isinstance(plain, list):
            raise TypeError
        rows = [_built(parts[0], item) for item in plain]
        return tuple(rows) if get_origin(shape) is tuple else rows
    if parts:  # `date | None`
        return None if plain is None and NoneType in parts else _built(parts[0], plain)
    if shape in _READERS:
        return _READERS[shape](plain)
    if not isinstance(plain, shape):
        raise TypeError
    return plain
