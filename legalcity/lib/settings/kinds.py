"""The kinds of system settings: which field of a form reads each, and within which bounds."""

from typing import Any

from django.utils.translation import gettext_lazy

_COUNT = "legalcity.lib.form_fields.CountField"

FIELD_TYPES: dict[str, list[Any]] = {
    "page_size": [_COUNT, {"min_value": 1, "max_value": 500}],
    "rate": [_COUNT, {"min_value": 1, "max_value": 1_000_000}],
    "text_length": [_COUNT, {"min_value": 10, "max_value": 255}],
    "long_length": [_COUNT, {"min_value": 10, "max_value": 20_000}],
    "megabytes": [_COUNT, {"min_value": 1, "max_value": 10}],
    "seconds": [_COUNT, {"min_value": 0, "max_value": 30}],
    "amount": ["legalcity.lib.form_fields.AmountField", {"max_digits": 14, "decimal_places": 2}],
    "days": [_COUNT, {"min_value": 0, "max_value": 36_500}],
    "cases_a_day": [_COUNT, {"min_value": 1, "max_value": 100_000}],
    "times": [_COUNT, {"min_value": 0, "max_value": 100}],
    "hour": [_COUNT, {"min_value": 0, "max_value": 24}],
    "week_days": ["django.forms.RegexField", {"regex": r"^[1-7](,[1-7])*$"}],
    "days_kept": [_COUNT, {"min_value": 1, "max_value": 366}],
    "optional": ["legalcity.lib.form_fields.TextField", {"max_length": 50, "required": False}],
    "long_text": [
        "legalcity.lib.form_fields.TextField",
        {"max_length": 5_000, "required": False, "widget": "django.forms.Textarea"},
    ],
    "optional_line": ["legalcity.lib.form_fields.TextField", {"max_length": 255, "required": False}],
    "iban": ["legalcity.lib.form_fields.IbanField", {"required": False}],
    "bic": ["legalcity.lib.form_fields.BicField", {"required": False}],
    "siren": ["legalcity.lib.form_fields.SirenField", {"required": False}],
    "vat_number": ["legalcity.lib.form_fields.VatField", {"required": False}],
    "email": ["legalcity.lib.form_fields.EmailField", {"required": False}],
    "phone": ["legalcity.lib.form_fields.PhoneField", {"required": False}],
    "minutes": [_COUNT, {"min_value": 5, "max_value": 480}],
    "hours": [_COUNT, {"min_value": 1, "max_value": 24}],
    "working_hours": [_COUNT, {"min_value": 1, "max_value": 500}],
    "least_clients": [_COUNT, {"min_value": 2, "max_value": 1_000}],
    "months": [_COUNT, {"min_value": 2, "max_value": 120}],
    "delivery_days": [_COUNT, {"min_value": 4, "max_value": 50}],
    "items": [_COUNT, {"min_value": 1, "max_value": 5_000}],
    "kept_days": [_COUNT, {"min_value": 30, "max_value": 3_650}],
    "payment_days": [_COUNT, {"min_value": 0, "max_value": 60}],
    "share": ["legalcity.lib.form_fields.PercentField", {"max_value": 1, "max_digits": 3, "decimal_places": 2}],
    "ids": ["django.forms.RegexField", {"regex": r"^[0-9]+(,[0-9]+)*$"}],
    "words": ["django.forms.RegexField", {"regex": r"^[\w .&'-]+(,[\w .&'-]+)*$"}],
    "inapplicable": [
        "django.forms.ChoiceField",
        {
            "choices": [
                ("drop", gettext_lazy("drop: stored and returned as null")),
                ("reject", gettext_lazy("reject: answered with 422")),
            ]
        },
    ],
}
