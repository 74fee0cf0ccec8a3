"""The calls on cases."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from legalcity.api.components import PAGINATION, REFUSED, fields, list_of, success
from legalcity.api.envelope import reply
from legalcity.api.listing import asked, pagination
from legalcity.api.shapes import filters_of
from legalcity.api.validation import parse, parse_change
from legalcity.api.views import ContractView
from legalcity.lib.clock import today
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Forbidden, NotFound
from recoveries.guards import recovery_values, require_editable
from recoveries.ledger.decompte import due_today
from recoveries.payloads import case_detail_payload, case_row_payload, case_update_payload, complete_payload, due_on
from recoveries.selectors.detail import CaseDetail, case_detail, case_exists
from recoveries.selectors.listing import Wanted, cases_page
from recoveries.serializers import CompleteSerializer, NewRecoverySerializer, RecoveryQuery, RecoverySerializer
from recoveries.services import cases
from recoveries.shapes import COMPLETE, RECOVERY, RECOVERY_ROW, UPDATED_RECOVERY


class CompleteView(ContractView):
    """A case with its parties and invoices, in one call."""

    serializers = {"create": CompleteSerializer}
    answers = {"create": {201: success(COMPLETE)}}
    failure_messages = {"create": _("Failed to create complete recovery case")}

    def create(self, request: Request) -> Response:
        """All or nothing."""
        owner = caller(request)
        complete = cases.recovery_create_complete(owner=owner, by=owner, **parse(CompleteSerializer, request))
        message = _("Complete recovery case created successfully")
        return reply(complete_payload(complete), message, status=status.HTTP_201_CREATED)


class RecoveryView(ContractView):
    """List, open, show, change and delete the caller's cases."""

    serializers = {
        "create": NewRecoverySerializer,
        "update": RecoverySerializer,
        "partial_update": RecoverySerializer,
    }
    queries = {"list": RecoveryQuery}
    answers = {
        "list": {
            200: success(
                fields(
                    {
                        "recoveries": list_of(RECOVERY_ROW),
                        "pagination": PAGINATION,
                        "filters_applied": filters_of(RecoveryQuery),
                    }
                )
            )
        },
        "create": {201: success(RECOVERY)},
        "retrieve": {200: success(RECOVERY)},
        "update": {200: success(UPDATED_RECOVERY)},
        "partial_update": {200: success(UPDATED_RECOVERY)},
        "destroy": {200: success(), 409: REFUSED},
    }

    def _detail(self, recovery_id: int) -> CaseDetail:
        detail = case_detail(recovery_id, caller(self.request).pk)
        if detail is None:
            if case_exists(recovery_id):
                raise Forbidden(cases.NOT_YOURS, code=ErrorCode.NOT_YOURS)
            raise NotFound(cases.NOT_FOUND, code=ErrorCode.CASE_NOT_FOUND)
        return detail

    def _told(self, recovery_id: int) -> dict[str, Any]:
        """A case as it is told; what is due of today, also while what is kept of it is of the day before."""
        detail, day = self._detail(recovery_id), today()
        case = detail.case
        if due_on(case["due"], case["next_change"], day) != day:
            case["due"], case["next_change"] = due_today(recovery_id), None
        return case_detail_payload(detail, day)

    def list(self, request: Request) -> Response:
        """The caller's cases: filtered, searched, sorted, a page of them."""
        wanted = asked(RecoveryQuery, request)
        total, rows = cases_page(
            Wanted(
                owner_id=caller(request).pk,
                group=wanted.filters["status"],
                search=wanted.filters["search"],
                sort=wanted.filters["sort_by"],
                descending=wanted.descending,
                offset=wanted.offset,
                limit=wanted.per_page,
                external_id=wanted.filters["external_id"],
                updated_after=wanted.filters["updated_after"],
            )
        )
        day = today()
        data = {
            "recoveries": [case_row_payload(row, day) for row in rows],
            "pagination": pagination(wanted, total, len(rows)),
            "filters_applied": wanted.applied,
        }
        message = _("Recoveries retrieved successfully. Total: {total} recoveries found.").format(total=total)
        return reply(data, message)

    def create(self, request: Request) -> Response:
        """A bare case, its parties and invoices to follow."""
        owner = caller(request)
        recovery = cases.recovery_create(owner=owner, values=parse(NewRecoverySerializer, request), by=owner)
        payload = self._told(recovery.pk)
        return reply(payload, _("Recovery created successfully"), status=status.HTTP_201_CREATED)

    def retrieve(self, request: Request, recovery_id: int) -> Response:
        """One case with all that hangs on it."""
        payload = self._told(recovery_id)
        return reply(payload, _("Recovery retrieved successfully"))

    def update(self, request: Request, recovery_id: int) -> Response:
        """Change a case; what is absent stays, for PUT and PATCH alike."""
        with transaction.atomic():
            recovery = cases.recovery_locked(recovery_id=recovery_id, owner=caller(request))
            require_editable(recovery)
            stored = recovery_values(recovery)
            values = parse_change(RecoverySerializer, request, stored)
            cases.recovery_update(recovery=recovery, values=values, by=caller(request))
        return reply(case_update_payload(self._detail(recovery_id)), _("Recovery updated successfully"))

    partial_update = update

    def destroy(self, request: Request, recovery_id: int) -> Response:
        """Delete a case for good, with all that hangs on it."""
        with transaction.atomic():
            recovery = cases.recovery_locked(recovery_id=recovery_id, owner=caller(request))
            require_editable(recovery)
            cases.recovery_delete(recovery=recovery, by=caller(request))
        return reply(message=_("Recovery deleted successfully"))
