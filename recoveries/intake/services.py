"""Files of cases: taken in, confirmed, forgotten. What a worker does in between stands in `pipeline`."""

import hashlib
from datetime import datetime, timedelta
from typing import IO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from legalcity.lib.claims import anew, queue
from legalcity.lib.errors import BadRequest, Forbidden, Invalid, NotFound
from recoveries.intake.files import MOST_BYTES, ending_of
from recoveries.intake.pipeline import JOB, require_new
from recoveries.models import CaseImport

FORGOTTEN = timedelta(days=1)  # Files hold personal data.
NOT_FOUND = _("There is no such import.")
NOT_A_CLIENT = _("Choose the active account of a client.")
TOO_BIG = _("The file may have {most} MB at most.")
NOT_CHECKED = _("This file is not waiting to be confirmed.")
WRONG = _("Rows of the file are wrong: nothing was imported.")

State = CaseImport.State


@transaction.atomic
def case_import_take(*, file: IO[bytes], name: str, owner: User, by: User) -> CaseImport:
    """Keep a file of cases for `owner`, for a worker to read and check.

    Raises BadRequest for a file that is too big or of another kind by its name, Invalid for an owner who is no client,
    Forbidden for a file that was imported for that client already.
    """
    if owner.is_staff or not owner.is_active:
        raise Invalid({"owner": [NOT_A_CLIENT]})
    ending_of(name)
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise BadRequest(str(TOO_BIG).format(most=MOST_BYTES // 1024 // 1024))
    digest = hashlib.sha256(content).hexdigest()
    require_new(owner, digest)
    taken = CaseImport.objects.create(owner=owner, user=by, file_name=name[-255:], digest=digest, content=content)
    queue(JOB.task, taken.pk)
    return taken


@transaction.atomic
def case_import_confirm(*, import_id: int, by: User, despite_warnings: bool) -> None:
    """Have a worker open the cases of a file that is right: all, or none. Of many confirmations one counts.

    Raises NotFound, Invalid for wrong rows, Forbidden for a file that does not wait for it.
    """
    case_import = CaseImport.objects.filter(pk=import_id).defer("rows", "content").first()
    if case_import is None:
        raise NotFound(NOT_FOUND)
    require_new(case_import.owner, case_import.digest)
    if not case_import.findings.get("is_good"):
        raise Invalid({"file": [WRONG]})
    waiting = CaseImport.objects.filter(pk=import_id, state=State.CHECKED)
    begun = {"state": State.IMPORTING, "user": by, "despite_warnings": despite_warnings, "done": 0}
    if not waiting.update(**begun, **anew()):
        raise Forbidden(NOT_CHECKED)
    queue(JOB.task, import_id)


def imports_forget(*, moment: datetime) -> int:
    """Delete files that were never confirmed; returns how many."""
    left = CaseImport.objects.exclude(state__in=(State.IMPORTING, State.IMPORTED))
    return left.filter(created_at__lt=moment - FORGOTTEN).delete()[0]
