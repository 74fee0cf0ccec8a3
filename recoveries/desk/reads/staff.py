"""What a member of staff sees of the cases."""

from django.db.models import QuerySet

from accounts.models import User
from backoffice.roles import cases_in_reach
from recoveries.models import Recovery


def cases_of_staff(user: User) -> QuerySet[Recovery]:
    """Every case for who may see all, else the own ones and those that nobody handles yet."""
    return Recovery.objects.filter(cases_in_reach(user))
