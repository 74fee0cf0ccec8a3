"""The import as django-import-export runs it: rows in, a result for each, all in one transaction or none.

A model resource of that library sets columns of a model and saves it, past our services. So this one keeps the
library's run (transaction, dry run, results row by row) and replaces what it does with a row: the row's case was read
by the serializer of the API, and is opened by the service of the API.
"""

from typing import Any, cast

from django.core.exceptions import ValidationError
from import_export import resources
from import_export.instance_loaders import BaseInstanceLoader
from import_export.results import RowResult
from tablib import Dataset

from accounts.models import User
from backoffice.actions import refusal_text
from legalcity.lib.errors import Invalid
from recoveries.intake.drafts import CaseDraft, Draft
from recoveries.intake.models import CaseImport
from recoveries.intake.tables import Table
from recoveries.ledger.posting import Source
from recoveries.services.cases import recovery_create_complete


class CaseResource(resources.Resource):
    """Cases of one client, from rows that are read already."""

    class Meta:
        use_transactions = True
        skip_diff = True
        instance_loader_class = BaseInstanceLoader  # Asked for by the library; nothing is loaded.

    def __init__(self, table: Table, draft: Draft, case_import: CaseImport, signs: dict[str, Any]) -> None:
        """`signs` is told how many rows are done (`done`)."""
        super().__init__()
        self.table, self.draft, self.case_import, self.signs = table, draft, case_import, signs
        self.first_rows: dict[int, CaseDraft] = {case.rows[0]: case for case in draft.cases}
        self.references: list[str] = []
        self.refused: dict[int, str] = {}  # what the service says of cases that are set aside, by their first rows

    def run(self, *, dry_run: bool) -> bool:
        """Check all rows; unless it is a dry run, open the cases if nothing is wrong with any. Whether it is so."""
        numbers = sorted({number for case in self.draft.cases for number in case.rows} | self.draft.errors.keys())
        dataset = Dataset(*([number] for number in numbers), headers=["row"])
        is_dry = dry_run or bool(self.draft.errors)
        result = self.import_data(dataset, dry_run=is_dry, rollback_on_validation_errors=True)
        return not (result.has_errors() or result.has_validation_errors())

    def import_row(self, row: Any, instance_loader: Any, **kwargs: Any) -> RowResult:
        """Open the case that begins in this row; rows are named by their numbers in the file."""
        number = int(row["row"])
        result = self.get_row_result_class()()
        result.row_values = row
        try:
            if errors := self.draft.errors.get(number):
                raise ValidationError(errors)
            case = self.first_rows.get(number)
            result.import_type = RowResult.IMPORT_TYPE_NEW if case else RowResult.IMPORT_TYPE_SKIP
            if case and not kwargs["dry_run"]:
                self._open(case)
                self.signs["done"] = number - 1
        except ValidationError as error:
            result.import_type, result.validation_error = RowResult.IMPORT_TYPE_INVALID, error
        return result

    def _open(self, case: CaseDraft) -> None:
        values = case.values or {}
        recovery = {**values["recovery"], "assign_to_me": False}
        try:
            opened = recovery_create_complete(
                owner=self.case_import.owner,
                by=cast(User, self.case_import.user),
                recovery=recovery,
                customer=values["customer"],
                debtor=values["debtor"],
                invoices=values["invoices"],
                source=Source.IMPORT,
            )
        except Invalid as error:
            if self.case_import.sets_aside:
                self.refused[case.rows[0]] = refusal_text(error)
                return
            raise ValidationError({key: list(map(str, texts)) for key, texts in error.errors.items()}) from error
        self.references.append(opened.recovery.recovery_reference)
