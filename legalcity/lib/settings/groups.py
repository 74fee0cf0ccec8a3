"""The system settings as a page shows them: groups by what they are for, each with a sentence; the unit of each."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from legalcity.lib.settings.system import CONFIG


class SettingGroup(NamedTuple):
    """What some settings are for. `key` is its place on the page; `names` are in the order of the page."""

    key: str
    title: Promise
    sentence: Promise
    names: tuple[str, ...]


GROUPS = (
    SettingGroup(
        "firm",
        _("The firm"),
        _("Who the firm is, where money goes: what letters, invoices and the payment page say. Entered on its page."),
        (
            "FIRM_NAME",
            "FIRM_LEGAL_FORM",
            "FIRM_CAPITAL",
            "FIRM_SIREN",
            "FIRM_RCS",
            "FIRM_VAT_NUMBER",
            "FIRM_ADDRESS",
            "FIRM_POSTAL_CODE",
            "FIRM_CITY",
            "FIRM_EMAIL",
            "FIRM_PHONE",
            "FUNDS_IBAN",
            "FUNDS_BIC",
            "FIRM_IBAN",
            "FIRM_BIC",
            "LETTERS_SIGNATORY",
            "PRIVACY_NOTICE",
            "LATE_PENALTIES",
            "EARLY_PAYMENT_DISCOUNT",
        ),
    ),
    SettingGroup(
        "contact",
        _("When and how often debtors are written to"),
        _("The limits within which the guard lets a letter leave. A client may have tighter ones of its own."),
        (
            "REMINDER_DAYS",
            "FORMAL_NOTICE_DAYS",
            "CONTACTS_PER_WEEK",
            "CONTACTS_PER_MONTH",
            "CONTACT_DAYS",
            "CONTACT_FROM_HOUR",
            "CONTACT_UNTIL_HOUR",
            "LOOK_WORDS",
            "NOTICE_PRESENTATION_COUNTS",
        ),
    ),
    SettingGroup(
        "scenarios",
        _("Scenarios"),
        _("What runs by itself from letter to letter, and who may start it."),
        ("SCENARIOS_RUNNING", "SCENARIO_DAILY_MAX", "GROUP_BY_DEBTOR", "CLIENT_MAY_START"),
    ),
    SettingGroup(
        "prices",
        _("Prices of letters"),
        _("What a sending is reckoned at where its carrier does not tell its price."),
        ("LETTER_PRICE", "REGISTERED_PRICE", "SMS_SEGMENT_PRICE"),
    ),
    SettingGroup(
        "money",
        _("Money"),
        _("Up to which amount who records payments decides alone, and who is told when money comes in."),
        ("WRITEOFF_LIMIT", "WAIVER_LIMIT", "CREDIT_NOTE_LIMIT", "SEND_RECEIPTS", "SEND_PAYMENT_NOTICES"),
    ),
    SettingGroup(
        "injunction",
        _("Injunction"),
        _("Which cases go to court, and how early a legal date is announced."),
        (
            "INJUNCTION_MIN_AMOUNT",
            "INJUNCTION_MAX_AMOUNT",
            "INJUNCTION_MIN_AGE_DAYS",
            "INJUNCTION_MAX_AGE_DAYS",
            "DEADLINE_NOTICE_DAYS",
            "TRANSFER_WAIT_SECONDS",
        ),
    ),
    SettingGroup(
        "billing",
        _("Invoices of the firm"),
        _("How the firm bills its clients."),
        ("PAYMENT_DAYS", "VAT_ON_DEBITS", "BILL_TRANSFERS", "FORMS_WITH_CAPITAL"),
    ),
    SettingGroup(
        "cases",
        _("Cases, invoices and companies"),
        _("What a client may send and change, and how it is checked."),
        (
            "EDITABLE_STATUSES",
            "INAPPLICABLE_FIELDS",
            "MAX_INVOICES_PER_REQUEST",
            "TEXT_LENGTH",
            "OBSERVATIONS_LENGTH",
            "INVOICE_NUMBER_LENGTH",
            "LEGAL_FORMS",
            "STRICT_SIREN",
        ),
    ),
    SettingGroup(
        "texts",
        _("Comments and documents"),
        _("How long a comment may be, and how heavy a file."),
        ("COMMENT_LENGTH", "COMMENT_MARKUP_SHARE", "FILE_MEGABYTES", "DOCUMENT_WAIT_SECONDS"),
    ),
    SettingGroup(
        "notices",
        _("Notices to clients"),
        _("What clients hear by e-mail, besides payments."),
        ("SEND_CLIENT_NOTICES", "NOTICE_KEPT_DAYS"),
    ),
    SettingGroup(
        "scoring",
        _("Scoring"),
        _("How fast scores are delivered, and what they are reckoned from."),
        ("SCORING_EXPRESS_HOURS", "SCORING_STANDARD_HOURS", "SCORING_MIN_CLIENTS", "SCORING_CREDIT_BASE"),
    ),
    SettingGroup(
        "staff",
        _("Staff"),
        _("How staff come in, and when a session that nobody uses ends."),
        ("STAFF_SECOND_FACTOR_REQUIRED", "STAFF_IDLE_MINUTES", "STAFF_SESSION_HOURS"),
    ),
    SettingGroup(
        "api",
        _("The API: pages and limits"),
        _("How much the programs of clients may ask for, and how often."),
        (
            "DEFAULT_PAGE_SIZE",
            "MAX_PAGE_SIZE",
            "LOGIN_PER_MINUTE",
            "REFRESH_PER_MINUTE",
            "REQUESTS_PER_HOUR",
            "UPLOADS_PER_HOUR",
            "WEBHOOK_TESTS_PER_MINUTE",
            "ANONYMOUS_PER_MINUTE",
        ),
    ),
    SettingGroup(
        "kept",
        _("How long traces are kept"),
        _("When events, deliveries and answers to requests are removed."),
        ("EVENT_MONTHS", "CHANGE_MONTHS", "WEBHOOK_DAYS", "IDEMPOTENCY_DAYS"),
    ),
)

# By the kind of a setting (legalcity/lib/settings/kinds.py): what its number counts. Other kinds count nothing.
UNITS: dict[str, Promise] = {
    "page_size": _("rows"),
    "text_length": _("characters"),
    "long_length": _("characters"),
    "megabytes": _("MiB"),
    "seconds": _("seconds"),
    "amount": _("€"),
    "days": _("days"),
    "cases_a_day": _("cases a day"),
    "times": _("letters"),
    "hour": _("o'clock"),
    "days_kept": _("days"),
    "minutes": _("minutes"),
    "hours": _("hours"),
    "working_hours": _("working hours"),
    "least_clients": _("clients"),
    "months": _("months"),
    "delivery_days": _("days"),
    "items": _("invoices"),
    "kept_days": _("days"),
    "payment_days": _("days"),
    "rate": _("calls"),
}

# As django-constance reads them.
FIELDSETS = tuple((group.title, group.names) for group in GROUPS)


def unit_of(name: str) -> Promise | str:
    """What the number of a setting counts; empty where it is no number."""
    return UNITS.get(CONFIG[name][2], "")
