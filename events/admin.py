"""Staff's doors to what is told."""

from events.webhooks import admin, panel  # noqa: F401 - they register themselves
