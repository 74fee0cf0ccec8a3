"""What each role of staff may do with notices."""

from backoffice.roles import MANAGER, rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "events.notice": ("v", "v", "v", "v"),
        "events.preference": ("v", "v", "v", "v"),
        "events.recipient": ("v", "v", "v", "v"),
    },
    buttons={"events.manage_notices": (MANAGER,)},
)
