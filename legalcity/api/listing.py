"""Lists: what a client asks of one (filters, order, page), and the pagination that answers it."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from legalcity.api.fields import CodeField, ExactTextField, WordField
from legalcity.api.validation import ContractSerializer, read, reader_of
from legalcity.lib.dates import day_text, moment_text
from legalcity.lib.settings.live import live

FAR = 18  # digits
LAST_PAGE = 2**63 - 1
SHORT, REMEMBERED = 200, 1000  # characters of a query string that is remembered, and how many are in a process


class PageField(CodeField):
    """The number of a page, from 1."""

    default_error_messages = {"page": _("The {field} field must be at least 1.")}

    def to_internal_value(self, data: Any) -> int:
        """The number. One that no list can have stands for the last that there could be, which is as empty."""
        text = str(data).strip()
        if len(text) > FAR and text.isascii() and text.isdigit() and text.strip("0"):
            return LAST_PAGE
        number = super().to_internal_value(data)
        if number < 1:
            self.fail("page")
        return number


class PageSizeField(CodeField):
    """Rows on a page, from 1 to the system setting."""

    default_error_messages = {"size": _("The {field} field must be between 1 and {most}.")}

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        text = str(data).strip()
        if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= live.MAX_PAGE_SIZE):
            self.fail("size", most=live.MAX_PAGE_SIZE)
        return int(text)


class SortField(WordField):
    """A field to sort by."""

    default_error_messages = {"invalid_choice": _("The selected sort field is invalid.")}


class SearchField(ExactTextField):
    """A text to look for."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(limit=255, required=False, **kwargs)


class PageQuery(ContractSerializer):
    """The page of any list."""

    per_page = PageSizeField(required=False)
    page = PageField(required=False)

    @classmethod
    def depends_on(cls) -> Hashable:
        """What the reading of a query string depends on beside it. Subclasses whose fields ask more add that."""
        return live.MAX_PAGE_SIZE, live.DEFAULT_PAGE_SIZE

    def get_fields(self) -> dict[str, Any]:
        """Filters and order first, the page last, as the reference lists them."""
        fields: dict[str, Any] = super().get_fields()
        for name in ("per_page", "page"):
            fields[name] = fields.pop(name)
        return fields


class ListQuery(PageQuery):
    """A list that can be sorted. Subclasses name `sorts` (contract name → column) and `default_sort`."""

    sorts: ClassVar[dict[str, str]] = {}
    default_sort: ClassVar[tuple[str, str]]

    def sort_of(self, values: dict[str, Any]) -> tuple[str, str]:
        """The order of who asks for none; `values` is what was asked."""
        return self.default_sort

    def get_fields(self) -> dict[str, Any]:
        """The filters, the order, the page."""
        fields = super().get_fields()
        order = {
            "sort_by": SortField(list(self.sorts), required=False),
            "sort_order": WordField(["asc", "desc"], required=False),
        }
        page = {name: fields.pop(name) for name in ("per_page", "page")}
        return {**fields, **order, **page}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asked of a list: `filters` as the answer echoes them, defaults filled in."""

    filters: Mapping[str, Any]
    page: int
    per_page: int

    @property
    def offset(self) -> int:
        """Rows before the page."""
        return (self.page - 1) * self.per_page

    @property
    def applied(self) -> dict[str, Any]:
        """The filters as `filters_applied` shows them."""
        return {name: _echoed(value) for name, value in self.filters.items()}

    @property
    def descending(self) -> bool:
        """The direction of the order."""
        return bool(self.filters["sort_order"] == "desc")


def _echoed(value: Any) -> Any:
    if isinstance(value, datetime):
        return moment_text(value)
    return day_text(value) if isinstance(value, date) else value


def asked(query: type[PageQuery], request: Request) -> Asked:
    """Read the query string. An empty value is an absent one. Raises Invalid with every sentence.

    Clients ask the same again and again: what was read well is remembered, as long as what it depends on stays.
    """
    text: str = request.META.get("QUERY_STRING", "")
    return (_remembered if len(text) <= SHORT else _read)(query, text, query.depends_on())


def _read(query: type[PageQuery], text: str, _depends_on: Hashable) -> Asked:
    sent = {key: value for key, value in QueryDict(text.encode("iso-8859-1")).items() if str(value).strip()}
    reader = reader_of(query)
    values = read(reader, sent)
    names = [str(name) for name in reader.fields]
    page, per_page = values.pop("page", 1), values.pop("per_page", min(live.DEFAULT_PAGE_SIZE, live.MAX_PAGE_SIZE))
    filters = {name: values.get(name) for name in names if name not in ("page", "per_page")}
    if isinstance(reader, ListQuery):
        sort_by, sort_order = reader.sort_of(values)
        filters["sort_by"] = filters["sort_by"] or sort_by
        filters["sort_order"] = filters["sort_order"] or sort_order
    return Asked(filters=MappingProxyType(filters), page=page, per_page=per_page)


_remembered = lru_cache(maxsize=REMEMBERED)(_read)


def ordered(queryset: QuerySet[Any], query: type[ListQuery], asked: Asked) -> QuerySet[Any]:
    """`queryset` in the order that was asked, closed by the id so that no page repeats or skips a row."""
    sign = "-" if asked.descending else ""
    return queryset.order_by(f"{sign}{query.sorts[asked.filters['sort_by']]}", f"{sign}pk")


def page_of(queryset: QuerySet[Any], asked: Asked, total: int) -> QuerySet[Any]:
    """The rows of the page; none past the end, however far."""
    if asked.offset >= total:
        return queryset.none()
    return queryset[asked.offset : asked.offset + asked.per_page]


def pagination(asked: Asked, total: int, shown: int) -> dict[str, Any]:
    """The contract's pagination of a page that shows `shown` of `total` rows."""
    last = max(1, math.ceil(total / asked.per_page))
    return {
        "current_page": asked.page,
        "per_page": asked.per_page,
        "total": total,
        "last_page": last,
        "from": asked.offset + 1 if shown else None,
        "to": asked.offset + shown if shown else None,
        "has_more_pages": asked.page < last,
    }


def about(thing: Any, keys: Sequence[str]) -> dict[str, Any]:
    """A few fields of `thing`, an empty text shown as null."""
    return {key: getattr(thing, key) if getattr(thing, key) != "" else None for key in keys}
