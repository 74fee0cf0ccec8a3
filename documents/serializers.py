"""What the document calls take and give."""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from documents.models import Document, FileType
from documents.selectors import DocumentRow
from legalcity.api.fields import CodeField, ContractField, ExactTextField, TextField
from legalcity.api.listing import about
from legalcity.api.validation import ContractSerializer, Errors
from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.dates import moment_text
from legalcity.lib.money import money_text

# Spaces stand behind the host only; tabs and ends of lines nowhere.
ADDRESS = re.compile(r"https?://[^\s/?#]+(?:[/?#](?:\S| )*)?", re.IGNORECASE)
IN_ANSWER = ("id", "recovery_reference", "debtor_name", "debtor_company")


def _type_ids() -> set[int]:
    return set(FileType.objects.filter(active=True).values_list("id", flat=True))


class UploadField(ContractField, serializers.FileField):
    """A file of a multipart body; its size and content are checked by the view, which answers them apart."""

    default_error_messages = {
        "invalid": gettext_lazy("The {field} must be a file."),
        "no_name": gettext_lazy("The {field} must be a file."),
    }


class UrlField(ExactTextField):
    """An http or https address."""

    default_error_messages = {"not_url": gettext_lazy("The {field} must be a valid URL.")}

    def to_internal_value(self, data: Any) -> str:
        """The address, spaces in it encoded as browsers do; whether it may be reached is the fetcher's to say."""
        text = super().to_internal_value(data)
        if not ADDRESS.fullmatch(text):
            self.fail("not_url")
        return text.replace(" ", "%20")


class DocumentSerializer(ContractSerializer):
    """A document as clients send it: a file, or the address of one."""

    name = TextField(limit="TEXT_LENGTH")
    file = UploadField(required=False, allow_null=True, allow_empty_file=True)
    pathinfo = UrlField(limit=2000, required=False, allow_null=True)
    invoice_id = CodeField(required=False, allow_null=True)
    file_type = CodeField(among=_type_ids, required=False, allow_null=True)

    def rule_errors(self, values: dict[str, Any]) -> Errors:
        """One of the two ways in is needed."""
        if values.get("file") is None and values.get("pathinfo") is None:
            return {
                "pathinfo": [
                    Coded(_("The pathinfo field is required when file is not present."), FieldCode.REQUIRED_WHEN)
                ]
            }
        return {}


def document_payload(document: Document, recovery: Any) -> dict[str, Any]:
    """A document as its own calls show it; `recovery` is its case."""
    return document_row_payload(DocumentRow.of(document), {"recovery": about(recovery, IN_ANSWER)})


def document_row_payload(row: DocumentRow, recovery: dict[str, Any]) -> dict[str, Any]:
    """A row in the contract's form. A document that is not ready says where it stands (`state`, `reason`)."""
    payload: dict[str, Any] = {
        "id": row.id,
        "recovery_id": row.recovery_id,
        "invoice_id": row.invoice_id,
        "adminUserId": row.author_id,
        "fileId": row.file_id,
        "fileTypeId": row.file_type_id,
        "visibleToUser": bool(row.visible_to_user),
        "visibleToDebtor": bool(row.visible_to_debtor),
        "visibleToBailiff": bool(row.visible_to_bailiff),
        "visibleToOIP": bool(row.visible_to_oip),
        "isSigned": bool(row.is_signed),
        "created_at": moment_text(row.created_at),
        "updated_at": moment_text(row.updated_at),
        **recovery,
        "invoice": None,
        "file": None,
        "file_type_info": None,
    }
    if row.invoice_id is not None:
        amount = money_text(row.invoice_amount)
        payload["invoice"] = {"id": row.invoice_id, "invoice_number": row.invoice_number, "amount_ttc": amount}
    if row.file_id is not None:
        payload["file"] = {"id": row.file_id, "filename": row.filename, "mime": row.mime}
    if row.file_type_id is not None:
        payload["file_type_info"] = {"id": row.file_type_id, "type": row.type}
    if row.state != Document.State.READY:
        payload |= {"state": row.state, "reason": row.reason or None}
    return payload
