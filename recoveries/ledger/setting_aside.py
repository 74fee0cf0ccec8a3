"""What is over stays over when the client asks for more: only an act of staff lays it against what he filed since.

A debtor was told, or could be, that this money is his. So a client who files an invoice of an earlier day, or corrects
one, does not spend it: it is written down with the claims that it is not laid against. Pure.
"""

from collections.abc import Sequence
from dataclasses import replace

from law.account.decompte import Decompte
from law.account.facts import Facts, SetAside
from law.interest import RateMissing
from recoveries.ledger.book import ASIDE, CLAIMS, aside_told
from recoveries.ledger.drafting import Draft


def over_kept(known: Facts, before: Decompte | RateMissing, after: Decompte | RateMissing) -> SetAside | None:
    """What was over on the case of `known` and is no longer `after` the client asked for more; None for nothing.

    Where there was no claim yet nothing was over: it came for what is being filed. What waits for a rate neither is.
    """
    if isinstance(before, RateMissing) or isinstance(after, RateMissing) or not known.claims:
        return None
    if after.surplus >= before.surplus:
        return None
    standing = [row for row in before.payments if not row.is_reversed]
    return SetAside(
        parts=tuple((row.payment.id, row.over) for row in standing if row.over),
        counted=frozenset(row.payment.id for row in standing),
    )


def with_aside(drafts: Sequence[Draft], aside: SetAside) -> list[Draft]:
    """`drafts`, the first claims among them with what is not laid against them."""
    first = next(draft for draft in drafts if CLAIMS in draft.facts)
    told = replace(first, facts={**first.facts, ASIDE: aside_told(aside)})
    return [told if draft is first else draft for draft in drafts]


def asks_for_more(drafts: Sequence[Draft]) -> bool:
    """Whether claims are among them."""
    return any(CLAIMS in draft.facts for draft in drafts)
