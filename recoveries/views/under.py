"""What every call under a case shares: the case in the caller's scope, locked and checked for changes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.authentication import caller
from legalcity.api.nested import NestedView
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Forbidden, NotFound
from recoveries.guards import require_editable
from recoveries.models import Recovery
from recoveries.services import cases

CASE_NOT_FOUND = _("Recovery case not found")


class UnderCase(NestedView):
    """Mixin for views whose URL names a case.

    `guards_status`: whether a change of the children asks for a case that clients may change.
    """

    guards_status = True

    def parent(self) -> Recovery:
        """The case for reading. Another account's is not found."""
        recovery = Recovery.objects.owned_by(caller(self.request)).filter(pk=self.kwargs["recovery_id"]).first()
        if recovery is None:
            raise NotFound(CASE_NOT_FOUND, code=ErrorCode.CASE_NOT_FOUND)
        return recovery

    def locked(self) -> Recovery:
        """The case, locked. Another account's is not found."""
        try:
            return cases.recovery_locked(recovery_id=self.kwargs["recovery_id"], owner=caller(self.request))
        except (NotFound, Forbidden) as error:
            raise NotFound(CASE_NOT_FOUND, code=ErrorCode.CASE_NOT_FOUND) from error

    @contextmanager
    def changing(self) -> Iterator[Recovery]:
        """The case, locked for one transaction and open to change."""
        with transaction.atomic():
            recovery = self.locked()
            if self.guards_status:
                require_editable(recovery)
            yield recovery
