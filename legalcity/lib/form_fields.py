"""Fields of forms that people fill in, each read by its reader (`legalcity.lib.reading`) as people write.

Codes of refusal are the keys of the sentences. Amounts and identifiers are lines of text: a number field of a browser
reads `1234,56` as 123456 where its language has another decimal mark, and a length in characters cuts off groups.
"""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from legalcity.lib.dates import EARLIEST, LATEST
from legalcity.lib.reading import Manner, Unreadable
from legalcity.lib.reading.days import read_day
from legalcity.lib.reading.emails import LIMIT as MAX_EMAIL
from legalcity.lib.reading.emails import read_email
from legalcity.lib.reading.identifiers import compact, in_fours, read_bic, read_iban, read_siren, read_vat
from legalcity.lib.reading.money import EUROS, PERCENT, read_amount
from legalcity.lib.reading.phones import LIMIT as MAX_PHONE
from legalcity.lib.reading.phones import read_phone
from legalcity.lib.reading.texts import is_blank, read_lines, read_text
from legalcity.lib.reading.words import sentence_of


class ReadField(forms.Field):
    """A field whose value `read` reads; what it refuses becomes the sentence of that code."""

    default_error_messages = {"unstorable": _("This text holds characters that cannot be kept.")}

    def read(self, value: Any) -> Any:
        """The value. Raises Unreadable."""
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        """The value, or the empty one where nothing was written."""
        if value in self.empty_values or (isinstance(value, str) and is_blank(value)):
            return self.nothing
        try:
            return self.read(value)
        except Unreadable as error:
            template = self.error_messages[error.code]
            raise ValidationError(sentence_of(error, template, day=_short), code=error.code) from error

    @property
    def nothing(self) -> Any:
        """What an empty line means."""
        return getattr(self, "empty_value", None)


def _short(day: date) -> str:
    """A day as it may be written."""
    return day.strftime("%d/%m/%Y")


class CountField(forms.IntegerField):
    """A whole number, in the digits 0 to 9: Python would take those of any writing."""

    def to_python(self, value: Any) -> int | None:
        """The number, or None where nothing was written."""
        if isinstance(value, str) and not value.strip().isascii():
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class AmountField(ReadField, forms.DecimalField):
    """An amount, shown as the person's language writes it. The longest integer part has `max_digits` less the places.

    Amounts of cents may be written in groups of thousands; rates with more places may not.
    """

    widget = forms.TextInput
    units: ClassVar[tuple[str, ...]] = EUROS
    default_error_messages = {
        "two_ways": _("“{text}” can be read two ways: {whole} or {decimal}. Write the thousands without a mark."),
        "negative": _("This cannot be below zero."),
        "decimals": _("At most {places} decimals."),
        "digits": _("At most {digits} digits before the decimal mark."),
    }

    def __init__(self, *, max_digits: int = 14, decimal_places: int = 2, **options: Any) -> None:
        super().__init__(max_digits=max_digits, decimal_places=decimal_places, **options)
        self.places = decimal_places
        self.digits = max_digits - decimal_places

    @property
    def is_grouped(self) -> bool:
        """Whether thousands may be set apart."""
        return self.places <= 2

    def read(self, value: Any) -> Decimal:
        """The amount."""
        return read_amount(
            value,
            manner=Manner.WRITTEN,
            digits=self.digits,
            places=self.places,
            grouped=self.is_grouped,
            units=self.units,
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """A keyboard with digits, where keyboards are drawn."""
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        """A stored amount in words of the person; what was typed stays as it was typed."""
        if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
            return number_format(value, self.places, use_l10n=True, force_grouping=self.is_grouped)
        return value


class SumField(AmountField):
    """An amount in a currency that the form does not name: no sign of one is taken."""

    units = ()


class PercentField(AmountField):
    """A percentage, or a share: never in groups."""

    units = PERCENT
    is_grouped = False


def amount_form_field(*, max_digits: int, decimal_places: int, **options: Any) -> AmountField:
    """The form's field of a column: one of fewer than four integer digits is a percentage."""
    kind = PercentField if max_digits - decimal_places < 4 else AmountField
    return kind(max_digits=max_digits, decimal_places=decimal_places, **options)


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, **options: Any) -> None:
        super().__init__(format="%Y-%m-%d", **{"attrs": {"class": "vTextField"}, **options})


class DayField(ReadField, forms.DateField):
    """A day from `earliest` to `latest`."""

    widget = DayInput
    default_error_messages = {
        "short_year": _("Write the year with four digits: 20/11/2026."),
        "range": _("The day must lie between {earliest} and {latest}."),
    }

    def __init__(self, *, earliest: date = EARLIEST, latest: date = LATEST, **options: Any) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(**options)

    def read(self, value: Any) -> date:
        """The day."""
        return read_day(value, manner=Manner.WRITTEN, earliest=self.earliest, latest=self.latest)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The calendar knows the bounds too."""
        bounds = {"min": self.earliest.isoformat(), "max": self.latest.isoformat()}
        return {**super().widget_attrs(widget), **(bounds if isinstance(widget, DayInput) else {})}


class TextField(ReadField, forms.CharField):
    """A text in NFC, without invisible signs; a required one shows something. A box of several lines keeps them."""

    def read(self, value: Any) -> str:
        """The text. Its length is counted by Django's validator, behind the name of the field."""
        return (read_lines if isinstance(self.widget, forms.Textarea) else read_text)(str(value))


class EmailField(TextField):
    """An e-mail address."""

    widget = forms.EmailInput
    default_error_messages = {
        "not_email": _("Write an e-mail address such as name@example.com."),
        "too_long": _("At most {limit} characters."),
    }

    def __init__(self, *, max_length: int = MAX_EMAIL, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)

    def read(self, value: Any) -> str:
        """The address."""
        return read_email(str(value))


class PhoneField(TextField):
    """A phone number."""

    default_error_messages = {
        "too_long": _("At most {limit} characters."),
    }

    def __init__(self, *, max_length: int = MAX_PHONE, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)

    def read(self, value: Any) -> str:
        """The number."""
        return read_phone(str(value), limit=self.max_length or MAX_PHONE)


class IdentifierField(TextField):
    """An identifier in its normal form, written in groups or not. `max_length` is that of the normal form."""

    default_error_messages = {
        "length": _("A SIREN has {length} digits."),
        "digits": _("A SIREN has digits only."),
        "not_iban": _("This is no IBAN: a character is missing, or the check digits do not fit."),
        "not_bic": _("This is no BIC: it has eight or eleven characters, such as AGRIFRPP."),
        "not_vat": _("This is no VAT number: its form or its key does not fit."),
    }

    def read(self, value: Any) -> str:
        """The normal form."""
        return compact(read_text(str(value)))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No length: groups need room, and browsers cut off what is longer."""
        attributes = super().widget_attrs(widget)
        attributes.pop("maxlength", None)
        return {**attributes, "spellcheck": "false", "autocomplete": "off"}


class SirenField(IdentifierField):
    """A SIREN."""

    def read(self, value: Any) -> str:
        """The digits."""
        return read_siren(str(value))


class VatField(IdentifierField):
    """A VAT number."""

    def read(self, value: Any) -> str:
        """The number."""
        return read_vat(str(value))


class BicField(IdentifierField):
    """A BIC."""

    def read(self, value: Any) -> str:
        """The code."""
        return read_bic(str(value))


class IbanField(IdentifierField):
    """An IBAN, shown in fours."""

    def read(self, value: Any) -> str:
        """The number."""
        return read_iban(str(value))

    def prepare_value(self, value: Any) -> Any:
        """What is stored in groups; what was typed would be read the same."""
        return in_fours(value) if isinstance(value, str) else value
