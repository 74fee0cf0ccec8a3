"""Filters of the list of cases that staff keep under a name."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backoffice.audit import audit_record
from legalcity.lib.errors import Forbidden, Invalid, NotFound
from recoveries.models import SavedFilter

SHARE = "recoveries.share_filter"
MOST_FILTERS = 50  # of one person
NOT_FOUND = _("There is no such filter.")
NOT_YOURS = _("A filter is deleted by its author, or by who may share filters.")
NOT_SHARED = _("You may not share filters.")
NO_FILTER = _("There is nothing to save: filter the list first.")
TOO_MANY = _("You have saved {most} filters: delete one first.")


def filters_of(user: User) -> QuerySet[SavedFilter]:
    """The filters that `user` finds above the list: the own ones and those that are shared."""
    return SavedFilter.objects.filter(Q(user=user) | Q(is_shared=True)).select_related("user")


@transaction.atomic
def filter_save(*, user: User, name: str, query: str, is_shared: bool) -> SavedFilter:
    """Keep `query` (a checked query string of the list) under `name`; one of the same name is replaced.

    Raises Invalid without a filter, Forbidden for sharing without the permission.
    """
    if not query:
        raise Invalid({"name": [NO_FILTER]})
    if is_shared and not user.has_perm(SHARE):
        raise Forbidden(NOT_SHARED)
    own = SavedFilter.objects.filter(user=user)
    if own.exclude(name=name).count() >= MOST_FILTERS:
        raise Invalid({"name": [str(TOO_MANY).format(most=MOST_FILTERS)]})
    saved, _created = own.update_or_create(user=user, name=name, defaults={"query": query, "is_shared": is_shared})
    audit_record(action="filter_saved", target=saved, details={"query": query, "shared": is_shared})
    return saved


@transaction.atomic
def filter_delete(*, filter_id: int, user: User) -> None:
    """Forget a filter. Raises NotFound, or Forbidden for a shared one of somebody else."""
    saved = filters_of(user).filter(pk=filter_id).first()
    if saved is None:
        raise NotFound(NOT_FOUND)
    if saved.user_id != user.pk and not user.has_perm(SHARE):
        raise Forbidden(NOT_YOURS)
    audit_record(action="filter_deleted", target=saved, details={"query": saved.query})
    saved.delete()
