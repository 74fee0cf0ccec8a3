"""What each role of staff may do with endpoints and deliveries: look; managers act."""

from backoffice.roles import MANAGER, rights_register

rights_register(
    forms={  # handler, manager, accountant, auditor
        "events.delivery": ("v", "v", "v", "v"),
        "events.endpoint": ("v", "v", "v", "v"),
    },
    buttons={"events.manage_endpoints": (MANAGER,)},
)
