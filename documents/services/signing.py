"""Signatures asked for on a document.

A provider is whoever sends the request to the signer and knows what came of it. Today staff do both by hand; an
electronic provider implements `SignatureProvider` and calls `signature_record` from its callback.
"""

from typing import Protocol

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from documents.events import SIGNATURE_DECLINED, SIGNATURE_REQUESTED, SIGNATURE_SIGNED, signature_told
from documents.models import Document, SignatureRequest
from documents.services.locking import document_locked
from events.services import story
from legalcity.lib.clock import now
from legalcity.lib.errors import BadRequest

State = SignatureRequest.State


class SignatureProvider(Protocol):
    """What a provider must be able to do."""

    def send(self, request: SignatureRequest) -> str:
        """Ask the signer; returns the provider's reference of the request."""


class ByHand:
    """Staff ask the signer themselves, and record the answer."""

    def send(self, request: SignatureRequest) -> str:
        """Nothing to send."""
        return ""


def signature_request(
    *, document: Document, signer_name: str, signer_email: str, provider: SignatureProvider, by: User | None
) -> SignatureRequest:
    """Ask somebody to sign a document that is ready. Raises BadRequest for one that is not, NotFound when it is gone.

    The request is written down before the provider hears of it, so that an answer always finds it.
    """
    with story():
        locked = document_locked(document.pk)
        if locked.state != Document.State.READY:
            raise BadRequest(_("Only a document that is ready can be signed"))
        request = SignatureRequest.objects.create(
            document=locked, signer_name=signer_name, signer_email=signer_email, requested_by=by
        )
        _follow(locked)
        signature_told(SIGNATURE_REQUESTED, request, locked, by=by)
    reference = provider.send(request)
    if reference:
        SignatureRequest.objects.filter(pk=request.pk).update(provider_reference=reference)
    return request


@story()
def signature_record(*, request_id: int, signed: bool, by: User | None) -> SignatureRequest:
    """Record what the signer answered. An answer stands: a second one raises BadRequest.

    Raises NotFound for a request that is gone with its document.
    """
    asked = SignatureRequest.objects.filter(pk=request_id)
    document = document_locked(asked.values_list("document_id", flat=True).first() or 0)
    request = asked.get()
    if request.state != State.PENDING:
        raise BadRequest(_("This signature request has been answered already"))
    request.state = State.SIGNED if signed else State.DECLINED
    request.answered_at = now()
    request.save(update_fields=["state", "answered_at"])
    _follow(document)
    signature_told(SIGNATURE_SIGNED if signed else SIGNATURE_DECLINED, request, document, by=by)
    return request


def _follow(document: Document) -> None:
    """A document is signed when somebody was asked and everybody has signed."""
    states = set(document.signature_requests.values_list("state", flat=True))
    Document.objects.filter(pk=document.pk).update(is_signed=states == {State.SIGNED.value}, updated_at=now())
