"""The calls on messages to debtors: what went out on a case, what became of it, its papers and proofs."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from documents.serving import file_answer
from law.contact import Purpose
from legalcity.api.components import (
    COUNT,
    FLAG,
    ID,
    MOMENT,
    REFUSED,
    TEXT,
    component,
    described,
    fields,
    file_of,
    list_of,
    one_of,
    or_null,
    success,
)
from legalcity.api.cursor import CursorQuery, page_told, place_asked
from legalcity.api.envelope import reply
from legalcity.lib.dates import moment_text
from legalcity.lib.errors import NotFound
from recoveries.court.views import OneCaseView
from recoveries.models import Message, MessageFact

MESSAGE = component(
    "Message",
    fields(
        {
            "id": ID,
            "purpose": one_of(Purpose),
            "channel": one_of(Message.Channel),
            "state": one_of(Message.State),
            "planned_for": described(or_null(MOMENT), "When one that waits is looked at next."),
            "sent_at": or_null(MOMENT),
            "template": TEXT,
            "decompte_sha256": or_null(TEXT),
            "facts": list_of(fields({"kind": one_of(MessageFact.Kind), "at": MOMENT})),
            "has_file": FLAG,
            "proofs": list_of(fields({"n": COUNT, "kind": one_of(MessageFact.Kind), "at": MOMENT, "sha256": TEXT})),
        }
    ),
    "A message to the debtor. Nothing is told of its words before it was sent.",
)
_FACTS = [{"kind": "sent", "at": "2026-11-04T09:00:02.000000Z"}]
_SAMPLE = {
    "id": 12,
    "purpose": "reminder",
    "channel": "email",
    "state": "sent",
    "planned_for": None,
    "sent_at": "2026-11-04T09:00:02.000000Z",
    "template": "relance_1",
    "decompte_sha256": None,
    "facts": _FACTS,
    "has_file": False,
    "proofs": [],
}


def _sample(data: Any, message: str) -> dict[int, Any]:
    return {200: {"success": True, "data": data, "message": message}}


class MessagesView(OneCaseView):
    """Messages to the debtor of a case."""

    queries = {"list": CursorQuery}
    answers = {
        "list": {200: success(fields({"items": list_of(MESSAGE), "next": or_null(TEXT)}))},
        "retrieve": {200: success(MESSAGE), 404: REFUSED},
        "file": {200: file_of("application/pdf"), 404: REFUSED},
        "proof": {200: file_of("application/pdf", "image/jpeg", "image/png"), 404: REFUSED},
    }
    samples = {
        "list": _sample({"items": [_SAMPLE], "next": None}, "Messages retrieved successfully"),
        "retrieve": _sample(_SAMPLE, "Message retrieved successfully"),
    }

    def list(self, request: Request, recovery_id: int) -> Response:
        """The messages to the debtor of a case. In the order in which they were made; `next` is the cursor."""
        case = self.case(recovery_id)
        of = f"messages of {case.pk}"
        place = place_asked(request, of=of)
        rows = self._messages(case.pk).filter(pk__gt=place.after).order_by("pk")[: place.limit + 1]
        return reply(page_told([*rows], place, message_told, of=of), _("Messages retrieved successfully"))

    def retrieve(self, request: Request, recovery_id: int, message_id: int) -> Response:
        """A message to the debtor. Its state, and what became of it."""
        return reply(message_told(self._message(recovery_id, message_id)), _("Message retrieved successfully"))

    def file(self, request: Request, recovery_id: int, message_id: int) -> HttpResponseBase:
        """The letter as it left, as a PDF."""
        message = self._message(recovery_id, message_id)
        if message.pdf is None or message.sent_at is None:
            raise NotFound(_("File not found"))
        return file_answer(message.pdf)

    def proof(self, request: Request, recovery_id: int, message_id: int, number: int) -> HttpResponseBase:
        """A proof of what became of a message: of its deposit, its receipt. `n` is its number in `proofs`."""
        files = dict(enumerate((fact.proof for fact in proofs_of(self._message(recovery_id, message_id))), 1))
        file = files.get(number)
        if file is None:
            raise NotFound(_("File not found"))
        return file_answer(file)

    def _message(self, recovery_id: int, message_id: int) -> Message:
        message = self._messages(self.case(recovery_id).pk).filter(pk=message_id).first()
        if message is None:
            raise NotFound(_("There is no such message."))
        return message

    def _messages(self, recovery_id: int) -> QuerySet[Message]:
        rows = Message.objects.filter(recovery_id=recovery_id).select_related("pdf").prefetch_related("facts__proof")
        return rows.defer("text", "html", "subject", "guard", "decompte", "extra")


def proofs_of(message: Message) -> list[MessageFact]:
    """The facts of a message that have a proof, in their order."""
    return [fact for fact in message.facts.all() if fact.proof is not None]


def message_told(message: Message) -> dict[str, Any]:
    """A message as clients see it: no words, no cost, no names of staff."""
    is_waiting = message.state in Message.WAITING
    return {
        "id": message.pk,
        "purpose": message.purpose,
        "channel": message.channel,
        "state": message.state,
        "planned_for": moment_text(message.due_at) if is_waiting else None,
        "sent_at": moment_text(message.sent_at),
        "template": message.kind,
        "decompte_sha256": message.decompte_sha256 or None,
        "facts": [{"kind": fact.kind, "at": moment_text(fact.at)} for fact in message.facts.all()],
        "has_file": message.pdf_id is not None and message.sent_at is not None,
        "proofs": [
            {"n": number, "kind": fact.kind, "at": moment_text(fact.at), "sha256": fact.proof.sha256}
            for number, fact in enumerate(proofs_of(message), 1)
            if fact.proof is not None
        ],
    }
