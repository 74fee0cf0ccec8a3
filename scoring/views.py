"""The scoring calls."""

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import caller
from companies.models import Company
from legalcity.api.components import COUNT, fields, list_of, success
from legalcity.api.envelope import reply
from legalcity.api.fields import CodeField, label
from legalcity.api.listing import asked, page_of, pagination
from legalcity.api.validation import parse
from legalcity.api.views import ContractView
from legalcity.lib.clock import now
from legalcity.lib.errors import Invalid
from scoring.filters import OrderFilter, OrderQuery
from scoring.models import ScoringOrder
from scoring.payloads import order_payload, placed_payload, row_payload
from scoring.selectors import order_of, tokens_of
from scoring.serializers import OrderSerializer, wish_of
from scoring.services.orders import order_place
from scoring.shapes import ORDER, ORDER_ROW, PAGES, PLACED_ORDER


class TokenView(ContractView):
    """Tokens."""

    answers = {"retrieve": {200: success(fields({"remaining_tokens": COUNT}))}}

    def retrieve(self, request: Request) -> Response:
        """How many tokens are left."""
        tokens = tokens_of(caller(request))
        message = _("Token information retrieved successfully") if tokens else _("No tokens available")
        return reply({"remaining_tokens": tokens}, message)


class OrderView(ContractView):
    """Order, list and show."""

    serializers = {"create": OrderSerializer}
    queries = {"list": OrderQuery}
    answers = {
        "create": {201: success(PLACED_ORDER)},
        "list": {200: success(fields({"scoring_orders": list_of(ORDER_ROW)}), pagination=PAGES)},
        "retrieve": {200: success(ORDER)},
    }
    failure_messages = {"create": _("Failed to place scoring order")}

    def create(self, request: Request) -> Response:
        """A new order, of which a worker makes the report."""
        values = parse(OrderSerializer, request)
        user = caller(request)
        company = Company.objects.owned_by(user).filter(pk=values["company_id"]).first()
        if company is None:
            sentence = str(CodeField.default_error_messages["unknown"]).format(field=label("company_id"))
            raise Invalid({"company_id": [sentence]})
        order = order_place(user=user, company=company, wish=wish_of(values), moment=now())
        message = _("Scoring order placed successfully")
        return reply(placed_payload(order), message, status=status.HTTP_201_CREATED)

    def list(self, request: Request) -> Response:
        """The caller's orders, newest first."""
        wanted = asked(OrderQuery, request)
        rows = OrderFilter(wanted.filters, queryset=ScoringOrder.objects.owned_by(caller(request))).qs
        total = rows.count()
        page = [row_payload(row) for row in page_of(rows.order_by("-id"), wanted, total)]
        pages = pagination(wanted, total, len(page))
        del pages["has_more_pages"]  # The reference shows this list without it.
        return reply({"scoring_orders": page}, _("Scoring orders retrieved successfully"), pagination=pages)

    def retrieve(self, request: Request, order_id: str) -> Response:
        """One order, with its results once they are there."""
        order = order_of(caller(request), order_id, refusal=_("Scoring order not found"))
        return reply(order_payload(order), _("Scoring order retrieved successfully"))
