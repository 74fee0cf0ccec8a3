"""What each role of staff may do with companies."""

from backoffice.roles import rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "companies.company": ("v", "v", "v", "v"),
    },
)
