"""What the reader of a décompte must know: each warning has a code and a sentence."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from legalcity.lib.errors import Sentence

from law.account.facts import Payment, PaymentState
from law.account.imputation import Account
from law.account.naming import folded
from law.account.opening import Position, is_start_assumed, quality_of
from law.interest import Segment
from law.parties import Quality

SHOWN = 5  # Numbers named in one sentence


class Code(StrEnum):
    """The codes of warnings, as the API tells them."""

    RATE_CARRIED = "rate_carried"
    RATE_UNCONFIRMED = "rate_unconfirmed"
    START_ASSUMED = "start_assumed"
    QUALITY_UNKNOWN = "quality_unknown"
    NOT_ASSIGNED = "not_assigned"
    MOVED = "moved"
    PART_PAID_UNDATED = "part_paid_undated"
    UNALLOCATED = "unallocated"
    SURPLUS = "surplus"


class Caution(NamedTuple):
    """A code and its sentence, in the reader's language."""

    code: Code
    sentence: Sentence


_SENTENCES: dict[Code, Any] = {
    Code.RATE_CARRIED: _(
        "The last rate that is known is that of {about}; it is carried on, and the figures may change."
    ),
    Code.RATE_UNCONFIRMED: _("Rates still to be confirmed with the official text: those of {about}."),
    Code.START_ASSUMED: _("No due day and no day of performance is known of {about}: 30 days after the invoice."),
    Code.QUALITY_UNKNOWN: _("It is not confirmed that both parties deal as professionals: the lower claim is made."),
    Code.NOT_ASSIGNED: _("The label of a payment names no invoice of the case ({about}): the oldest due was paid."),
    Code.MOVED: _("The claims of this case went on to {about}; this is what stayed behind."),
    Code.PART_PAID_UNDATED: _("Part payments without a day are taken off the principal from the start: {about}."),
    Code.UNALLOCATED: _("A payment is not yet allocated: no interest rate is known for {about}."),
    Code.SURPLUS: _("More was paid than was owed; what is over waits to be given back or moved."),
}


def warning(code: Code, *about: str) -> Caution:
    """The warning of that code, about these numbers, references or days."""
    shown = ", ".join(about[:SHOWN]) + (", …" if len(about) > SHOWN else "")
    return Caution(code, format_lazy(_SENTENCES[code], about=shown))


def warnings_of(account: Account, due: list[Position]) -> Iterator[Caution]:
    """What the account, with these claims due, makes worth a warning, once a code."""
    for code, found in _found(account, [one.running.segments for one in due if one.running.segments]):
        if found is not None:
            yield warning(code, *found)


def _found(account: Account, runs: list[list[Segment]]) -> Iterator[tuple[Code, list[str] | None]]:
    """Each code with what it is about; None where there is nothing to say. Only a last rate is ever carried on."""
    claims = [one.claim for one in account.claims if one.claim]
    yield Code.RATE_CARRIED, _days(run[-1] for run in runs if run[-1].is_carried)
    yield Code.RATE_UNCONFIRMED, _days(one for run in runs for one in run if not one.rate.confirmed)
    yield Code.START_ASSUMED, [claim.number for claim in claims if is_start_assumed(claim)] or None
    yield Code.QUALITY_UNKNOWN, [] if quality_of(account.facts) == Quality.UNKNOWN else None
    yield Code.NOT_ASSIGNED, [payment.reference for payment in not_assigned(account)] or None
    yield Code.PART_PAID_UNDATED, [claim.number for claim in claims if claim.part_paid] or None
    yield Code.SURPLUS, [] if account.surplus else None


def _days(segments: Iterable[Segment]) -> list[str] | None:
    """The first days of their rates."""
    return [f"{day:%d/%m/%Y}" for day in sorted({segment.rate.since for segment in segments})] or None


def not_assigned(account: Account) -> list[Payment]:
    """Payments whose label names no invoice of the case."""
    return [
        payment
        for payment in account.received
        if payment.state != PaymentState.REVERSED
        and payment.id not in account.chosen
        and payment.invoice_id is None
        and folded(payment.reference)
    ]
