"""What each role of staff may do with what has happened: look. The inner rooms say it of their own."""

from backoffice.roles import rights_register
from events.notices import rights as notices  # noqa: F401 - it registers itself
from events.webhooks import rights as webhooks  # noqa: F401 - it registers itself

rights_register(
    forms={  # handler, manager, accountant, auditor
        "events.event": ("v", "v", "v", "v"),
    },
)
