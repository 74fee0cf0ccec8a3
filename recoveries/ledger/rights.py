"""What each role of staff may do with money and rates."""

from backoffice.roles import ACCOUNTANT, HANDLER, MANAGER, rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "recoveries.ecbrate": ("v", "vacd", "v", "v"),
        "recoveries.legalrate": ("v", "vacd", "v", "v"),
    },
    buttons={
        "recoveries.record_payment": (HANDLER, MANAGER, ACCOUNTANT),
    },
)
