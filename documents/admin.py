"""Staff's door to documents."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from documents.models import Document, FileType, SignatureRequest
from documents.services.queueing import queue_processing
from documents.services.signing import ByHand, signature_record, signature_request
from legalcity.lib.backoffice import ReadOnlyAdmin
from legalcity.lib.errors import DomainError


@admin.register(FileType)
class FileTypeAdmin(admin.ModelAdmin):
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
class DocumentAdmin(ReadOnlyAdmin):
    """Documents with their state, in words, and why they are in it."""

    list_display = ("name", "recovery", "file_type", "state", "scan", "reason", "is_signed", "created_at")
    list_filter = ("state", "scan", "file_type", "is_signed")
    list_select_related = ("recovery", "file_type")
    search_fields = ("name", "recovery__recovery_reference", "file__filename", "file__sha256")
    date_hierarchy = "created_at"
    actions = ("try_again",)

    @admin.action(description=_("Try again (documents on their way)"))
    def try_again(self, request: HttpRequest, queryset: QuerySet[Document]) -> None:
        """Queue the chosen documents once more."""
        for document_id in queryset.values_list("id", flat=True):
            queue_processing(document_id)
        messages.success(request, _("Queued."))


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
class SignatureRequestAdmin(admin.ModelAdmin):
    """Signatures asked for; answers are recorded by actions and stand."""

    form = SignatureRequestForm
    list_display = ("signer_name", "signer_email", "document", "state", "requested_at", "answered_at")
    list_filter = ("state",)
    list_select_related = ("document",)
    raw_id_fields = ("document",)
    search_fields = ("signer_name", "signer_email", "document__name")
    actions = ("record_signed", "record_declined")

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
            requested_by=User.objects.get(email=request.user.get_username()),
            provider=ByHand(),
        )
        obj.pk = saved.pk

    @admin.action(description=_("Record: signed"), permissions=["change"])
    def record_signed(self, request: HttpRequest, queryset: QuerySet[SignatureRequest]) -> None:
        """The signers of the chosen requests have signed."""
        self._record(request, queryset, signed=True)

    @admin.action(description=_("Record: declined"), permissions=["change"])
    def record_declined(self, request: HttpRequest, queryset: QuerySet[SignatureRequest]) -> None:
        """The signers of the chosen requests have declined."""
        self._record(request, queryset, signed=False)

    @staticmethod
    def _record(request: HttpRequest, queryset: QuerySet[SignatureRequest], *, signed: bool) -> None:
        for asked in queryset:
            try:
                signature_record(request_id=asked.pk, signed=signed)
            except DomainError as error:
                messages.error(request, f"{asked.signer_name}: {error.message}")
            else:
                messages.success(request, _("{name}: recorded.").format(name=asked.signer_name))
