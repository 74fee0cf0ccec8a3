"""Fields that speak the contract's sentences.

A sentence names its field as the reference does: the key with spaces for underscores. What a value means says
`legalcity.lib.reading`; its codes of refusal are the keys of the sentences here.
"""

import json
import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from legalcity.lib.dates import EARLIEST, LATEST, moment_text
from legalcity.lib.errors import Sentence
from legalcity.lib.reading import Manner, Unreadable
from legalcity.lib.reading.days import read_day
from legalcity.lib.reading.emails import LIMIT as MAX_EMAIL
from legalcity.lib.reading.emails import read_email
from legalcity.lib.reading.identifiers import read_digits
from legalcity.lib.reading.moments import read_moment
from legalcity.lib.reading.money import EUROS, PERCENT, read_amount
from legalcity.lib.reading.phones import LIMIT as MAX_PHONE
from legalcity.lib.reading.phones import read_phone
from legalcity.lib.reading.texts import is_blank, read_lines, read_text
from legalcity.lib.reading.words import sentence_of
from legalcity.lib.settings.live import live
from legalcity.lib.text import is_storable

REQUIRED = _("The {field} field is required.")
DEEPEST = 32  # levels of a free JSON object


def label(key: str) -> str:
    """A key as sentences name it: `invoice_number` gives "invoice number" (translated where we know it).

    A member of a list has no key of its own: it is an item.
    """
    return gettext((key or "item").replace("_", " "))


class ContractField(serializers.Field):
    """What every field shares: required and null say the same, and sentences know the field's name."""

    default_error_messages = {"required": REQUIRED, "null": REQUIRED, "blank": REQUIRED}

    @cached_property
    def manner(self) -> Manner:
        """Who wrote the value: a program, unless the context says that a person did."""
        manner: Manner = self.context.get("manner", Manner.MACHINE)
        return manner

    def refuse(self, error: Unreadable) -> serializers.ValidationError:
        """What the reader refuses, in the sentence of its code."""
        template = self.error_messages[error.code]
        sentence = sentence_of(error, template, day=date.isoformat, field=label(self.field_name or ""))
        return serializers.ValidationError(sentence, code=error.code)

    def fail(self, key: str, **values: Any) -> Any:
        """Raise the sentence of `key`, its placeholders filled in."""
        sentence = str(self.error_messages[key]).format(field=label(self.field_name or ""), **values)
        raise serializers.ValidationError(sentence, code=key)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """A text without anything to see is null; null is absent where the field may be absent and holds no null."""
        if isinstance(data, str) and not isinstance(self, serializers.JSONField) and is_blank(data):
            data = None
        if data is None and not (self.allow_null or self.required):
            data = serializers.empty
        return super().run_validation(data)


class TextField(ContractField, serializers.CharField):
    """A string of one line. `limit` is the most characters, or the name of the system setting that says it."""

    default_error_messages = {
        "invalid": _("The {field} field must be a string."),
        "too_long": _("The {field} must not be greater than {limit} characters."),
        "unstorable": _("The {field} field contains characters that are not allowed."),
    }

    def __init__(self, *, limit: int | str = 255, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(**kwargs)
        self.validators = []  # The framework's own checks for NUL and surrogates speak other sentences.

    def to_internal_value(self, data: Any) -> str:
        """The text as `read` has it."""
        if not isinstance(data, str):
            self.fail("invalid")
        if not is_storable(data):
            self.fail("unstorable")
        try:
            return self.read(data)
        except Unreadable as error:
            raise self.refuse(error) from error

    def read(self, text: str) -> str:
        """The text by its reader: in NFC, nothing invisible in it, short enough. Raises Unreadable."""
        return read_text(text, limit=self.most())

    def most(self) -> int:
        """The most characters, as of now."""
        return self.limit if isinstance(self.limit, int) else int(getattr(live, self.limit))


class LinesField(TextField):
    """A string of as many lines as it was sent with."""

    def read(self, text: str) -> str:
        """The text, its lines kept."""
        return read_lines(text, limit=self.most())


class ExactTextField(TextField):
    """A string that is kept, or compared, as it was sent."""

    def read(self, text: str) -> str:
        """The text, stripped where the field says so."""
        text = text.strip() if self.trim_whitespace else text
        if len(text) > (limit := self.most()):
            raise Unreadable("too_long", limit=limit)
        return text


class EmailField(TextField):
    """An e-mail address, at most 254 characters."""

    default_error_messages = {"not_email": _("The {field} must be a valid email address.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(limit=MAX_EMAIL, **kwargs)

    def read(self, text: str) -> str:
        """The address as sent."""
        return read_email(text)


class PhoneField(TextField):
    """A phone number, at most 32 characters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(limit=MAX_PHONE, **kwargs)

    def read(self, text: str) -> str:
        """The number as sent."""
        return read_phone(text)


class DigitsField(TextField):
    """A code of exactly `length` digits (SIREN, SIRET), in groups or not."""

    default_error_messages = {
        "length": _("The {field} must be exactly {length} characters."),
        "digits": _("The {field} must contain digits only."),
    }

    def __init__(self, *, length: int, **kwargs: Any) -> None:
        self.length = length
        super().__init__(**kwargs)

    def read(self, text: str) -> str:
        """The digits."""
        return read_digits(text, length=self.length)


class DecimalText(ContractField, serializers.DecimalField):
    """A decimal number, sent as a JSON number or as a string; never negative."""

    default_error_messages = {
        "invalid": _("The {field} field must be a number."),
        "two_ways": _("The {field} “{text}” can be read two ways: {whole} or {decimal}."),
        "negative": _("The {field} field must be at least 0."),
        "decimals": _("The {field} field must not have more than {places} decimal places."),
        "digits": _("The {field} field must not have more than {digits} integer digits."),
    }
    is_grouped = True
    most: int | None = None  # What a rule of the room bounds it to, for the reference
    units: tuple[str, ...] = EUROS

    def to_internal_value(self, data: Any) -> Decimal:
        """The number, exactly as written."""
        places = self.decimal_places or 0
        try:
            return read_amount(
                data,
                manner=self.manner,
                digits=(self.max_digits or 0) - places,
                places=places,
                grouped=self.is_grouped,
                units=self.units,
            )
        except Unreadable as error:
            raise self.refuse(error) from error


class MoneyField(DecimalText):
    """An amount in EUR: two decimals, twelve integer digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, **kwargs)


class SumField(MoneyField):
    """An amount in EUR of more than nothing."""

    default_error_messages = {"negative": _("The {field} field must be greater than 0.")}

    def to_internal_value(self, data: Any) -> Decimal:
        """The amount."""
        amount = super().to_internal_value(data)
        if not amount:
            self.fail("negative")
        return amount


class PercentField(DecimalText):
    """A percentage with two decimals, in the sentence of its `bounds`. What else bounds it is a rule of its room."""

    is_grouped = False
    most = 100
    units = PERCENT

    def __init__(self, *, bounds: Sentence, **kwargs: Any) -> None:
        outside: dict[str, Any] = {"negative": bounds, "digits": bounds}
        super().__init__(max_digits=5, decimal_places=2, error_messages=outside, **kwargs)


class DayField(ContractField, serializers.DateField):
    """A date, `YYYY-MM-DD` and nothing else, from `earliest` to `latest`."""

    default_error_messages = {
        "invalid": _("The {field} field must be a valid date."),
        "short_year": _("The {field} field must have a year of four digits."),
        "range": _("The {field} field must be a date between {earliest} and {latest}."),
    }

    def __init__(self, *, earliest: date = EARLIEST, latest: date = LATEST, **kwargs: Any) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(**kwargs)

    def to_internal_value(self, value: Any) -> date:
        """The date."""
        if not isinstance(value, str):
            self.fail("invalid")
        try:
            return read_day(value, manner=self.manner, earliest=self.earliest, latest=self.latest)
        except Unreadable as error:
            raise self.refuse(error) from error


class MomentField(ContractField, serializers.Field):
    """A moment with its zone, as `2026-11-28T10:30:00Z`."""

    default_error_messages = {"invalid": _("The {field} field must be a moment, such as 2026-11-28T10:30:00Z.")}

    def to_internal_value(self, value: Any) -> datetime:
        """The moment, in UTC."""
        try:
            return read_moment(value)
        except Unreadable as error:
            raise self.refuse(error) from error

    def to_representation(self, value: datetime) -> str | None:
        """As answers have it."""
        return moment_text(value)


class FlagField(ContractField, serializers.BooleanField):
    """A boolean: true/false, 1/0, "1"/"0"; `words` admits "true"/"false" too (queries)."""

    default_error_messages = {"invalid": _("The {field} field must be true or false.")}

    def __init__(self, *, words: bool = False, **kwargs: Any) -> None:
        self.words = words
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> bool:
        """The flag."""
        if isinstance(data, str):
            text = data.strip().lower()
            if text in ("1", "0") or (self.words and text in ("true", "false")):
                return text in ("1", "true")
        elif isinstance(data, bool | int) and data in (0, 1):
            return bool(data)
        return self.fail("invalid")  # type: ignore[no-any-return]


class CodeField(ContractField, serializers.IntegerField):
    """An integer; with `among`, one of those. `bounds`: what a subclass takes, for the reference."""

    bounds: tuple[int, int] | None = None

    default_error_messages = {
        "invalid": _("The {field} field must be an integer."),
        "unknown": _("The selected {field} is invalid."),
    }

    def __init__(self, *, among: Callable[[], Any] | tuple[int, ...] | None = None, **kwargs: Any) -> None:
        self.among = among
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        """The integer."""
        text = str(data).strip() if isinstance(data, str | int) and not isinstance(data, bool) else ""
        if not re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
            self.fail("invalid" if self.among is None else "unknown")
        number = int(text)
        among = self.among() if callable(self.among) else self.among
        if among is not None and number not in among:
            self.fail("unknown")
        return number


class WordField(ContractField, serializers.ChoiceField):
    """One of a few words."""

    default_error_messages = {"invalid_choice": _("The selected {field} is invalid.")}

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The word."""
        if not isinstance(data, str) or data.strip() not in self.choices:
            self.fail("invalid_choice")
        return str(data).strip()


def _is_storable(value: Any, depth: int = 0) -> bool:
    """Whether a database takes `value` as JSON: no NUL, no lone surrogate, no infinity, no abyss."""
    if isinstance(value, str):
        return is_storable(value)
    if isinstance(value, float):
        return math.isfinite(value)
    if not isinstance(value, dict | list):
        return True
    items = [*value, *value.values()] if isinstance(value, dict) else value
    return depth < DEEPEST and all(_is_storable(item, depth + 1) for item in items)


class ObjectField(ContractField, serializers.JSONField):
    """A free JSON object of at most `max_bytes`."""

    default_error_messages = {
        "invalid": _("The {field} field must be an object."),
        "too_large": _("The {field} field is too large."),
        "unstorable": _("The {field} field contains values that are not allowed."),
    }
    max_bytes = 65_536

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The object."""
        if not isinstance(data, dict):
            self.fail("invalid")
        if not _is_storable(data):
            self.fail("unstorable")
        if len(json.dumps(data)) > self.max_bytes:
            self.fail("too_large")
        return dict(data)
