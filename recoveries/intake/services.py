"""Files of cases: taken in and checked, then carried out once, all or nothing."""

import hashlib
from datetime import datetime, timedelta
from typing import IO

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from import_export.results import Result

from accounts.models import User
from backoffice.audit import audit_record
from legalcity.lib.clock import now
from legalcity.lib.errors import Forbidden, Invalid, NotFound
from recoveries.intake.files import file_rows
from recoveries.intake.resource import CaseResource
from recoveries.models import CaseImport

FORGOTTEN = timedelta(days=1)  # Files hold personal data.
NOT_FOUND = _("There is no such import.")
NOT_A_CLIENT = _("Choose the active account of a client.")
IMPORTED = _("This file was imported for this client already, on {day}.")
WRONG = _("Rows of the file are wrong: nothing was imported.")
GONE = _("The rows of this file are gone. Send it again.")


def case_import_take(*, file: IO[bytes], name: str, owner: User, by: User) -> CaseImport:
    """Read a file of cases for `owner` and keep its rows until they are confirmed.

    Raises BadRequest for a file that cannot be read, Invalid for an owner who is no client, Forbidden for a file that
    was imported for that client already.
    """
    if owner.is_staff or not owner.is_active:
        raise Invalid({"owner": [NOT_A_CLIENT]})
    rows = file_rows(file, name)
    file.seek(0)
    digest = hashlib.sha256(file.read()).hexdigest()
    _require_new(owner, digest)
    CaseResource(rows=rows, owner=owner, by=by)  # Headings that nobody knows are refused now.
    return CaseImport.objects.create(owner=owner, user=by, file_name=name[-255:], digest=digest, rows=rows)


def case_import_check(case_import: CaseImport, *, by: User) -> tuple[CaseResource, Result]:
    """What the import would do, row by row: nothing is written."""
    resource = CaseResource(rows=_rows(case_import), owner=case_import.owner, by=by)
    return resource, resource.run(dry_run=True)


@transaction.atomic
def case_import_carry_out(*, import_id: int, by: User) -> CaseImport:
    """Open the cases of a file: all, or none. Raises NotFound, Forbidden for a second time, Invalid for wrong rows."""
    case_import = CaseImport.objects.select_for_update(of=("self",)).filter(pk=import_id).first()
    if case_import is None:
        raise NotFound(NOT_FOUND)
    _require_new(case_import.owner, case_import.digest)
    resource = CaseResource(rows=_rows(case_import), owner=case_import.owner, by=by)
    result = resource.run(dry_run=False)
    if result.has_errors() or result.has_validation_errors():
        raise Invalid({"file": [WRONG]})
    case_import.imported_at, case_import.user = now(), by
    case_import.references, case_import.rows = resource.references, []
    try:
        with transaction.atomic():
            case_import.save(update_fields=["imported_at", "user", "references", "rows"])
    except IntegrityError as error:  # The same file, confirmed on another page at the same moment.
        raise Forbidden(str(IMPORTED).format(day=f"{now():%Y-%m-%d}")) from error
    details = {"file": case_import.file_name, "client": case_import.owner_id, "cases": case_import.references}
    audit_record(action="cases_imported", target=case_import, details=details)
    return case_import


def imports_forget(*, moment: datetime) -> int:
    """Delete files that were never confirmed; returns how many."""
    left = CaseImport.objects.filter(imported_at=None, created_at__lt=moment - FORGOTTEN)
    return left.delete()[0]


def _require_new(owner: User, digest: str) -> None:
    done = CaseImport.objects.filter(owner=owner, digest=digest, imported_at__isnull=False).first()
    if done is not None and done.imported_at is not None:
        raise Forbidden(str(IMPORTED).format(day=f"{done.imported_at:%Y-%m-%d}"))


def _rows(case_import: CaseImport) -> list[list[str]]:
    if not case_import.rows:
        raise Forbidden(GONE)
    rows: list[list[str]] = case_import.rows
    return rows
