"""A case that a member of staff opens for a client."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEvent, User
from backoffice.audit import audit_record
from events.services import story
from legalcity.lib.errors import Invalid
from recoveries.ledger.posting import Source
from recoveries.models import Recovery
from recoveries.services.cases import recovery_create_complete
from recoveries.services.handlers import case_assign

OPENED = "case_opened"
NOT_A_CLIENT = _("Choose the active account of a client.")


def require_client(owner: User) -> None:
    """Raises Invalid unless cases may be opened for the account."""
    if owner.is_staff or not owner.is_active:
        raise Invalid({"owner": [NOT_A_CLIENT]})


@story()
def case_open(*, owner: User, values: Mapping[str, Any], handler: User | None, token: str, by: User) -> Recovery:
    """A complete case of the client `owner`, as the API opens it; `values` are those of `recovery_create_complete`.

    `handler` takes it, if anybody does. `token` is the form's: sent again it opens nothing and raises IntegrityError,
    and `case_opened_by` knows the case. Raises Invalid.
    """
    require_client(owner)
    case = recovery_create_complete(
        owner=owner,
        recovery={**values["recovery"], "assign_to_me": False},
        customer=values["customer"],
        debtor=values["debtor"],
        invoices=values["invoices"],
        by=by,
        source=Source.STAFF,
    ).recovery
    if handler is not None:
        case_assign(recovery_id=case.pk, handler=handler, by=by)
    audit_record(action=OPENED, target=case, actor=by, once_key=_key(token), details={"client": owner.pk})
    return case


def case_opened_by(token: str) -> int | None:
    """The id of the case that a form with this token has opened; None before it has."""
    event = AuditEvent.objects.filter(once_key=_key(token)).first()
    return int(event.object_id) if event else None


def _key(token: str) -> str:
    return f"{OPENED}:{token}"
