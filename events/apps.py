"""The room's registration."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from legalcity.lib.start_questions import of_the_database


class EventsConfig(AppConfig):
    """What happened."""

    name = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        """Gather what kinds of events the rooms declare, each in its `events.py`, and hear of keys and of a start."""
        from events import keys, servers

        autodiscover_modules("events")
        keys.connect()
        of_the_database.append(servers.require_at_home)
