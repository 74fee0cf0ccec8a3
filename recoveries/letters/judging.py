"""What a letter may demand today, and whether it may leave: asked when it is written and again when it is sent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db.models import Q
from django.utils.translation import gettext as _

from companies.models import Company
from companies.parties import party_of
from law.account.decompte import ClaimRow, Decompte
from law.account.demand import Demanded, demanded
from law.eligibility import Reason
from law.letters_guard import Facts, protected_until, refusals
from law.limitation import LastDays, starts_of
from law.vocabulary import Matter, Step
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Forbidden
from legalcity.lib.settings.live import live
from recoveries.catalogue import catalogue
from recoveries.ledger.decompte import case_decompte
from recoveries.models import Acknowledgement, Recovery, SentEmail

State = SentEmail.State
Kind = SentEmail.Kind


@dataclass(frozen=True, slots=True)
class Demand:
    """The account of what is due and not barred; whether something else is claimed that is neither yet.

    `is_doubtful`: something of the account may be barred, which hangs on the payments or the due date.
    """

    account: Demanded
    is_later: bool
    is_barred: bool
    is_doubtful: bool


def is_open(case: Recovery) -> bool:
    """Whether letters about the case make sense at all: an open amicable one, with both parties."""
    is_amicable = not case.is_in_court and not catalogue.is_closing(case.status_id)
    return bool(is_amicable and case.customer_id and case.debtor_id)


def demand_of(case: Recovery, on: date) -> Demand:
    """What may be demanded on the day `on`. Raises Conflict when no rate is known for a day."""
    account = case_decompte(case, on=on)
    until = _until(case, account)
    due = [row for row in account.claims if row.left.due]
    barred = [row for row in due if (days := until(row)) and days.is_barred(on)]
    asked = [row for row in due if row not in barred]
    return Demand(
        demanded(account, {row.claim.key for row in asked}),
        is_later=any(row.principal for row in account.not_due),
        is_barred=bool(barred),
        is_doubtful=any((days := until(row)) and days.is_doubtful(on) for row in asked),
    )


def refusals_of(
    case: Recovery, demand: Demand, *, kind: str, on: date, email: SentEmail | None = None
) -> tuple[Reason, ...]:
    """Why a letter of this kind may not leave on the day `on`: a new one, or the `email` that is about to be sent."""
    facts = Facts(
        is_open=is_open(case),
        has_firm=all((live.FIRM_NAME, live.FIRM_ADDRESS, live.FIRM_POSTAL_CODE, live.FIRM_CITY)),
        has_creditor=case.customer is not None and all(_mentions(case.customer)),
        due=demand.account.total,
        is_provisional=demand.account.is_provisional,
        is_later=demand.is_later,
        is_barred=demand.is_barred,
        is_held=demand.is_doubtful and not case.is_hold_lifted,
        is_in_dispute=case.status_id == Step.DISPUTE,
        has_changed=email is not None and _has_changed(case, email),
        last_letter=_last_letter(case, email),
        pause=live.FORMAL_NOTICE_DAYS if kind == Kind.FORMAL_NOTICE else live.REMINDER_DAYS,
    )
    return refusals(facts, on)


def require_leave(case: Recovery, demand: Demand, *, kind: str, on: date) -> None:
    """Raises Forbidden, with its reasons, for a letter that may not leave."""
    if reasons := refusals_of(case, demand, kind=kind, on=on):
        raise Forbidden(_("This letter may not leave."), reasons=list(reasons))


def _until(case: Recovery, account: Decompte) -> Callable[[ClaimRow], LastDays | None]:
    """Says of a claim until when a consumer may be asked for it; None where the debtor is no consumer."""
    acknowledged = Acknowledgement.objects.standing().filter(recovery=case, date__lte=account.on)
    judge = partial(
        protected_until,
        creditor=party_of(case.customer),
        debtor=party_of(case.debtor),
        matter=Matter(case.matter),
        payments=[row.payment.on for row in account.payments if not row.is_reversed],
        acknowledged=list(acknowledged.values_list("date", flat=True)),
    )
    return lambda row: judge(starts_of(row.claim.performed_on, row.claim.issued_on, row.due_on))


def _mentions(creditor: Company) -> Iterator[str | None]:
    yield creditor.company_name or creditor.person
    yield from (creditor.company_address, creditor.company_postal, creditor.company_city)


def _has_changed(case: Recovery, email: SentEmail) -> bool:
    """Whether the sum that the letter names is no longer that of the day that it names."""
    written_on = email.created_at.astimezone(PARIS).date()
    return email.total is not None and demand_of(case, written_on).account.total != email.total


def _last_letter(case: Recovery, email: SentEmail | None) -> date | None:
    """The day of the last letter that asked for money and was sent, or waits before this one."""
    waiting = Q(state=State.QUEUED, pk__lt=email.pk) if email else Q(state=State.QUEUED)
    letters = SentEmail.objects.demands().filter(Q(state=State.SENT) | waiting, recovery=case)
    moments = [sent_at or written_at for sent_at, written_at in letters.values_list("sent_at", "created_at")]
    return max(moments).astimezone(PARIS).date() if moments else None
