"""Documents as the API answers them."""

from documents.models import Document
from legalcity.api.components import (
    FLAG,
    ID,
    INTEGER,
    MOMENT,
    MONEY,
    TEXT,
    Schema,
    component,
    described,
    fields,
    one_of,
    or_null,
)

FILE_TYPE = component(
    "FileType",
    fields({"id": ID, "type": TEXT, "position": INTEGER, "active": FLAG, "description": TEXT}),
    "What a document is, in the words of the firm.",
)
_FIELDS: Schema = {
    "id": ID,
    "recovery_id": ID,
    "invoice_id": or_null(ID),
    "adminUserId": described(or_null(ID), "Who sent it."),
    "fileId": described(or_null(ID), "Null until the file is there."),
    "fileTypeId": or_null(ID),
    "visibleToUser": FLAG,
    "visibleToDebtor": FLAG,
    "visibleToBailiff": FLAG,
    "visibleToOIP": FLAG,
    "isSigned": FLAG,
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "invoice": or_null(
        component(
            "DocumentInvoice",
            fields({"id": ID, "invoice_number": TEXT, "amount_ttc": MONEY}),
            "The invoice that a document belongs to.",
        )
    ),
    "file": or_null(
        component("StoredFile", fields({"id": ID, "filename": TEXT, "mime": TEXT}), "The file of a document.")
    ),
    "file_type_info": or_null(component("FileTypeName", fields({"id": ID, "type": TEXT}), "What a document is.")),
}
# Only while it is not ready.
_STATE: Schema = {
    "state": described(
        one_of([state for state in Document.State if state != Document.State.READY]),
        "Where it stands, until it is ready.",
    ),
    "reason": described(or_null(TEXT), "Why it was refused."),
}
_CASE = component(
    "DocumentCase",
    fields(
        {"id": ID, "recovery_reference": TEXT, "debtor_name": or_null(TEXT), "debtor_company": or_null(TEXT)},
    ),
    "The case that a document belongs to.",
)

CASE_DOCUMENT = component("CaseDocument", fields(_FIELDS, rarely=_STATE), "A document in the answer on its case.")
DOCUMENT = component("Document", fields({**_FIELDS, "recovery": _CASE}, rarely=_STATE), "A document.")
