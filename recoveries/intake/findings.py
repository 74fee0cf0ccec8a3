"""What a worker has found in a file, as it is kept and shown: a line for each row, those that are wrong first."""

from collections.abc import Mapping
from typing import Any

from recoveries.intake.drafts import CaseDraft, Draft, cells_of
from recoveries.intake.matching import REMARK
from recoveries.intake.models import CaseImport
from recoveries.intake.tables import Fault, Rows, Table

SHOWN = 100  # characters of a cell
MOST_LINES = 500  # that are shown; all wrong ones stand in the file to correct


def findings_of(table: Table, draft: Draft, *, is_good: bool) -> dict[str, Any]:
    """The findings as JSON, their sentences in the language of who sent the file. `is_good`: it may be confirmed."""
    cells = cells_of(table)
    numbered = [(number, case) for case in draft.cases for number in case.rows]
    told = draft.errors.keys() | draft.warnings.keys()
    first = sorted(numbered, key=lambda each: each[0] not in told)[:MOST_LINES]
    shown = first if len(numbered) > MOST_LINES else numbered
    clean = clean_cases(draft)
    right = {number for case in clean for number in case.rows}
    given_back = told | {number for number, _case in numbered if number not in right}
    return {
        "is_good": is_good,
        "lines": [_line(number, case, draft, cells[number]) for number, case in shown],
        "cases_count": len(draft.cases),
        "clean_count": len(clean),
        "rows_count": len(numbered),
        "wrong_count": len(draft.errors),
        "warned_count": len(draft.warnings),
        "errors": {number: remark(draft, number) for number in given_back},
        "sheets": table.sheets,
        "faults": table.faults,
    }


def clean_cases(draft: Draft) -> list[CaseDraft]:
    """The cases of which nothing is to be said, in none of their rows."""
    told = draft.errors.keys() | draft.warnings.keys()
    return [case for case in draft.cases if told.isdisjoint(case.rows)]


def remark(draft: Draft, number: int) -> str:
    """All that is to be said of a row, in one text."""
    sentences = [*draft.errors.get(number, {}).values(), *draft.warnings.get(number, {}).values()]
    return " ".join(sentence for some in sentences for sentence in some)


def table_again(case_import: CaseImport) -> Table:
    """The table that was checked."""
    found = case_import.findings
    rows, matching = case_import.rows, case_import.matching
    return Table(
        rows=rows,
        names=matching["columns"] if matching else rows[0],
        fixed=matching["fixed"] if matching else None,
        faults=[Fault(*fault) for fault in found["faults"]],
        sheets=found["sheets"],
    )


def rows_to_correct(rows: Rows, remarks: Mapping[int, str]) -> Rows:
    """The headings and the rows that are to be corrected, each as it came, with what is to be said of it behind it.

    `remarks`: a text by the number of its row, empty for a right one of a case that is not. A file that was
    given back before has such a column already.
    """
    headings = rows[0]
    kept = [place for place, heading in enumerate(headings) if heading != REMARK]

    def line(row: list[str], last: str) -> list[str]:
        return [*(row[place] for place in kept), last]

    found = [line(rows[number - 1], remarks[number]) for number in sorted(remarks)]
    return [line(headings, REMARK), *found]


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
