"""Acts on documents: upload, show or hide, ask for a signature."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.fields import ChildField, chosen_child, moment_shown
from backoffice.origin import staff_of
from documents.content import ContentRefused, inspect
from documents.models import Document, FileType
from documents.selectors import ENDED_BADLY
from documents.services.documents import document_upload, document_visibility_set
from documents.services.receiving import document_received
from documents.services.signing import ByHand, signature_request
from documents.services.waiting import document_wait
from legalcity.lib.audience import Audience
from legalcity.lib.errors import BadRequest
from legalcity.lib.form_fields import EmailField, TextField
from legalcity.lib.settings.live import live
from recoveries.desk.reads.case_facts import documents_of_case
from recoveries.desk.visibility import VISIBLE_LABELS, visibility_fields
from recoveries.models import Recovery

MEBIBYTE = 1024 * 1024
VISIBLE_TO = Document.visibility.columns


# --- upload ----------------------------------------------------------------------------------------------------------
class UploadForm(forms.Form):
    """A file, what it is, and whom it is for."""

    file = forms.FileField(label=gettext_lazy("File"), max_length=255, allow_empty_file=True)
    title = TextField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=255,
        help_text=gettext_lazy("Empty: the name of the file."),
    )
    file_type = forms.ModelChoiceField(
        label=gettext_lazy("Type"), required=False, queryset=FileType.objects.filter(active=True)
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.update(visibility_fields(Document))

    def clean_file(self) -> Any:
        """The limits and the contents that the API accepts."""
        file = self.cleaned_data["file"]
        if file.size > live.FILE_MEGABYTES * MEBIBYTE:
            raise forms.ValidationError(_("The file is larger than {most} MiB.").format(most=live.FILE_MEGABYTES))
        try:
            file.inspected = inspect(file, file_name=file.name)
        except ContentRefused as error:
            raise forms.ValidationError(str(error.sentence)) from error
        return file


def _upload(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    values = {column: data[column] for column in VISIBLE_TO.values()}
    values["name"] = data["title"] or data["file"].name[:255]
    values["file_type"] = data["file_type"]
    document = document_upload(
        recovery_id=case.pk,
        file=data["file"],
        inspected=data["file"].inspected,
        values=values,
        by=staff_of(request),
    )
    document_wait(document=document, seconds=live.DOCUMENT_WAIT_SECONDS)
    received = document_received(document_id=document.pk)
    if received is not None and received.state in ENDED_BADLY:
        raise BadRequest(_("The file was refused: it is not served to anybody."))
    if received is not None and received.state == Document.State.READY:
        return _("“{name}” is ready.").format(name=document.name)
    return _("“{name}” is stored. It can be opened once it has been scanned.").format(name=document.name)


UPLOAD = ObjectAction(
    name="upload-document",
    label=gettext_lazy("Upload a document"),
    permission="documents.add_document",
    perform=_upload,
    form=UploadForm,
    explain=gettext_lazy(
        "The file is judged by its content, stored and scanned for malware; nobody can open it before. PDF, Word, "
        "Excel, JPEG, PNG and GIF are accepted. Those whom you make it visible to can download it."
    ),
    atomic=False,
)


# --- those that are there --------------------------------------------------------------------------------------------
class DocumentChoice(ChildField):
    """A document by its name and day."""

    def label_from_instance(self, obj: Any) -> str:
        """What tells documents from one another."""
        return f"{obj.name} ({moment_shown(obj.created_at)})"


class DocumentForm(forms.Form):
    """Which document."""

    document = DocumentChoice(queryset=Document.objects.none(), label=gettext_lazy("Document"))

    def __init__(self, *args: Any, documents: Any, chosen: Document | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["document"].among(documents, chosen)  # type: ignore[attr-defined]


# The fields of the form.
ASKED = {
    Audience.CLIENT: "user",
    Audience.DEBTOR: "debtor",
    Audience.BAILIFF: "bailiff",
    Audience.COURT: "oip",
}


class VisibilityForm(DocumentForm):
    """Whom to show it to. What is left alone stays as it is."""

    WORDS = (("", gettext_lazy("As it is")), ("yes", gettext_lazy("Visible")), ("no", gettext_lazy("Hidden")))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for audience, name in ASKED.items():
            self.fields[name] = forms.ChoiceField(label=VISIBLE_LABELS[audience], choices=self.WORDS, required=False)


class SignatureForm(DocumentForm):
    """Who shall sign."""

    signer_name = TextField(label=gettext_lazy("Signer"), max_length=255)
    signer_email = EmailField(label=gettext_lazy("Signer's e-mail"))


def _options(request: HttpRequest, documents: Any) -> dict[str, Any]:
    chosen = chosen_child(documents, request.GET.get("document", ""))
    shows = Document.visibility.shows
    shown = {name: "yes" if shows(chosen, audience) else "no" for audience, name in ASKED.items()} if chosen else {}
    return {"documents": documents, "chosen": chosen, "initial": {"document": chosen and chosen.pk, **shown}}


def _ready(case: Recovery) -> Any:
    return documents_of_case(case).filter(state=Document.State.READY)


def _show(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    visible_to = {audience: data[name] == "yes" for audience, name in ASKED.items() if data[name]}
    document = document_visibility_set(document_id=data["document"].pk, visible_to=visible_to, by=staff_of(request))
    seen = [str(VISIBLE_LABELS[audience]) for audience in VISIBLE_TO if document.visibility.shows(document, audience)]
    return _("{name}: {visibility}.").format(
        name=document.name, visibility=", ".join(seen) or _("visible to staff only")
    )


def _ask(request: HttpRequest, case: Recovery, data: dict[str, Any]) -> str:
    signature_request(**data, provider=ByHand(), by=staff_of(request))
    return _(
        "The request is written down. Ask {name} to sign, and record the answer under the signature requests."
    ).format(name=data["signer_name"])


SET_VISIBILITY = ObjectAction(
    name="set-visibility",
    label=gettext_lazy("Show or hide a document"),
    permission="documents.change_document",
    perform=_show,
    form=VisibilityForm,
    form_options=lambda request, case: _options(request, documents_of_case(case)),
    explain=gettext_lazy(
        "Those to whom the document is visible can list and download it from now on; the others cannot any more. What "
        "was downloaded before stays where it is."
    ),
)
REQUEST_SIGNATURE = ObjectAction(
    name="request-signature",
    label=gettext_lazy("Request a signature"),
    permission="documents.add_signaturerequest",
    perform=_ask,
    form=SignatureForm,
    form_options=lambda request, case: _options(request, _ready(case)),
    explain=gettext_lazy(
        "A request for a signature is written down for a document that is ready. While it waits, the document cannot "
        "be deleted; once everybody who was asked has signed, it counts as signed."
    ),
)
