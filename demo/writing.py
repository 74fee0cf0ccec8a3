"""Drafts become rows, with what services keep of them: ledger, balance, next legal date, counts.

Everything is reckoned before anything is written, so that each table is written once, by COPY, and nothing is read.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import chain
from operator import attrgetter

from demo.acts import Actors, filing_of, past_of
from demo.one_case import CaseDraft, case_go_on
from demo.settling import payments_meet
from events.past import Past, past_load
from legalcity.lib.bulk_load import keys_give, references_checked, rows_load, values_load
from legalcity.lib.clock import today
from recoveries.ledger.first_rows import FirstRows, first_rows
from recoveries.ledger.records import records_told
from recoveries.models import CaseBalance, Line
from recoveries.selectors.deadlines import clock_days_told, deadlines_reckoned, is_owed
from recoveries.services.deadlines import next_deadline_set
from recoveries.services.totals import case_count_add

CHILDREN = tuple(map(attrgetter, ("invoices", "changes", "comments", "dettes", "acomptes")))


def drafts_write(drafts: Sequence[CaseDraft], *, people: Actors) -> None:
    """Write cases with all that hangs on them and all that was told of them. In the caller's transaction; moments are
    kept as they are given. `people` are clients and staff.
    """
    _keys_give(drafts)
    past = [each for draft in drafts for each in _lived(draft, people)]
    ledgers = first_rows(
        [(draft.recovery, records_told(draft.invoices, draft.dettes, draft.acomptes)) for draft in drafts]
    )
    for draft, balance in zip(drafts, ledgers.balances, strict=True):
        _deadline_set(draft, balance, today())
    _load(drafts, ledgers)
    past_load(past)
    references_checked()
    # The last statements, since each serialises an account.
    counts = Counter((draft.recovery.owner_id, draft.recovery.status_id) for draft in drafts)
    for (owner_id, status_id), n in sorted(counts.items()):
        case_count_add(owner_id=owner_id, status_id=status_id, by=n)


def _keys_give(drafts: Sequence[CaseDraft]) -> None:
    """Keys for all rows, and the case's for what hangs on it."""
    keys_give([draft.debtor for draft in drafts])
    keys_give([draft.recovery for draft in drafts])
    for children in CHILDREN:
        keys_give([*chain.from_iterable(map(children, drafts))])
    for draft in drafts:
        draft.recovery.debtor = draft.debtor  # It has its key by now.
        of_case = {"recovery_id": draft.recovery.pk, "owner_id": draft.recovery.owner_id}
        for row in chain.from_iterable(children(draft) for children in CHILDREN):
            vars(row).update(of_case)  # To set a foreign key, Django looks what else is known of it.


def _lived(draft: CaseDraft, people: Actors) -> list[Past]:
    """Lead a case from its filing to where it stands by now; returns what was told on the way."""
    filing = filing_of(draft, people)
    case_go_on(draft)
    past = past_of(draft, filing, payments_meet(draft), people)
    draft.recovery.updated_at = past[-1].at
    return past


def _deadline_set(draft: CaseDraft, balance: CaseBalance, day: date) -> None:
    case = draft.recovery
    # A case without a procedure, whose balance is not written yet: neither is looked for.
    case._state.fields_cache.update(injunction=None, balance=balance)
    days = clock_days_told(draft.invoices, draft.dettes, draft.acomptes)
    next_deadline_set(case, deadlines_reckoned(case, days, day, is_owed=is_owed(case)))


def _load(drafts: Sequence[CaseDraft], ledgers: FirstRows) -> None:
    rows_load([draft.debtor for draft in drafts])
    rows_load([draft.recovery for draft in drafts])
    for children in CHILDREN:
        rows_load([*chain.from_iterable(map(children, drafts))])
    rows_load(ledgers.postings)
    values_load(Line, ledgers.lines)
    rows_load(ledgers.balances)
