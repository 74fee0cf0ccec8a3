"""The way of a file of cases through a worker: reading → checked, matching (a client's own file, whose columns a person
matches, and which is read again) or refused; importing → imported, checked or refused.

A worker may die at any line: who works on a file holds a claim (legalcity/lib/claims.py), and what it found or opened
is written through the claim alone. Cases are opened by batches (`batches.py`), each in the transaction that says so.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from backoffice.actions import refusal_text
from legalcity.lib.claims import Claim, Job, take
from legalcity.lib.clock import today
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import DomainError, Forbidden
from recoveries.intake.batches import cases_open
from recoveries.intake.drafts import draft_of
from recoveries.intake.files import file_table
from recoveries.intake.findings import findings_of, table_again
from recoveries.intake.matching import is_own, matching_propose, samples_of
from recoveries.intake.resource import CaseResource
from recoveries.models import CaseImport

State = CaseImport.State
JOB = Job(
    CaseImport,
    "recoveries.tasks.process_import",
    waiting=Q(state__in=(State.READING, State.IMPORTING)),
    first_pause=timedelta(seconds=30),
)
ROWS_BETWEEN_SIGNS = 50

IMPORTED = _("This file was imported for this client already, on {day}.")
INTERRUPTED = _("The work on this file was cut short several times: nothing was imported.")
HALFWAY = _(
    "The work on this file was cut short several times: {count} of its cases are open, the others are not. Send those "
    "in a file of their own."
)
NOBODY = _("The account of who sent this file is gone: send it again.")


def case_import_process(*, import_id: int, moment: datetime) -> None:
    """Read and check a file, or open the cases of one that is confirmed. Safe to call again, from any worker."""
    claim = take(JOB, import_id, moment=moment)
    case_import = claim.row("owner", "user") if claim else None
    if claim is None or case_import is None:
        return
    with translation.override(case_import.user.language if case_import.user else settings.LANGUAGE_CODE):
        try:
            with claim.kept():
                _go_on(claim, case_import)
        except DomainError as error:
            _refuse(claim, refusal_text(error))


def require_new(owner: User, digest: str) -> None:
    """Raises Forbidden for a file that was imported for `owner` already."""
    done = CaseImport.objects.filter(owner=owner, digest=digest, imported_at__isnull=False).first()
    if done is not None and done.imported_at is not None:
        raise Forbidden(str(IMPORTED).format(day=f"{done.imported_at.astimezone(PARIS):%Y-%m-%d}"))


def _go_on(claim: Claim[CaseImport], case_import: CaseImport) -> None:
    if JOB.is_given_up(case_import.attempts):
        opened = len(case_import.references)
        raise Forbidden(str(HALFWAY).format(count=opened) if opened else INTERRUPTED)
    if case_import.user is None:
        raise Forbidden(NOBODY)
    if case_import.state == State.READING:
        _check(claim, case_import)
    else:
        _carry_out(claim, case_import)


def _check(claim: Claim[CaseImport], case_import: CaseImport) -> None:
    """Read the bytes and say what the import would do, row by row: no case is opened."""

    def tell(rows: int) -> None:
        if rows % ROWS_BETWEEN_SIGNS == 0:
            claim.write(done=rows)

    matching = case_import.matching
    names = matching["columns"] if matching else ()
    table = file_table(bytes(case_import.content), case_import.file_name, names)
    if matching:
        table.fixed = matching["fixed"]
    elif is_own(table.rows[0]):
        found = matching_propose(table, case_import.owner) | {"headings": table.rows[0], "samples": samples_of(table)}
        claim.write(state=State.MATCHING, findings={**found, "sheets": table.sheets}, claimed_until=None)
        return
    resource = CaseResource(table, draft_of(table, owner=case_import.owner, told=tell), case_import, claim.signs)
    _show(claim, resource, content=b"")


def _show(claim: Claim[CaseImport], resource: CaseResource, **values: Any) -> None:
    """What was found, for a person to look at and to confirm."""
    found = findings_of(resource.table, resource.draft, is_good=resource.run(dry_run=True))
    claim.write(state=State.CHECKED, rows=resource.table.rows, findings=found, claimed_until=None, **values)


def _carry_out(claim: Claim[CaseImport], case_import: CaseImport) -> None:
    """Open the cases; what looks otherwise than when it was confirmed is shown again instead."""
    has_begun = case_import.imported_at is not None
    if not has_begun:
        require_new(case_import.owner, case_import.digest)
    table = table_again(case_import)
    draft = draft_of(table, owner=case_import.owner)
    is_asked = draft.errors or (draft.warnings and not case_import.despite_warnings)
    if is_asked and not (has_begun or case_import.sets_aside):
        _show(claim, CaseResource(table, draft, case_import, claim.signs))
        return
    try:
        is_refused = not cases_open(claim, case_import, table, draft)
    except IntegrityError as error:  # The same file, carried out by another worker at the same moment.
        raise Forbidden(str(IMPORTED).format(day=f"{today():%Y-%m-%d}")) from error
    if is_refused:
        _show(claim, CaseResource(table, draft, case_import, claim.signs))


def _refuse(claim: Claim[CaseImport], reason: str) -> None:
    claim.write(state=State.REFUSED, reason=reason, content=b"", rows=[], findings={}, claimed_until=None)
