"""What going to court may cost beyond what is sure, as warnings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from law.eligibility.answer import Reason, limited
from law.vocabulary import Court, Procedure


@dataclass(frozen=True, slots=True)
class Contribution:
    """A contribution to the courts, in EUR: a sum, or that above which a claim owes one.

    `on_orders`: whether a request for an order for payment owes it; `is_confirmed`: whether all that is sure.
    """

    amount: Decimal
    on_orders: bool
    is_confirmed: bool
    article: str

    @property
    def may_be_owed(self) -> bool:
        """Whether it is owed, or may be."""
        return self.on_orders or not self.is_confirmed


@dataclass(frozen=True, slots=True)
class Costs:
    """What the catalogues say: court fees still to be confirmed, and both contributions.

    `economic` is that of the courts named in `economic_courts`, from creditors with so many `employees`.
    """

    judicial: Contribution
    economic: Contribution
    employees: int
    economic_courts: str
    unconfirmed_fees: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)


def warnings_of_costs(
    costs: Costs, procedure: Procedure | None, court: Court | None, amount: Decimal
) -> Iterator[Reason]:
    """Court fees and contributions of a request about `amount` EUR that are owed besides, or not sure."""
    if procedure is None or court is None:
        return
    fee = costs.unconfirmed_fees.get((procedure, court))
    if fee is not None:
        yield limited("fee_unconfirmed", _("The court fee of {fee} EUR is still to be confirmed."), fee=f"{fee:.2f}")
    if court == Court.COMMERCIAL:
        yield from _economic(costs, amount)
    else:
        yield from _judicial(costs.judicial)


def _judicial(one: Contribution) -> Iterator[Reason]:
    if one.on_orders and one.is_confirmed:
        sentence = _("A contribution of {amount} EUR is due before the tribunal judiciaire.")
    elif one.may_be_owed:
        sentence = _("A contribution of {amount} EUR may be due before the tribunal judiciaire: still to be confirmed.")
    else:
        return
    yield limited("judicial_contribution", sentence, one.article, amount=f"{one.amount:.2f}")


def _economic(costs: Costs, amount: Decimal) -> Iterator[Reason]:
    one = costs.economic
    if not one.may_be_owed or amount <= one.amount:
        return
    sure = _(
        "Creditors with {employees} employees or more owe a contribution on claims over {over} EUR before the courts "
        "of {courts}."
    )
    doubtful = _(
        "Creditors with {employees} employees or more may owe a contribution on claims over {over} EUR before the "
        "courts of {courts}: still to be confirmed."
    )
    yield limited(
        "economic_contribution",
        sure if one.is_confirmed else doubtful,
        one.article,
        employees=costs.employees,
        over=f"{one.amount:.2f}",
        courts=costs.economic_courts,
    )
