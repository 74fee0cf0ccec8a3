"""One case of the portfolio, unsaved. The same seed, day and number give the same case, alone or among a million."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from accounts.models import User
from companies.models import Company
from demo.accounts import Account
from demo.bills import acomptes_build, dettes_build, invoices_build, remaining
from demo.chance import dice
from demo.firms import debtor_build
from demo.made import made
from demo.people import Names
from demo.sentences import OBSERVATIONS
from demo.story import People, comments_build, filed_at, statuses_walk
from invoicing.models import Invoice
from law.vocabulary import InterestRate, PenaltyType, Step
from legalcity.lib.audience import Audience
from recoveries.models import Acompte, Comment, Dette, Recovery, Status, StatusChange
from recoveries.rules import ALPHABET
from recoveries.services.copies import copies_set

REFERENCES = len(ALPHABET) ** 6  # REC- and six characters
REASONS = Recovery.Reason.values
INTEREST, PENALTIES = (None, *Recovery.InterestRate.values), (None, *Recovery.PenaltyType.values)
REASON_WEIGHTS = (3, 30, 26, 12, 8, 6, 2, 8, 5)


@dataclass(frozen=True, slots=True)
class Scene:
    """What the cases of a portfolio share. `statuses` is the catalogue, `people` clients and staff, by id."""

    seed: int
    today: date
    names: Names
    accounts: Sequence[Account]
    staff: Sequence[int]
    statuses: Mapping[int, Status]
    people: Mapping[int, User]


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """A case as it was filed, with all that hangs on it by now, unsaved. Its creditor is saved already.

    `staff_id` is the member of staff who acts on it, `handler_id` who handles it by now, if anybody does.
    """

    staff_id: int
    handler_id: int | None
    recovery: Recovery
    debtor: Company
    invoices: list[Invoice]
    changes: list[StatusChange]
    comments: list[Comment]
    acomptes: list[Acompte]
    dettes: list[Dette]


def reference_of(seed: int, number: int) -> str:
    """The reference of case `number`: looks drawn, and differs from that of every other number of the seed."""
    factor, start = _scatter(seed)
    value, letters = (start + factor * number) % REFERENCES, ""
    for _ in range(6):
        value, place = divmod(value, len(ALPHABET))
        letters = ALPHABET[place] + letters
    return f"REC-{letters}"


@cache
def _scatter(seed: int) -> tuple[int, int]:
    """A factor without a common divisor with 36**6, so that it hits every value once, and where to start."""
    rng = dice(seed, "references")
    return 6 * rng.randrange(REFERENCES // 18, REFERENCES // 6) + 1, rng.randrange(REFERENCES)


def case_build(scene: Scene, number: int) -> CaseDraft:
    """Case `number` of the portfolio."""
    rng = dice(scene.seed, number)
    [account] = rng.choices(scene.accounts, [each.share for each in scene.accounts])
    creditor = rng.choice(account.creditors)
    people = People(client=account.user_id, handler=rng.choice(scene.staff))
    filed = filed_at(rng, scene.today)

    debtor = debtor_build(rng=rng, names=scene.names, owner_id=account.user_id, today=scene.today)
    debtor.created_at = debtor.updated_at = filed
    changes = statuses_walk(rng, statuses=scene.statuses, filed=filed, today=scene.today, people=people)
    invoices = invoices_build(rng, trade=account.trade, account=account.number, filed=filed)
    dettes = dettes_build(rng, filed=filed)
    owed = remaining(invoices) + sum((dette.amount for dette in dettes), Decimal(0))
    acomptes = acomptes_build(rng, owed=owed, changes=changes)
    comments = comments_build(rng, filed=filed, today=scene.today, people=people, debtor=debtor.person, owed=owed)

    [handler] = rng.choices((people.handler, people.client, None), (70, 20, 10))
    recovery = made(
        Recovery,
        owner_id=account.user_id,
        user_id=None if handler is None else people.client,
        status_id=int(Step.CREATED),
        recovery_reference=reference_of(scene.seed, number),
        recovery_service_object=rng.choice(account.trade.services),
        recovery_due_date=max(invoice.invoice_due_date for invoice in invoices if invoice.invoice_due_date),
        recovery_raison_notpaid=rng.choices(REASONS, REASON_WEIGHTS)[0],
        recovery_observations=rng.choice(OBSERVATIONS) if rng.random() < 0.35 else None,
        amount=sum((invoice.invoice_amount for invoice in invoices), Decimal("0.00")),
        invoices_count=len(invoices),
        created_at=filed,
        **_interest(rng),
        **_penalty(rng),
    )
    recovery.customer, recovery.debtor = creditor, debtor
    copies_set(recovery, customer=creditor, debtor=debtor, numbers=[invoice.invoice_number for invoice in invoices])
    return CaseDraft(people.handler, handler, recovery, debtor, invoices, changes, comments, acomptes, dettes)


def case_go_on(draft: CaseDraft) -> None:
    """Bring a case to where its story has led: its status, its handler, sums and counts as the services keep them."""
    recovery = draft.recovery
    recovery.status_id, recovery.user_id = draft.changes[-1].to_status_id, draft.handler_id
    debts = sum((dette.amount for dette in draft.dettes), Decimal("0.00"))
    received = sum((acompte.amount for acompte in draft.acomptes), Decimal("0.00"))
    recovery.amount += debts
    recovery.amount_torecover = max(remaining(draft.invoices) + debts - received, Decimal("0.00"))
    recovery.comments_count = sum(Comment.visibility.shows(comment, Audience.CLIENT) for comment in draft.comments)


def _interest(rng: Random) -> dict[str, Any]:
    [rate] = rng.choices(INTEREST, (40, 10, 15, 35))
    percent = Decimal(rng.randint(4, 24)) / 2 if rate == InterestRate.CUSTOM else None
    return {
        "recovery_late_interest": rate is not None,
        "recovery_interest_rate": rate,
        "recovery_interest_rate_percent": percent,
    }


def _penalty(rng: Random) -> dict[str, Any]:
    [kind] = rng.choices(PENALTIES, (60, 25, 15))
    return {
        "recovery_penalty": kind is not None,
        "recovery_penalty_type": kind,
        "recovery_penalty_amount": Decimal(rng.choice((40, 80, 150, 250))) if kind == PenaltyType.AMOUNT else None,
        "recovery_penalty_percent": Decimal(rng.choice((5, 10, 15))) if kind == PenaltyType.PERCENT else None,
    }
