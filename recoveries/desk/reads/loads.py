"""How much each member of staff has to do."""

from django.core.cache import cache
from django.db.models import Count
from django.db.models.functions import NullIf

from accounts.models import User
from recoveries.catalogue import catalogue
from recoveries.desk.reads.worklist import MOST_HANDLERS, case_workers
from recoveries.models import Recovery

KEPT_FOR = 60  # seconds: every open case is counted
KEY = "handlers.open_cases"


def people_with_loads() -> list[tuple[User, int]]:
    """Who acts on cases, each with how many open ones they have; who has the fewest comes first."""
    loads = dict(cache.get_or_set(KEY, open_cases, KEPT_FOR) or ())
    people = [(person, loads.get(person.pk, 0)) for person in case_workers()[:MOST_HANDLERS]]
    return sorted(people, key=lambda one: one[1])


def open_cases() -> list[tuple[int, int]]:
    """Open cases by handler; pairs, since a cache may keep numbers by which a dictionary is read as texts."""
    closed = [entry.id for entry in catalogue.entries.values() if entry.is_closing]
    cases = Recovery.objects.exclude(status_id__in=closed).order_by().annotate(of=NullIf("user", "owner"))
    return list(cases.exclude(of=None).values_list("of").annotate(n=Count("pk")))
