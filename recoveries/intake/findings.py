"""What a worker has found in a file, as it is kept and shown: a line for each row."""

from collections.abc import Mapping
from typing import Any

from recoveries.intake.drafts import CaseDraft, Draft
from recoveries.intake.models import CaseImport
from recoveries.intake.tables import Fault, Table

SHOWN = 100  # characters of a cell


def findings_of(table: Table, draft: Draft, *, is_good: bool) -> dict[str, Any]:
    """The findings as JSON, their sentences in the language of who sent the file. `is_good`: it may be confirmed."""
    cells = {number: dict(zip(table.rows[0], row, strict=True)) for number, row in enumerate(table.rows[1:], 2)}
    return {
        "is_good": is_good,
        "lines": [_line(number, case, draft, cells[number]) for case in draft.cases for number in case.rows],
        "cases_count": len(draft.cases),
        "rows_count": sum(len(case.rows) for case in draft.cases),
        "wrong_count": len(draft.errors),
        "warned_count": len(draft.warnings),
        "sheets": table.sheets,
        "faults": table.faults,
    }


def table_again(case_import: CaseImport) -> Table:
    """The table that was checked."""
    found = case_import.findings
    return Table(rows=case_import.rows, faults=[Fault(*fault) for fault in found["faults"]], sheets=found["sheets"])


def _line(number: int, case: CaseDraft, draft: Draft, cells: Mapping[str, str]) -> dict[str, Any]:
    debtor = cells.get("debtor.company_name") or cells.get("debtor.company_legalrep_lastname", "")
    return {
        "number": number,
        "is_first": number == case.rows[0],
        "case": cells.get("case", "")[:SHOWN],
        "debtor": debtor[:SHOWN],
        "invoice": cells.get("invoice.invoice_number", "")[:SHOWN],
        "amount": cells.get("invoice.invoice_amount", "")[:SHOWN],
        "errors": draft.errors.get(number, {}),
        "warnings": draft.warnings.get(number, {}),
    }
