"""The calls on the way to court: may it go, let it go, has it gone."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.authentication import caller
from legalcity.api.envelope import reply
from legalcity.api.views import ContractView
from legalcity.lib.clock import today
from legalcity.lib.errors import Failed, Forbidden, NotFound
from legalcity.lib.settings.live import live
from recoveries.court.selectors import transfer_payload, transfer_wait
from recoveries.court.transfer import eligibility_of, transfer_request
from recoveries.models import Recovery, TransferRequest
from recoveries.services.cases import NOT_FOUND, NOT_YOURS

NOT_ELIGIBLE = _("This recovery is not eligible for injunction transfer")
FAILURE = _("An error occurred during injunction transfer")
State = TransferRequest.State


class OneCaseView(ContractView):
    """A call about one case of the caller, for reading."""

    def case(self, recovery_id: int) -> Recovery:
        """The case with its parties. Raises NotFound, or Forbidden for another account's."""
        recovery = Recovery.objects.select_related("customer", "debtor").filter(pk=recovery_id).first()
        if recovery is None:
            raise NotFound(NOT_FOUND)
        if recovery.owner_id != caller(self.request).pk:
            raise Forbidden(NOT_YOURS)
        return recovery


class TransferView(OneCaseView):
    """The transfer of a case to an injunction procedure."""

    failure_messages = {"create": FAILURE}
    also_answers = {
        "create": {202: "Transfer accepted and being processed"},
        "retrieve": {202: "Transfer accepted and being processed"},
    }

    def create(self, request: Request, recovery_id: int) -> Response:
        """Ask for the transfer, and wait for the worker as long as the system settings say."""
        recovery = self.case(recovery_id)
        answer = eligibility_of(recovery, today())
        if not answer.eligible:
            raise Forbidden(NOT_ELIGIBLE, reasons=[str(reason) for reason in answer.reasons])
        asked = transfer_request(recovery=recovery, user=caller(request))
        return self._answer(request, transfer_wait(asked.pk, seconds=live.TRANSFER_WAIT_SECONDS))

    def retrieve(self, request: Request, recovery_id: int) -> Response:
        """What came of the last request."""
        recovery = self.case(recovery_id)
        done = recovery.transfer_requests.filter(state=State.DONE).first()
        last = done or recovery.transfer_requests.first()
        if last is None:
            raise NotFound(_("No transfer has been requested for this recovery"))
        return self._answer(request, last)

    def _answer(self, request: Request, asked: TransferRequest | None) -> Response:
        if asked is None:
            raise NotFound(NOT_FOUND)
        if asked.state == State.REFUSED:
            raise Forbidden(NOT_ELIGIBLE, reasons=[sentences[get_language()] for sentences in asked.reasons])
        if asked.state == State.FAILED:
            raise Failed(FAILURE)
        if asked.state == State.PENDING:
            address = reverse("case-transfer", [asked.recovery_id], request=request)
            data = {"state": asked.state, "poll_url": address}
            message = _("Transfer accepted and being processed")
            return reply(data, message, status=status.HTTP_202_ACCEPTED, headers={"Location": address})
        payload = transfer_payload(asked.recovery_id, caller_id=caller(request).pk or 0)
        if payload is None:
            raise NotFound(_("The injunction case of this recovery is no longer there"))
        return reply(payload, _("Recovery successfully transferred to injunction procedure"))


class EligibilityView(OneCaseView):
    """Whether a case may go to court."""

    def retrieve(self, request: Request, recovery_id: int) -> Response:
        """The answer, with everything that speaks against it and what to mind."""
        answer = eligibility_of(self.case(recovery_id), today())
        data = {
            "eligible": answer.eligible,
            "procedure": answer.procedure.value if answer.procedure else None,
            "court_type": answer.court_type.value if answer.court_type else None,
            "reasons": [str(reason) for reason in answer.reasons],
            "warnings": [str(warning) for warning in answer.warnings],
        }
        return reply(data, _("Injunction eligibility retrieved successfully"))
