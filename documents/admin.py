"""Staff's door to documents."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.admins import ReadOnlyStaffAdmin, StaffAdmin
from backoffice.origin import staff_of
from backoffice.versions import VersionedAdmin
from documents.models import Document, FileType, SignatureRequest
from documents.services.pipeline import JOB, ON_ITS_WAY
from documents.services.signing import ByHand, signature_record, signature_request
from legalcity.lib.claims import queue


def _try_again(_request: HttpRequest, document: Document, _data: dict[str, Any]) -> str:
    queue(JOB.task, document.pk)
    return _("Queued.")


def _record(request: HttpRequest, asked: SignatureRequest, *, signed: bool) -> str:
    signature_record(request_id=asked.pk, signed=signed, by=staff_of(request))
    return _("{name}: recorded.").format(name=asked.signer_name)


TRY_AGAIN = ObjectAction(
    name="try-again",
    label=gettext_lazy("Try again"),
    permission="documents.change_document",
    perform=_try_again,
    is_offered=lambda request, document: document.state in ON_ITS_WAY,
    explain=gettext_lazy("The workers take the document up once more. What is done already is not done twice."),
)
RECORD_SIGNED = ObjectAction(
    name="record-signed",
    label=gettext_lazy("Record: signed"),
    permission="documents.change_signaturerequest",
    perform=lambda request, asked, data: _record(request, asked, signed=True),
    is_offered=lambda request, asked: asked.state == SignatureRequest.State.PENDING,
    explain=gettext_lazy("The signer has signed. The answer stands: it cannot be changed afterwards."),
)
RECORD_DECLINED = ObjectAction(
    name="record-declined",
    label=gettext_lazy("Record: declined"),
    permission="documents.change_signaturerequest",
    perform=lambda request, asked, data: _record(request, asked, signed=False),
    is_offered=RECORD_SIGNED.is_offered,
    explain=gettext_lazy("The signer has declined. The answer stands: it cannot be changed afterwards."),
    danger=True,
)


@admin.register(FileType)
class FileTypeAdmin(VersionedAdmin):
    """The catalogue that clients choose from."""

    list_display = ("id", "type", "position", "active", "description")
    list_filter = ("active",)

    def get_readonly_fields(self, request: HttpRequest, obj: FileType | None = None) -> tuple[str, ...]:
        """An id is given once: clients keep it."""
        return ("id",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: FileType | None = None) -> bool:
        """A type is made inactive, not deleted: documents refer to it."""
        return False


@admin.register(Document)
class DocumentAdmin(ReadOnlyStaffAdmin):
    """Documents with their state, in words, and why they are in it."""

    list_display = ("name", "recovery", "file_type", "state", "scan", "reason", "is_signed", "created_at")
    list_filter = ("state", "scan", "file_type", "is_signed")
    list_select_related = ("recovery", "file_type")
    search_fields = ("search_text", "file__search_text", "recovery__search_text", "file__sha256__exact")
    date_hierarchy = "created_at"
    holds_personal_data = True
    object_actions = bulk_actions = (TRY_AGAIN,)


class SignatureRequestForm(forms.ModelForm):
    """Whom to ask, for which document."""

    def clean_document(self) -> Document:
        """Only what is ready can be signed."""
        document: Document = self.cleaned_data["document"]
        if document.state != Document.State.READY:
            raise forms.ValidationError(_("Only a document that is ready can be signed"))
        return document

    class Meta:
        model = SignatureRequest
        fields = ("document", "signer_name", "signer_email")


@admin.register(SignatureRequest)
class SignatureRequestAdmin(StaffAdmin):
    """Signatures asked for; answers are recorded by actions and stand."""

    form = SignatureRequestForm
    list_display = ("signer_name", "signer_email", "document", "state", "requested_at", "answered_at")
    list_filter = ("state",)
    list_select_related = ("document",)
    raw_id_fields = ("document",)
    search_fields = ("search_text", "document__search_text")
    holds_personal_data = True
    object_actions = bulk_actions = (RECORD_SIGNED, RECORD_DECLINED)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was asked stays as it was asked."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """And is kept."""
        return False

    def save_model(self, request: HttpRequest, obj: SignatureRequest, form: Any, change: bool) -> None:
        """Ask through the service."""
        saved = signature_request(
            document=obj.document,
            signer_name=obj.signer_name,
            signer_email=obj.signer_email,
            provider=ByHand(),
            by=staff_of(request),
        )
        obj.pk = saved.pk
