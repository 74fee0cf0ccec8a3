"""What each role of staff may do with accounts, and with what the libraries keep: roles, locks, settings."""

from backoffice.roles import MANAGER, rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "accounts.accesstoken": ("", "v", "", "v"),
        "accounts.apikey": ("", "v", "", "v"),
        "accounts.auditevent": ("", "v", "", "v"),
        "accounts.historicalconstance": ("", "v", "", "v"),
        "accounts.user": ("v", "vac", "v", "v"),
        "auth.group": ("", "v", "", "v"),
        "axes.accessattempt": ("", "v", "", "v"),
        "constance.config": ("", "vc", "", "v"),
    },
    buttons={
        "accounts.manage_access": (MANAGER,),
    },
)
