"""Staff's doors to what is told."""

from events.notices import admin as notices  # noqa: F401 - they register themselves
from events.webhooks import admin, panel  # noqa: F401 - they register themselves
