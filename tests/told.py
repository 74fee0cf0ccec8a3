"""What was told since a moment, for the walks over calls and acts."""

from events.models import Event


def told_since(last: int) -> list[str]:
    """The types of the events after the one with that id, in their order."""
    return list(Event.objects.filter(pk__gt=last).order_by("id").values_list("type", flat=True))


def last_event() -> int:
    """The id of the newest event, 0 for none."""
    return Event.objects.order_by("-id").values_list("pk", flat=True).first() or 0
