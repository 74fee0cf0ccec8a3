"""The system settings: business rules that staff change in the back-office, without a deploy.

Typed here, stored by django-constance, read through `legalcity.lib.live`, history kept by django-simple-history.
"""

from decimal import Decimal
from typing import Any

_COUNT = "django.forms.IntegerField"

FIELD_TYPES: dict[str, list[Any]] = {
    "page_size": [_COUNT, {"min_value": 1, "max_value": 500}],
    "rate": [_COUNT, {"min_value": 1, "max_value": 1_000_000}],
    "text_length": [_COUNT, {"min_value": 10, "max_value": 255}],
    "long_length": [_COUNT, {"min_value": 10, "max_value": 20_000}],
    "megabytes": [_COUNT, {"min_value": 1, "max_value": 10}],
    "seconds": [_COUNT, {"min_value": 0, "max_value": 30}],
    "amount": ["django.forms.DecimalField", {"min_value": 0, "max_digits": 14, "decimal_places": 2}],
    "days": [_COUNT, {"min_value": 0, "max_value": 36_500}],
    "optional": ["django.forms.CharField", {"max_length": 50, "required": False}],
    "line": ["django.forms.CharField", {"max_length": 255}],
    "items": [_COUNT, {"min_value": 1, "max_value": 5_000}],
    "share": ["django.forms.DecimalField", {"min_value": 0, "max_value": 1, "decimal_places": 2}],
    "ids": ["django.forms.RegexField", {"regex": r"^\d+(,\d+)*$"}],
    "words": ["django.forms.RegexField", {"regex": r"^[\w .&'-]+(,[\w .&'-]+)*$"}],
    "inapplicable": [
        "django.forms.ChoiceField",
        {"choices": [("drop", "drop: stored and returned as null"), ("reject", "reject: answered with 422")]},
    ],
}

CONFIG: dict[str, tuple[Any, str, Any]] = {
    # Lists
    "DEFAULT_PAGE_SIZE": (15, "Rows on a page when the client names no per_page.", "page_size"),
    "MAX_PAGE_SIZE": (100, "The largest per_page that a client may ask for.", "page_size"),
    # Cases
    "EDITABLE_STATUSES": ("1,2", "Statuses (ids, comma between) in which a client may change a case.", "ids"),
    "INAPPLICABLE_FIELDS": ("drop", "What happens to a dependent field that does not apply.", "inapplicable"),
    "MAX_INVOICES_PER_REQUEST": (1000, "Invoices that one complete case may bring.", "items"),
    "TEXT_LENGTH": (255, "Characters of a short text (names, addresses, object of the service).", "text_length"),
    "OBSERVATIONS_LENGTH": (5000, "Characters of the observations on a case.", "long_length"),
    "INVOICE_NUMBER_LENGTH": (100, "Characters of an invoice number or reference.", "text_length"),
    # Companies
    "LEGAL_FORMS": ("SAS,SARL,SA,SNC,GIE", "Legal forms that a company may have (comma between).", "words"),
    "STRICT_SIREN": (False, "Refuse a SIREN whose check digit (Luhn) is wrong.", bool),
    # Comments
    "COMMENT_LENGTH": (2000, "Characters of a comment, counted on what was sent.", "long_length"),
    "COMMENT_MARKUP_SHARE": (Decimal("0.8"), "Share of a comment that may be markup, between 0 and 1.", "share"),
    # Injunction
    "INJUNCTION_MIN_AMOUNT": (Decimal("0.01"), "Least amount, in EUR, that goes to court.", "amount"),
    "INJUNCTION_MAX_AMOUNT": (Decimal("0"), "Greatest amount, in EUR, that goes to court; 0 is no limit.", "amount"),
    "INJUNCTION_MIN_AGE_DAYS": (
        0,
        "Least age, in days since the oldest due date, of a case that goes to court.",
        "days",
    ),
    "INJUNCTION_MAX_AGE_DAYS": (0, "Greatest age, in days since the oldest due date; 0 is no limit.", "days"),
    "TRANSFER_WAIT_SECONDS": (10, "Seconds that a transfer waits for the worker before it answers 202.", "seconds"),
    "FIRM_NAME": ("LegalCity", "Name of the firm, as the payment page shows it.", "line"),
    "FIRM_IBAN": (
        "",
        "IBAN for the fees of procedures; without one the payment page names the firm only.",
        "optional",
    ),
    "FIRM_BIC": ("", "BIC for the fees of procedures.", "optional"),
    "DEADLINE_NOTICE_DAYS": (15, "Days before a legal deadline at which it is recorded as an alert.", "days"),
    # Documents
    "FILE_MEGABYTES": (10, "Mebibytes that a document may weigh.", "megabytes"),
    "DOCUMENT_WAIT_SECONDS": (10, "Seconds that an upload waits for the workers before it answers 202.", "seconds"),
    # Rate limits
    "LOGIN_PER_MINUTE": (5, "Login attempts a minute for one address.", "rate"),
    "REFRESH_PER_MINUTE": (10, "Token refreshes a minute for one user.", "rate"),
    "REQUESTS_PER_HOUR": (1000, "API requests an hour for one user.", "rate"),
    "UPLOADS_PER_HOUR": (50, "File uploads an hour for one user.", "rate"),
    "ANONYMOUS_PER_MINUTE": (60, "API requests a minute for one address without a token.", "rate"),
}

FIELDSETS: dict[str, tuple[str, ...]] = {
    "Lists": ("DEFAULT_PAGE_SIZE", "MAX_PAGE_SIZE"),
    "Cases": (
        "EDITABLE_STATUSES",
        "INAPPLICABLE_FIELDS",
        "MAX_INVOICES_PER_REQUEST",
        "TEXT_LENGTH",
        "OBSERVATIONS_LENGTH",
        "INVOICE_NUMBER_LENGTH",
    ),
    "Companies": ("LEGAL_FORMS", "STRICT_SIREN"),
    "Comments": ("COMMENT_LENGTH", "COMMENT_MARKUP_SHARE"),
    "Injunction": (
        "INJUNCTION_MIN_AMOUNT",
        "INJUNCTION_MAX_AMOUNT",
        "INJUNCTION_MIN_AGE_DAYS",
        "INJUNCTION_MAX_AGE_DAYS",
        "TRANSFER_WAIT_SECONDS",
        "FIRM_NAME",
        "FIRM_IBAN",
        "FIRM_BIC",
        "DEADLINE_NOTICE_DAYS",
    ),
    "Documents": ("FILE_MEGABYTES", "DOCUMENT_WAIT_SECONDS"),
    "Rate limits": (
        "LOGIN_PER_MINUTE",
        "REFRESH_PER_MINUTE",
        "REQUESTS_PER_HOUR",
        "UPLOADS_PER_HOUR",
        "ANONYMOUS_PER_MINUTE",
    ),
}
