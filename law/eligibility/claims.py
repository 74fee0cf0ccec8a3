"""Which claims of a case may go to court: each its own answer, so that one that may not stops no other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _
from legalcity.lib.dates import add_days

from law.eligibility.answer import Reason, limited
from law.eligibility.facts import Claim, Facts
from law.limitation import LastDays, Limitation, last_days


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """Whether a claim goes: `stays` is the reason why it stays behind, None when it goes.

    `until`: the last days before it is time-barred, None where no day is known. `doubt`: it may be time-barred
    already, so that a manager has to agree.
    """

    claim: Claim
    until: LastDays | None = None
    stays: Reason | None = None
    doubt: Reason | None = None

    @property
    def goes(self) -> bool:
        """Whether nothing keeps it back."""
        return self.stays is None


def claims_judged(facts: Facts, claims: Iterable[Claim], today: date) -> tuple[ClaimAnswer, ...]:
    """The answer for each of `claims`, of the case that `facts` tell of, in their order."""
    limitation = facts.limitation
    return tuple(_judged(claim, facts, limitation, today) for claim in claims)


def _judged(claim: Claim, facts: Facts, limitation: Limitation, today: date) -> ClaimAnswer:
    until = None
    if (starts := claim.starts) is not None:
        until = last_days(starts, limitation, payments=facts.payments, acknowledged=facts.acknowledged)
    return ClaimAnswer(
        claim, until, stays=_stays(claim, until, limitation, today), doubt=_doubt(until, limitation, today)
    )


def _stays(claim: Claim, until: LastDays | None, limitation: Limitation, today: date) -> Reason | None:
    if claim.remaining <= 0:
        return Reason("paid", _("Nothing remains to be paid of it."))
    if claim.due is None:
        return Reason("due_date_unknown", _("It has no due date."), "art. 1405 CPC")
    if until is not None and until.is_barred(today):
        return limited(
            "time_barred",
            _("It has been time-barred since {day}."),
            limitation.article,
            day=add_days(until.latest, 1).isoformat(),
        )
    if claim.due > today or (claim.due == today and not claim.is_debt):
        return limited("not_due", _("Its due date, {day}, has not passed."), "art. 1405 CPC", day=claim.due.isoformat())
    return None


def _doubt(until: LastDays | None, limitation: Limitation, today: date) -> Reason | None:
    if until is None or not until.is_doubtful(today):
        return None
    return limited(
        "limitation_doubtful",
        _(
            "It has been time-barred since {day}, unless the payments or the due date prolonged the time, which then "
            "ends on {last}."
        ),
        limitation.article,
        day=add_days(until.earliest, 1).isoformat(),
        last=until.latest.isoformat(),
    )


def going(answers: Iterable[ClaimAnswer]) -> list[ClaimAnswer]:
    """Those that go."""
    return [answer for answer in answers if answer.goes]


def staying(answers: Iterable[ClaimAnswer]) -> list[ClaimAnswer]:
    """Those that stay behind."""
    return [answer for answer in answers if not answer.goes]


def doubtful(answers: Iterable[ClaimAnswer]) -> list[ClaimAnswer]:
    """Those that go though they may be time-barred already."""
    return [answer for answer in answers if answer.goes and answer.doubt]


def oldest_due(answers: Iterable[ClaimAnswer]) -> date | None:
    """The oldest due date among them."""
    return min((answer.claim.due for answer in answers if answer.claim.due), default=None)
