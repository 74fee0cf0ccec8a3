"""What each role of staff may do with what has happened: look."""

from backoffice.roles import rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "events.event": ("v", "v", "v", "v"),
    },
)
