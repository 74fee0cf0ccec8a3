"""A firm that may write to debtors: complete, at any hour and as often as it likes."""

from typing import Any

IBAN = "FR7630006000011234567890189"
COMPLETE: dict[str, Any] = {
    "FIRM_NAME": "Cabinet Morvan",
    "FIRM_ADDRESS": "12 rue de la Paix",
    "FIRM_POSTAL_CODE": "75002",
    "FIRM_CITY": "Paris",
    "FUNDS_IBAN": IBAN,
}
AT_ANY_HOUR: dict[str, Any] = {"CONTACT_DAYS": "1,2,3,4,5,6,7", "CONTACT_FROM_HOUR": 0, "CONTACT_UNTIL_HOUR": 24}
FREE: dict[str, Any] = {
    **COMPLETE,
    **AT_ANY_HOUR,
    "CONTACTS_PER_WEEK": 0,
    "CONTACTS_PER_MONTH": 0,
    "REMINDER_DAYS": 0,
    "FORMAL_NOTICE_DAYS": 0,
}
