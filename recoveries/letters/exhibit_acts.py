"""The act that makes an exhibit of a message that left: its paper among the documents of the case."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.actions import ObjectAction
from backoffice.origin import staff_of
from documents.services.documents import document_share
from legalcity.lib.errors import Conflict
from recoveries.models import Message


def has_left_as_paper(message: Message) -> bool:
    """Whether there is a paper of it, and it was sent."""
    return message.pdf_id is not None and message.sent_at is not None


def _file(request: HttpRequest, message: Message, data: dict[str, Any]) -> str:
    if message.pdf is None:
        raise Conflict(_("None is kept."))
    document = document_share(recovery_id=message.recovery_id, file=message.pdf, by=staff_of(request))
    return _("“{name}” stands among the documents of the case, for staff alone.").format(name=document.name)


FILE_MESSAGE = ObjectAction(
    name="file-message",
    label=gettext_lazy("File it with the case's documents"),
    permission="documents.add_document",
    perform=_file,
    is_offered=lambda request, message: has_left_as_paper(message),
    explain=gettext_lazy(
        "The paper becomes a document of the case, as an exhibit: the same file, not a copy. It is for staff alone "
        "until it is shown to others there, and goes along when the case goes to court."
    ),
)
