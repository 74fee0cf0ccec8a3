"""The papers of a message on the screens of staff: the letter as it left, and the proofs of what became of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse

from backoffice.action_pages import ActionPages
from backoffice.audit import view_record
from documents.models import StoredFile
from documents.showing import file_shown
from legalcity.lib.errors import Unavailable
from recoveries.letters.channels.receipt_posting import receipt_paper, receipt_waits
from recoveries.models import Message


class MessagePages(ActionPages):
    """Adds them to the pages of messages: who may see the message may see its papers, and is written down."""

    def get_urls(self) -> list[URLPattern]:
        """Before Django's own, the last of which takes any address for an id."""
        guarded = self.admin_site.admin_view
        paper, proof = guarded(self.paper_view), guarded(self.proof_view)
        return [
            path("<id:message_id>/paper/", paper, name="recoveries_message_paper"),
            path("<id:message_id>/proof/<id:fact_id>/", proof, name="recoveries_message_proof"),
            *super().get_urls(),
        ]

    def paper_view(self, request: HttpRequest, message_id: int) -> HttpResponseBase:
        """The PDF of a message, as it was kept; of a receipt that staff post, as they print it."""
        message = self._message(request, message_id)
        if message.pdf is None and receipt_waits(message):
            try:
                receipt_paper(message)
            except Unavailable as refusal:
                messages.error(request, str(refusal.message))
                return HttpResponseRedirect(reverse("admin:recoveries_message_change", args=[message_id]))
        return self._served(request, message, message.pdf)

    def proof_view(self, request: HttpRequest, message_id: int, fact_id: int) -> HttpResponseBase:
        """The proof of a fact about a message."""
        message = self._message(request, message_id)
        fact = message.facts.select_related("proof").filter(pk=fact_id).first()
        return self._served(request, message, fact.proof if fact else None)

    def _message(self, request: HttpRequest, message_id: int) -> Message:
        message: Message | None = self.get_object(request, str(message_id))
        if message is None:
            raise Http404
        if not self.has_view_permission(request, message):
            raise PermissionDenied
        return message

    def _served(self, request: HttpRequest, message: Message, file: StoredFile | None) -> HttpResponseBase:
        if file is None:
            raise Http404
        answer = file_shown(file, as_download="download" in request.GET)
        if answer.status_code == 200:
            view_record(target=message)
        return answer
