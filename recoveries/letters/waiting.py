"""Letters that are held are judged again at once where something happens that their case does not show."""

from django.db.models import QuerySet

from legalcity.lib.clock import now
from recoveries.models import Message, Recovery


def held_judge_soon(cases: QuerySet[Recovery]) -> None:
    """Have the next round judge what is held on these cases; it looks at cases that were changed by itself."""
    Message.objects.filter(recovery__in=cases, state=Message.State.HELD).update(due_at=now())
