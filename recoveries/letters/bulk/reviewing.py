"""The review of a bulk sending: each case as the form of its single reminder would judge it. Nothing is written."""

from collections.abc import Iterable
from typing import Any

import structlog
from django.db import DatabaseError
from django.utils.translation import gettext_lazy

from companies.identity import Identity, Kin
from law.contact import Channel, Contact, Outcome, Reason
from legalcity.lib.clock import now
from legalcity.lib.errors import Conflict, DomainError, Forbidden, Invalid, Sentence
from recoveries.ledger.gathering import with_terms
from recoveries.letters.bulk.services import Verdict
from recoveries.letters.channels.prices import cost_of
from recoveries.letters.judging import written_to
from recoveries.letters.services import message_foreseen
from recoveries.letters.verdicts import in_both
from recoveries.letters.ways import blank_message
from recoveries.models import Mailing, MailingCase, Message, Recovery

log = structlog.get_logger("recoveries")

NO_ADDRESS = {
    Channel.EMAIL: gettext_lazy("The debtor has no e-mail address."),
    Channel.SMS: gettext_lazy("The debtor has no phone."),
}
NO_POSTAL_ADDRESS = gettext_lazy("The debtor has no postal address.")
OTHER = "other"  # what is refused by no row of the guard's table


class Reviewer:
    """Asks the guard about the cases of a sending, one after the other.

    What may leave counts for the next case of the same debtor, as it will when it is sent.
    """

    def __init__(self, mailing: Mailing) -> None:
        self.mailing = mailing
        self.leaving: Kin[Contact] = Kin()
        foreseen = mailing.cases.filter(verdict=Verdict.SEND).select_related("recovery__debtor")
        for one in foreseen:
            self._leaves(one.recovery)

    def review(self, pk: int) -> None:
        """Keep what the guard says of one of its cases."""
        row = MailingCase.objects.filter(pk=pk, verdict="").first()
        case = with_terms(Recovery.objects.all()).filter(pk=row.recovery_id).first() if row else None
        if row is None or case is None:
            return
        values = self._judged(case)
        MailingCase.objects.filter(pk=pk, verdict="").update(**values)
        if values["verdict"] == Verdict.SEND:
            self._leaves(case)

    def _judged(self, case: Recovery) -> dict[str, Any]:
        mailing, blank = self.mailing, blank_message(case, self.mailing.channel)
        if not written_to(blank):
            sentence = NO_ADDRESS.get(Channel(mailing.channel), NO_POSTAL_ADDRESS)
            return {"verdict": Verdict.UNREACHABLE, "reasons": _others([sentence])}
        alongside = self.leaving.of(Identity.of(case.debtor)) if case.debtor else ()
        try:
            message, draft = message_foreseen(
                case=case,
                kind=mailing.kind,
                channel=mailing.channel,
                to=blank.recipient,
                moment=now(),
                alongside=alongside,
            )
        except DomainError as error:
            return refused_values(error)
        except DatabaseError:
            raise
        except Exception as error:  # One that cannot be judged keeps no other back.
            log.exception("mailing_case_not_judged", recovery_id=case.pk)
            return refused_values(Conflict(type(error).__name__))
        message.text = draft.letter.text
        is_held = draft.verdict.outcome == Outcome.HOLD
        return {
            "verdict": Verdict.HOLD if is_held else Verdict.SEND,
            "reasons": reasons_kept(draft.verdict.standing),
            "until": draft.verdict.until,
            "cost": cost_of(message),
        }

    def _leaves(self, case: Recovery) -> None:
        if case.debtor is not None:
            is_notice = self.mailing.kind == Message.Kind.FORMAL_NOTICE
            self.leaving.add(Identity.of(case.debtor), Contact(now(), is_notice))


def refused_values(error: DomainError) -> dict[str, Any]:
    """What is kept of a case whose reminder is refused: an address that does not do is a word of its own."""
    if isinstance(error, Invalid):
        sentences = [sentence for each in error.errors.values() for sentence in each]
        return {"verdict": Verdict.UNREACHABLE, "reasons": _others(sentences)}
    reasons = error.extra.get("reasons", ()) if isinstance(error, Forbidden) else ()
    decisive = [reason for reason in reasons if reason.outcome == Outcome.NEVER] or reasons
    return {"verdict": Verdict.NEVER, "reasons": reasons_kept(decisive) or _others([error.message])}


def reasons_kept(reasons: Iterable[Reason]) -> list[dict[str, str]]:
    """Reasons of the guard as they are kept."""
    return [{"code": one.code.value, "article": one.article, **in_both("sentence", one.sentence)} for one in reasons]


def _others(sentences: Iterable[Sentence]) -> list[dict[str, str]]:
    return [{"code": OTHER, "article": "", **in_both("sentence", sentence)} for sentence in sentences]
