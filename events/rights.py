"""What each role of staff may do with what has happened: look. The inner room has its own."""

from backoffice.roles import rights_register
from events.webhooks import rights  # noqa: F401 - it registers itself

rights_register(
    forms={  # handler, manager, accountant, auditor
        "events.event": ("v", "v", "v", "v"),
    },
)
