"""Fields that speak the contract's sentences.

A sentence names its field as the reference does: the key with spaces for underscores.
"""

import json
import math
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from legalcity.lib.text import is_storable

REQUIRED = _("The {field} field is required.")
MAX_EMAIL = 254  # characters, RFC 5321
DEEPEST = 32  # levels of a free JSON object
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NUMBER = re.compile(r"-?\d{1,40}(\.\d{1,40})?", re.ASCII)


def label(key: str) -> str:
    """A key as sentences name it: `invoice_number` gives "invoice number" (translated where we know it)."""
    return gettext(key.replace("_", " "))


class ContractField(serializers.Field):
    """What every field shares: required and null say the same, and sentences know the field's name."""

    default_error_messages = {"required": REQUIRED, "null": REQUIRED, "blank": REQUIRED}

    def fail(self, key: str, **values: Any) -> Any:
        """Raise the sentence of `key`, its placeholders filled in."""
        sentence = str(self.error_messages[key]).format(field=label(self.field_name or ""), **values)
        raise serializers.ValidationError(sentence, code=key)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """An empty string is null; null is an absent value where the field may be absent and holds no null."""
        if isinstance(data, str) and not data.strip() and not isinstance(self, serializers.JSONField):
            data = None
        if data is None and not (self.allow_null or self.required):
            data = serializers.empty
        return super().run_validation(data)


class TextField(ContractField, serializers.CharField):
    """A string. `limit` is the most characters, or the name of the system setting that says it."""

    default_error_messages = {
        "invalid": _("The {field} field must be a string."),
        "too_long": _("The {field} must not be greater than {limit} characters."),
        "unstorable": _("The {field} field contains characters that are not allowed."),
    }

    def __init__(self, *, limit: int | Callable[[], int] = 255, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(**kwargs)
        self.validators = []  # The framework's own checks for NUL and surrogates speak other sentences.

    def to_internal_value(self, data: Any) -> str:
        """The text, stripped, storable and short enough."""
        if not isinstance(data, str):
            self.fail("invalid")
        text = str(data)
        if not is_storable(text):
            self.fail("unstorable")
        if self.trim_whitespace:
            text = text.strip()
        limit = self.limit if isinstance(self.limit, int) else self.limit()
        if len(text) > limit:
            self.fail("too_long", limit=limit)
        return text


class EmailField(TextField):
    """An e-mail address, at most 254 characters."""

    default_error_messages = {"not_email": _("The {field} must be a valid email address.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(limit=MAX_EMAIL, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The address as sent."""
        text = super().to_internal_value(data)
        if len(text.lower()) > MAX_EMAIL:  # Some letters are longer in lower case, which is how it is kept.
            self.fail("too_long", limit=MAX_EMAIL)
        try:
            validate_email(text)
        except DjangoValidationError:
            self.fail("not_email")
        return text


class DigitsField(TextField):
    """A code of exactly `length` digits (SIREN, SIRET)."""

    default_error_messages = {
        "length": _("The {field} must be exactly {length} characters."),
        "digits": _("The {field} must contain digits only."),
    }

    def __init__(self, *, length: int, **kwargs: Any) -> None:
        self.length = length
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The digits."""
        text = super().to_internal_value(data)
        if len(text) != self.length:
            self.fail("length", length=self.length)
        if not (text.isascii() and text.isdigit()):
            self.fail("digits")
        return text


class DecimalText(ContractField, serializers.DecimalField):
    """A decimal number, sent as a JSON number or as a string; never negative."""

    default_error_messages = {
        "invalid": _("The {field} field must be a number."),
        "negative": _("The {field} field must be at least 0."),
        "decimals": _("The {field} field must not have more than {places} decimal places."),
        "digits": _("The {field} field must not have more than {digits} integer digits."),
    }

    def to_internal_value(self, data: Any) -> Decimal:
        """The number, exactly as written."""
        if isinstance(data, bool) or not isinstance(data, int | float | str | Decimal):
            self.fail("invalid")
        text = str(data).strip()
        if not NUMBER.fullmatch(text):
            self.fail("invalid")
        number = Decimal(text)
        if number.is_signed() and number:
            self.fail("negative")
        places = self.decimal_places or 0
        if -int(number.as_tuple().exponent) > places:
            self.fail("decimals", places=places)
        digits = (self.max_digits or 0) - places
        if number >= 10**digits:
            self.fail("digits", digits=digits)
        return round(abs(number), places)


class MoneyField(DecimalText):
    """An amount in EUR: two decimals, twelve integer digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, **kwargs)


class PercentField(DecimalText):
    """A percentage with two decimals; its range is a rule of its room."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=5, decimal_places=2, **kwargs)


class DayField(ContractField, serializers.DateField):
    """A date, `YYYY-MM-DD` and nothing else."""

    default_error_messages = {"invalid": _("The {field} field must be a valid date.")}

    def to_internal_value(self, value: Any) -> date:
        """The date."""
        if not isinstance(value, str) or not DAY.fullmatch(value.strip()):
            self.fail("invalid")
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            return self.fail("invalid")  # type: ignore[no-any-return]


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
    """An integer; with `among`, one of those."""

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
