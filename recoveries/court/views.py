"""The calls on the way to court: may it go, let it go, has it gone."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from accounts.authentication import caller
from law.deadlines import Deadline, told
from law.eligibility import ClaimAnswer
from legalcity.api.components import TEXT, VALIDATION_ERROR, bare, fields, list_of, refused, success
from legalcity.api.envelope import reply
from legalcity.api.idempotency import Keyed, Way
from legalcity.api.views import ContractView
from legalcity.lib.clock import today
from legalcity.lib.codes import ErrorCode
from legalcity.lib.dates import day_text
from legalcity.lib.errors import Failed, Forbidden, Invalid, NotFound
from recoveries.court.asking import End, Outcome, transfer_ask, transfer_ended, transfer_outcome
from recoveries.court.selectors import payment_url
from recoveries.court.transfer import eligibility_of
from recoveries.models import Injunction, Recovery
from recoveries.selectors.deadlines import deadlines_of, with_clocks
from recoveries.services.cases import NOT_FOUND, NOT_YOURS
from recoveries.shapes import DEADLINE, ELIGIBILITY, TRANSFER, TRANSFER_PENDING

NOT_ELIGIBLE = _("This recovery is not eligible for injunction transfer")
FAILURE = _("An error occurred during injunction transfer")


class OneCaseView(ContractView):
    """A call about one case of the caller, for reading."""

    def case(self, recovery_id: int) -> Recovery:
        """The case with its parties and its procedure. Raises NotFound, or Forbidden for another account's."""
        recovery = with_clocks(Recovery.objects.all()).filter(pk=recovery_id).first()
        if recovery is None:
            raise NotFound(NOT_FOUND, code=ErrorCode.CASE_NOT_FOUND)
        if recovery.owner_id != caller(self.request).pk:
            raise Forbidden(NOT_YOURS, code=ErrorCode.NOT_YOURS)
        return recovery


class TransferView(OneCaseView):
    """The transfer of a case to an injunction procedure."""

    failure_messages = {"create": FAILURE}
    ways = {"create": Keyed(Way.JOB, replay="again")}
    answers = {
        action: {
            200: success(TRANSFER),
            202: success(TRANSFER_PENDING, text="The transfer is under way: ask again at `poll_url`."),
            403: refused("NotEligible", rarely={"reasons": list_of(TEXT), "reason_codes": list_of(TEXT)}),
        }
        for action in ("create", "retrieve")
    }

    def create(self, request: Request, recovery_id: int) -> Response:
        """Ask for the transfer, and wait for the worker as long as the system settings say."""
        recovery = self.case(recovery_id)
        return self._answer(recovery, transfer_ask(recovery=recovery, by=caller(request), today=today()))

    def again(self, request: Request, job_id: str, recovery_id: int) -> Response:
        """What came of the request that was made with the same key."""
        return self._answer(self.case(recovery_id), transfer_ended(int(job_id)))

    def retrieve(self, request: Request, recovery_id: int) -> Response:
        """What came of the last transfer request."""
        recovery = self.case(recovery_id)
        outcome = transfer_outcome(recovery)
        if outcome is None:
            raise NotFound(_("No transfer has been requested for this recovery"))
        return self._answer(recovery, outcome)

    def _answer(self, recovery: Recovery, outcome: Outcome) -> Response:
        if outcome.end == End.GONE:
            raise NotFound(NOT_FOUND, code=ErrorCode.CASE_NOT_FOUND)
        if outcome.end == End.REFUSED:
            raise Forbidden(
                NOT_ELIGIBLE,
                code=ErrorCode.NOT_ELIGIBLE,
                reasons=list(outcome.reasons),
                reason_codes=list(outcome.reason_codes),
            )
        if outcome.end == End.FAILED:
            raise Failed(FAILURE, code=ErrorCode.TRANSFER_FAILED)
        if outcome.end == End.PENDING:
            address = reverse("case-transfer", [recovery.pk], request=self.request)
            data = {"state": outcome.end, "poll_url": address}
            message = _("Transfer accepted and being processed")
            return reply(data, message, status=status.HTTP_202_ACCEPTED, headers={"Location": address})
        if outcome.injunction is None:
            raise NotFound(_("The injunction case of this recovery is no longer there"))
        payload = transfer_payload(outcome, outcome.injunction, caller_id=caller(self.request).pk)
        return reply(payload, _("Recovery successfully transferred to injunction procedure"))


def transfer_payload(outcome: Outcome, injunction: Injunction, *, caller_id: int) -> dict[str, Any]:
    """A transferred case as the contract answers it, and then the invoices that were not taken along."""
    case = injunction.recovery
    return {
        "id": case.pk,
        "reference": case.recovery_reference,
        "type": "INJONCTION DE PAYER",
        "assign_to_me": case.user_id == caller_id,
        "customer_ref": case.customer.reference if case.customer else None,
        "debtor_ref": case.debtor.reference if case.debtor else None,
        "url_pay": payment_url(injunction.key),
        "left_behind": [asdict(each) for each in outcome.left_behind],
    }


class EligibilityView(OneCaseView):
    """Whether a case may go to court."""

    answers = {"retrieve": {200: success(ELIGIBILITY)}}

    def retrieve(self, request: Request, recovery_id: int) -> Response:
        """Whether a case may go to court. With everything that speaks against it, and what to mind."""
        answer = eligibility_of(self.case(recovery_id), today())
        data = {
            "eligible": answer.eligible,
            "procedure": answer.procedure.value if answer.procedure else None,
            "court_type": answer.court_type.value if answer.court_type else None,
            "reasons": [str(reason) for reason in answer.reasons],
            "warnings": [str(warning) for warning in answer.warnings],
            "invoices": [_claim_payload(claim) for claim in answer.claims],
            "reason_codes": [reason.code for reason in answer.reasons],
        }
        return reply(data, _("Injunction eligibility retrieved successfully"))


def _claim_payload(answer: ClaimAnswer) -> dict[str, Any]:
    """What a transfer would do with an invoice: the reason why it would stay, or what speaks against taking it."""
    return {
        "id": answer.claim.id,
        "invoice_number": answer.claim.number,
        "transferable": answer.goes,
        "reason": str(answer.stays) if answer.stays else None,
        "warning": str(answer.doubt) if answer.goes and answer.doubt else None,
    }


class DeadlinesView(OneCaseView):
    """The legal dates that run on a case."""

    answers = {"list": {200: success(fields({"items": list_of(DEADLINE)})), 422: bare(VALIDATION_ERROR)}}

    def list(self, request: Request, recovery_id: int) -> Response:
        """The legal dates of a case. Soonest first; none once the case is closed."""
        _require_no_query(request.query_params)
        found = deadlines_of(self.case(recovery_id), today())
        return reply(
            {"items": [_deadline_payload(deadline) for deadline in found]},
            _("Deadlines retrieved successfully. Total: {total} deadlines found.").format(total=len(found)),
        )


def _require_no_query(query: Mapping[str, Any]) -> None:
    """Raises Invalid for parameters that a call does not take."""
    if query:
        raise Invalid({name: [_("The {field} parameter is unknown.").format(field=name)] for name in query})


def _deadline_payload(deadline: Deadline) -> dict[str, Any]:
    return {
        "code": deadline.kind.value,
        "on": day_text(deadline.date),
        "sentence": str(told(deadline.kind)),
        "article": deadline.article,
        "law_version": deadline.regime.value if deadline.regime else None,
    }
