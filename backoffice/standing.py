"""Who stands above whom: a person who has a right that another one lacks is not theirs to change."""

from django.contrib.auth.models import Group, Permission
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User


def is_above(user: User | None, actor: User) -> bool:
    """Whether `user` may do something that `actor` may not; asked before every act on a person, key or token.

    Rights of somebody who is not active count: they come back with the account.
    """
    if user is None or actor.is_superuser:
        return False
    return user.is_superuser or bool(_rights_of(user) - _rights_of(actor))


def groups_within(actor: User) -> QuerySet[Group]:
    """The groups that `actor` may give: those that hold no right beyond their own."""
    groups = Group.objects.order_by("id")
    if actor.is_superuser:
        return groups
    beyond = Permission.objects.filter(group=OuterRef("pk")).exclude(pk__in=_rights_of(actor))
    return groups.filter(~Exists(beyond))


def _rights_of(user: User) -> set[int]:
    """Ids of the permissions that `user` has, by a group or singly."""
    return set(Permission.objects.filter(Q(group__user=user) | Q(user=user)).values_list("pk", flat=True))
