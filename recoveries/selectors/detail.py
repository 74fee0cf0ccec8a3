"""One case with all that the API shows of it: one statement.

Children come as JSON arrays of arrays, built by the database in the order of the rows that they become.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import Any

import orjson
from django.db import connection

from companies.serializers import PAYLOAD as COMPANY_PAYLOAD
from companies.serializers import WRITTEN, company_told
from documents.models import Document
from documents.selectors import ENDED_BADLY, DocumentRow
from invoicing.selectors import InvoiceRow
from law.parties import Quality, acts_as
from legalcity.lib.asking import rows_of
from legalcity.lib.audience import Audience
from recoveries.models import Comment, Recovery
from recoveries.rules import FIELDS
from recoveries.selectors.rows import AcompteRow, CommentRow, DetteRow, Handler, HistoryRow, InjunctionRow, NoticeRow
from recoveries.selectors.sql import DIALECTS, quoted

COMPANY_COLUMNS = (*COMPANY_PAYLOAD, "acts_as", *WRITTEN)
CASE_COLUMNS = (
    "id",
    "owner_id",
    "recovery_reference",
    "amount",
    "amount_torecover",
    "status_id",
    "user_id",
    "debtor_name",
    "debtor_company",
    "customer_company",
    "created_at",
    "updated_at",
    "invoices_count",
    "comments_count",
    "next_deadline",
    "next_deadline_code",
    "next_deadline_article",
    *FIELDS,
    "due",
    "next_change",
)
BALANCE_COLUMNS = frozenset({"due", "next_change"})


def _columns(row: Any, alias: str, elsewhere: Mapping[str, str]) -> list[str]:
    """What `row` (a NamedTuple) takes, in its order: of the table `alias`, or of the one that `elsewhere` names."""
    return [f"{elsewhere.get(name, alias)}.{name}" for name in row._fields]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Rows that hang on the case `r`: what one is, where its columns stand, what follows FROM, in which order."""

    row: Any
    alias: str
    tables: str
    order: str
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        """What is read, in the order of the row."""
        return _columns(self.row, self.alias, self.elsewhere)


# The row that reverses another one is told with that one: by when it was written.
REVERSAL = "LEFT JOIN (SELECT reverses_id, created_at AS reversed_at FROM {0}) v ON v.reverses_id = {1}.id"

# By their name in CaseDetail.
CHILDREN: dict[str, Source] = {
    "history": Source(
        row=HistoryRow,
        alias="h",
        elsewhere={"first_name": "u", "last_name": "u"},
        tables="recoveries_statuschange h LEFT JOIN accounts_user u ON u.id = h.user_id WHERE h.recovery_id = r.id",
        order="h.created_at, h.id",
    ),
    "invoices": Source(
        row=InvoiceRow,
        alias="i",
        tables="invoicing_invoice i WHERE i.recovery_id = r.id",
        order="i.invoice_date DESC, i.id DESC",
    ),
    "comments": Source(
        row=CommentRow,
        alias="c",
        tables=f"recoveries_comment c WHERE c.recovery_id = r.id AND {Comment.visibility.sql(Audience.CLIENT, 'c')}",
        order="c.created_at, c.id",
    ),
    "documents": Source(
        row=DocumentRow,
        alias="d",
        elsewhere={"invoice_number": "i", "invoice_amount": "i", "filename": "f", "mime": "f", "type": "t"},
        tables="documents_document d LEFT JOIN invoicing_invoice i ON i.id = d.invoice_id "
        "LEFT JOIN documents_storedfile f ON f.id = d.file_id "
        "LEFT JOIN documents_filetype t ON t.id = d.file_type_id "
        f"WHERE d.recovery_id = r.id AND {Document.visibility.sql(Audience.CLIENT, 'd')} "
        f"AND d.state NOT IN {quoted(ENDED_BADLY)}",
        order="d.created_at, d.id",
    ),
    "acomptes": Source(
        row=AcompteRow,
        alias="a",
        elsewhere={"reversed_at": "v"},
        tables=f"recoveries_acompte a {REVERSAL.format('recoveries_acompte', 'a')} "
        "WHERE a.recovery_id = r.id AND a.reverses_id IS NULL",
        order="a.date, a.id",
    ),
    "dettes": Source(
        row=DetteRow,
        alias="d",
        elsewhere={"reversed_at": "v"},
        tables=f"recoveries_dette d {REVERSAL.format('recoveries_dette', 'd')} "
        "WHERE d.recovery_id = r.id AND d.reverses_id IS NULL",
        order="d.date, d.id",
    ),
    "formal_notices": Source(
        row=NoticeRow,
        alias="n",
        tables="recoveries_formalnotice n WHERE n.recovery_id = r.id",
        order="n.created_at, n.id",
    ),
}
FEE_UNCONFIRMED = """j.fee_paid_on IS NULL AND EXISTS (
    SELECT 1 FROM recoveries_injunctionfee f WHERE f.procedure = j.procedure AND f.court_type = j.court_type
    AND NOT f.is_confirmed)"""
# The procedure: on its own case, and on the case that it was transferred from.
INJUNCTION_COLUMNS = [
    FEE_UNCONFIRMED if column == "j.is_fee_unconfirmed" else column
    for column in _columns(InjunctionRow, "j", {"recovery_reference": "jr", "status_id": "jr"})
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDetail:
    """A case as it stands: columns by name, parties (None while missing), what hangs on it."""

    case: dict[str, Any]
    handler: Handler
    customer: dict[str, Any] | None
    debtor: dict[str, Any] | None
    injunction: InjunctionRow
    history: list[HistoryRow]
    invoices: list[InvoiceRow]
    comments: list[CommentRow]
    documents: list[DocumentRow]
    acomptes: list[AcompteRow]
    dettes: list[DetteRow]
    formal_notices: list[NoticeRow]


def case_detail(recovery_id: int, owner_id: int) -> CaseDetail | None:
    """The case when it is the owner's, else None."""
    rows = rows_of(_statement(connection.vendor), [recovery_id, owner_id])
    if not rows:
        return None
    values = iter(rows[0])
    return CaseDetail(
        case={column: next(values) for column in CASE_COLUMNS},
        handler=_taken(Handler, values),
        customer=_party(values, is_debtor=False),
        debtor=_party(values, is_debtor=True),
        injunction=_taken(InjunctionRow, values),
        **{name: [*map(source.row._make, orjson.loads(next(values)))] for name, source in CHILDREN.items()},
    )


def case_exists(recovery_id: int) -> bool:
    """Whether anybody has such a case: what tells "not yours" from "not found"."""
    return Recovery.objects.filter(pk=recovery_id).exists()


def _taken(row: Any, values: Iterator[Any]) -> Any:
    """The next `values`, as a row."""
    return row._make(islice(values, len(row._fields)))


def _party(values: Iterator[Any], *, is_debtor: bool) -> dict[str, Any] | None:
    party = {column: next(values) for column in COMPANY_COLUMNS}
    if party["id"] is None:
        return None
    confirmed = Quality(party["acts_as"])
    quality = acts_as(party["company_type"], confirmed, is_debtor=is_debtor).value
    return company_told({**party, "acts_as": quality})


@cache
def _statement(vendor: str) -> str:
    words = DIALECTS[vendor]
    columns = [f"{'b' if column in BALANCE_COLUMNS else 'r'}.{column}" for column in CASE_COLUMNS]
    columns += _columns(Handler, "u", {})
    columns += [f"{side}.{column}" for side in ("customer", "debtor") for column in COMPANY_COLUMNS]
    columns += INJUNCTION_COLUMNS
    for source in CHILDREN.values():
        picked = ", ".join(f"{name} AS c{index}" for index, name in enumerate(source.columns))
        array = ", ".join(f"c{index}" for index in range(len(source.columns)))
        columns.append(
            f"CAST(COALESCE((SELECT {words.collect}({words.array}({array})) "
            f"FROM (SELECT {picked} FROM {source.tables} ORDER BY {source.order}) child), '[]') AS text)"
        )
    return (
        f"SELECT {', '.join(columns)} FROM recoveries_recovery r "
        "LEFT JOIN accounts_user u ON u.id = r.user_id "
        "LEFT JOIN recoveries_casebalance b ON b.recovery_id = r.id "
        "LEFT JOIN companies_company customer ON customer.id = r.customer_id "
        "LEFT JOIN companies_company debtor ON debtor.id = r.debtor_id "
        "LEFT JOIN recoveries_injunction j ON j.recovery_id = COALESCE(r.transferred_to_id, r.id) "
        "LEFT JOIN recoveries_recovery jr ON jr.id = j.recovery_id "
        "WHERE r.id = %s AND r.owner_id = %s"
    )
