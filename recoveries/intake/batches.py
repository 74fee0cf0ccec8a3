"""The cases of a confirmed file, opened by batches: a file of fifty thousand rows in one transaction would keep the
client's own calls waiting, and the feed of everybody's events behind it, for as long as it takes.

A batch says in its own transaction which cases it has opened, so whoever goes on after a worker that died knows where.
From the first one on the file counts as imported; a file of one batch is opened as a whole or not at all.
"""

from typing import Any

from django.db import transaction

from backoffice.audit import audit_record
from legalcity.lib.claims import Claim
from legalcity.lib.clock import now
from recoveries.intake.drafts import CaseDraft, Draft
from recoveries.intake.findings import clean_cases, remark, rows_to_correct
from recoveries.intake.resource import CaseResource
from recoveries.intake.tables import Table
from recoveries.models import CaseImport

BATCH = 200  # cases
State = CaseImport.State


def cases_open(claim: Claim[CaseImport], case_import: CaseImport, table: Table, draft: Draft) -> bool:
    """Open the cases of `draft` that are to be opened, from where the last worker came to. False when one was refused
    in a file of one batch: nothing was opened then.

    Raises IntegrityError when the same file was imported for the client meanwhile.
    """
    work = _work(case_import, draft)
    by_row = {case.rows[0]: case for case in draft.cases}
    to_open = [by_row[number] for number in work["to_open"]]
    case_import.sets_aside = case_import.sets_aside or len(to_open) > BATCH
    while True:
        start = len(case_import.references) + len(work["refused"])
        batch = to_open[start : start + BATCH]
        is_last = start + BATCH >= len(to_open)
        with transaction.atomic():
            resource = CaseResource(table, Draft(cases=batch), case_import, claim.signs)
            if not resource.run(dry_run=False):
                transaction.set_rollback(True)
                return False
            case_import.references = [*case_import.references, *resource.references]
            work["refused"].update({str(number): text for number, text in resource.refused.items()})
            told = (
                _ended(case_import, table, draft, work) if is_last else {"findings": {**case_import.findings, **work}}
            )
            opened = {"references": case_import.references, "imported_at": case_import.imported_at or now()}
            if not claim.write(**told, **opened):  # Another worker has it.
                transaction.set_rollback(True)
                return True
            if is_last:
                details = {"file": case_import.file_name, "client": case_import.owner_id}
                details["cases"] = case_import.references
                audit_record(action="cases_imported", target=case_import, actor=case_import.user, details=details)
                return True


def _work(case_import: CaseImport, draft: Draft) -> dict[str, Any]:
    """Which cases are opened, by their first rows, in which order; said once: what is opened is there afterwards."""
    known = case_import.findings
    if "to_open" in known:
        return {"to_open": known["to_open"], "refused": known["refused"]}
    cases: list[CaseDraft] = clean_cases(draft) if case_import.sets_aside else draft.cases
    return {"to_open": [case.rows[0] for case in cases], "refused": {}}


def _ended(case_import: CaseImport, table: Table, draft: Draft, work: dict[str, Any]) -> dict[str, Any]:
    """What is written of a file that is done: the rows of cases that were not opened, and nothing else of it."""
    opened = {*work["to_open"]} - {int(number) for number in work["refused"]}
    left = [number for case in draft.cases if case.rows[0] not in opened for number in case.rows]
    remarks = {number: work["refused"].get(str(number), "") or remark(draft, number) for number in left}
    set_aside = rows_to_correct(table.rows, remarks) if remarks else None
    ended: dict[str, Any] = {"state": State.IMPORTED, "rows": [], "findings": {}, "claimed_until": None}
    return {**ended, "set_aside": set_aside}
