"""The firm of the demonstration, complete enough that its letters to debtors may leave."""

from constance import config
from django.conf import settings

FIRM = {
    "FIRM_NAME": "Cabinet Morvan Recouvrement",
    "FIRM_ADDRESS": "14 rue des Lilas",
    "FIRM_POSTAL_CODE": "69003",
    "FIRM_CITY": "Lyon",
    "FIRM_EMAIL": "contact@cabinet-morvan.example",
    "FIRM_PHONE": "04 72 00 00 00",
    "FIRM_SIREN": "998009013",  # nobody's
    "LETTERS_SIGNATORY": "Camille Morvan, gérante",
    "FUNDS_IBAN": "FR7630006000011234567890189",  # the example of every bank: nobody's
    "CLIENT_MAY_START": True,  # so that every call of the collection can be tried
}


def firm_introduce() -> None:
    """Give the firm a fictitious name, address and account, and clients all calls, but for what somebody has chosen."""
    for name, value in FIRM.items():
        if getattr(config, name) == settings.CONSTANCE_CONFIG[name][0]:
            setattr(config, name, value)
