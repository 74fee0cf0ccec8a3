"""What the calls on cases take."""

from collections.abc import Hashable
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from companies.serializers import PartySerializer
from invoicing.serializers import InvoiceSerializer
from legalcity.api.fields import (
    CodeField,
    DayField,
    ExactTextField,
    FlagField,
    LinesField,
    MomentField,
    MoneyField,
    PercentField,
    SumField,
    TextField,
    WordField,
)
from legalcity.api.listing import ListQuery, PageQuery, SearchField
from legalcity.api.validation import ContractSerializer, Errors
from legalcity.lib.audience import Audience
from legalcity.lib.settings.live import live
from recoveries.catalogue import catalogue
from recoveries.guards import complete_errors, recovery_errors
from recoveries.html import comment_errors
from recoveries.models import Comment, Recovery
from recoveries.plain import read_plain
from recoveries.rules import EXTERNAL_ID, PENALTY_TYPES, PERCENTAGES
from recoveries.selectors.listing import SORTS


class PenaltyTypeField(WordField):
    """`amount` or `percent`; the French spellings of `complete` too."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(list(PENALTY_TYPES), **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The English spelling."""
        return PENALTY_TYPES[super().to_internal_value(data)].value


class RecoverySerializer(ContractSerializer):
    """A case as clients send it."""

    type = CodeField(among=tuple(Recovery.Type.values), required=False)
    recovery_service_object = TextField(limit="TEXT_LENGTH")
    recovery_due_date = DayField()
    recovery_late_interest = FlagField(required=False)
    recovery_interest_rate = WordField(Recovery.InterestRate.values, required=False, allow_null=True)
    recovery_interest_rate_percent = PercentField(
        bounds=PERCENTAGES["recovery_interest_rate_percent"], required=False, allow_null=True
    )
    recovery_penalty = FlagField(required=False)
    recovery_penalty_type = PenaltyTypeField(required=False, allow_null=True)
    recovery_penalty_amount = MoneyField(required=False, allow_null=True)
    recovery_penalty_percent = PercentField(
        bounds=PERCENTAGES["recovery_penalty_percent"], required=False, allow_null=True
    )
    recovery_raison_notpaid = CodeField(among=tuple(Recovery.Reason.values), required=False, allow_null=True)
    recovery_observations = LinesField(limit="OBSERVATIONS_LENGTH", required=False, allow_null=True)

    matter = WordField(Recovery.Matter.values, required=False)
    external_id = TextField(limit=EXTERNAL_ID, required=False, allow_null=True)

    def rule_errors(self, values: dict[str, Any]) -> Errors:
        """The rules of the room."""
        return recovery_errors(values)


class NewRecoverySerializer(RecoverySerializer):
    """A case to open."""

    assign_to_me = FlagField(required=False)

    def read_plainly(self, data: Any) -> dict[str, Any] | None:
        """A case in the usual forms."""
        return read_plain(data)


class InvoiceListField(serializers.ListField):
    """The invoices of a complete case, bounded."""

    child = InvoiceSerializer()

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The typed invoices; errors carry the number of the invoice."""
        if data is None or data == "":
            return []
        if data is not serializers.empty:
            if not isinstance(data, list):
                raise serializers.ValidationError([_("The invoices field must be an array.")])
            if len(data) > live.MAX_INVOICES_PER_REQUEST:
                sentence = _("The invoices field must not have more than {most} items.")
                raise serializers.ValidationError([sentence.format(most=live.MAX_INVOICES_PER_REQUEST)])
            plain: list[dict[str, Any]] | None = self.child.read_all_plainly(data)
            if plain is not None:
                return plain
        return super().run_validation(data)


class CompleteSerializer(ContractSerializer):
    """A case with its parties and invoices."""

    recovery = NewRecoverySerializer()
    customer = PartySerializer(
        sentences={
            "company_legalrep_firstname": _("The customer legal representative first name is required."),
            "company_legalrep_lastname": _("The customer legal representative last name is required."),
        }
    )
    debtor = PartySerializer(
        sentences={
            "company_legalrep_firstname": _("The debtor legal representative first name is required."),
            "company_legalrep_lastname": _("The debtor legal representative last name is required."),
        }
    )
    invoices = InvoiceListField(required=False, default=list)

    def rule_errors(self, values: dict[str, Any]) -> Errors:
        """Rules between the invoices."""
        return complete_errors(values)


class GroupField(CodeField):
    """A group of statuses."""

    default_error_messages = {"unknown": _("The selected status filter is invalid.")}

    def __init__(self) -> None:
        super().__init__(among=lambda: catalogue.groups, required=False)


class RecoveryQuery(ListQuery):
    """The query string of the list of cases."""

    status = GroupField()
    search = SearchField(help_text="Your `external_id` and the numbers of invoices are searched too.")
    external_id = TextField(
        limit=EXTERNAL_ID, required=False, help_text="The case of your own reference: exactly, whatever its capitals."
    )
    updated_after = MomentField(
        required=False, help_text="Cases that were changed later than this, the earliest change first."
    )
    sorts = {name: name for name in SORTS}
    default_sort = ("created_at", "desc")

    @classmethod
    def depends_on(cls) -> Hashable:
        """Groups of statuses too, which staff change."""
        return super().depends_on(), catalogue.groups

    def get_fields(self) -> dict[str, Any]:
        """What was added to the reference behind what it documents."""
        fields = super().get_fields()
        for name in ("external_id", "updated_after"):
            fields[name] = fields.pop(name)
        return fields

    def sort_of(self, values: dict[str, Any]) -> tuple[str, str]:
        """Who asks for changes reads them in the order in which they came."""
        is_order_open = values.get("updated_after") and not values.get("sort_by")
        return ("updated_at", "asc") if is_order_open else self.default_sort


class CommentField(ExactTextField):
    """The HTML of a comment; every rule that it breaks is listed."""

    def __init__(self) -> None:
        super().__init__(limit="COMMENT_LENGTH", trim_whitespace=False)

    def read(self, text: str) -> str:
        """The text as sent: its length is one of the rules."""
        return text

    def to_internal_value(self, data: Any) -> str:
        """The comment as sent: what it may hold is checked here, cleaning is the service's."""
        raw = super().to_internal_value(data)
        errors = comment_errors(raw, length=live.COMMENT_LENGTH, share=float(live.COMMENT_MARKUP_SHARE))
        if errors:
            raise serializers.ValidationError(errors)
        return raw


class CommentSerializer(ContractSerializer):
    """A comment as clients send it. `visibleTo…` are the contract's names."""

    comment = CommentField()
    visibleToUser = FlagField(required=False, source=Comment.visibility.columns[Audience.CLIENT])
    visibleToDebtor = FlagField(required=False, source=Comment.visibility.columns[Audience.DEBTOR])
    visibleToBailiff = FlagField(required=False, source=Comment.visibility.columns[Audience.BAILIFF])

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The values by the names of the model."""
        values = super().to_internal_value(data)
        return {str(self.fields[name].source): value for name, value in values.items()}


# What a list of comments may be narrowed to, among those that the client sees.
VISIBILITIES = {
    "user": Audience.CLIENT,
    "debtor": Audience.DEBTOR,
    "bailiff": Audience.BAILIFF,
    "all": Audience.STAFF,
}


class CommentQuery(PageQuery):
    """The query string of the list of comments."""

    visibility = WordField(list(VISIBILITIES), required=False)
    unread_only = FlagField(words=True, required=False)


class DecompteQuery(ContractSerializer):
    """The query string of an account: on which day, and as known on which."""

    on = DayField(required=False)
    known_on = DayField(required=False)


class DirectPaymentSerializer(ContractSerializer):
    """A payment that the creditor received himself."""

    amount = SumField(help_text="What you received.")
    date = DayField(help_text="The day on which you received it.")
    method = TextField(
        limit=50, required=False, allow_null=True, allow_blank=True, help_text="How it was paid, in your words."
    )
    reference = TextField(
        limit=255, required=False, allow_null=True, allow_blank=True, help_text="Your reference of the payment."
    )
    invoice_id = CodeField(
        required=False, allow_null=True, help_text="The invoice for which the debtor paid, if he named one."
    )
    confirm = FlagField(required=False, help_text="True: record it although an equal one is there already.")


class CreditNoteSerializer(ContractSerializer):
    """A lower price of an invoice, agreed later."""

    invoice_id = CodeField(help_text="The invoice that costs less.")
    amount = SumField(help_text="By how much.")
    date = DayField(help_text="The day of the credit note.")
    reference = TextField(
        limit=255, required=False, allow_null=True, allow_blank=True, help_text="The number of your credit note."
    )
    confirm = FlagField(required=False, help_text="True: record it although an equal one is there already.")
