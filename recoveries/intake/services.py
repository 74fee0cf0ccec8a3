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
from recoveries.intake.matching import Matching, matching_check, matching_remember
from recoveries.intake.pipeline import JOB, require_new
from recoveries.models import CaseImport
from recoveries.services.opening import require_client

FORGOTTEN = timedelta(days=1)  # Files hold personal data.
NOT_FOUND = _("There is no such import.")
TOO_BIG = _("The file may have {most} MB at most.")
NOT_CHECKED = _("This file is not waiting to be confirmed.")
NOT_TO_MATCH = _("The columns of this file are not to be matched, or no longer.")
WRONG = _("Rows of the file are wrong: nothing was imported.")

State = CaseImport.State


@transaction.atomic
def case_import_take(*, file: IO[bytes], name: str, owner: User, by: User) -> CaseImport:
    """Keep a file of cases for `owner`, for a worker to read and check.

    Raises BadRequest for a file that is too big or of another kind by its name, Invalid for an owner who is no client,
    Forbidden for a file that was imported for that client already.
    """
    require_client(owner)
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
def case_import_confirm(*, import_id: int, by: User, despite_warnings: bool, sets_aside: bool = False) -> None:
    """Have a worker open the cases of a file: all of one that is right, or (`sets_aside`) those of which nothing is to
    be said, the others being set aside. Of many confirmations one counts.

    Raises NotFound, Invalid for wrong rows, Forbidden for a file that does not wait for it.
    """
    case_import = CaseImport.objects.filter(pk=import_id).defer("rows", "content").first()
    if case_import is None:
        raise NotFound(NOT_FOUND)
    require_new(case_import.owner, case_import.digest)
    found = case_import.findings
    if not (found.get("clean_count") if sets_aside else found.get("is_good")):
        raise Invalid({"file": [WRONG]})
    waiting = CaseImport.objects.filter(pk=import_id, state=State.CHECKED)
    begun = {"state": State.IMPORTING, "user": by, "despite_warnings": despite_warnings, "done": 0}
    begun["sets_aside"] = sets_aside
    if not waiting.update(**begun, **anew()):
        raise Forbidden(NOT_CHECKED)
    queue(JOB.task, import_id)


@transaction.atomic
def case_import_match(*, import_id: int, matching: Matching, by: User) -> None:
    """Say what the columns of a client's own file are, remember it for the client, and have the file read by it.

    Raises NotFound, Invalid for columns that cannot be, Forbidden for a file that does not wait for it.
    """
    case_import = CaseImport.objects.select_related("owner").filter(pk=import_id).defer("rows", "content").first()
    if case_import is None:
        raise NotFound(NOT_FOUND)
    headings = case_import.findings.get("headings", [])
    if case_import.state != State.MATCHING:
        raise Forbidden(NOT_TO_MATCH)
    matching_check(matching, width=len(headings))
    waiting = CaseImport.objects.filter(pk=import_id, state=State.MATCHING)
    if not waiting.update(state=State.READING, matching=matching, user=by, done=0, findings={}, **anew()):
        raise Forbidden(NOT_TO_MATCH)
    matching_remember(matching, headings=headings, owner=case_import.owner, by=by)
    queue(JOB.task, import_id)


def imports_forget(*, moment: datetime) -> int:
    """Delete files of which no case was opened, and rows that were set aside; returns how many files.

    One that came halfway stays, so that it is not taken again.
    """
    old = moment - FORGOTTEN
    CaseImport.objects.filter(imported_at__lt=old, set_aside__isnull=False).update(set_aside=None)
    left = CaseImport.objects.filter(imported_at=None).exclude(state=State.IMPORTING)
    return left.filter(created_at__lt=old).delete()[0]
