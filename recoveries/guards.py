"""What may be written to a case now: its rules under the present system settings, and what its status allows."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from companies.parties import quality_of
from invoicing.services import duplicate_errors
from law import notices
from law.account.facts import NoticeState
from law.contact import Channel, Facts, Message, Policy, Purpose, judge
from law.vocabulary import Step
from legalcity.lib.audience import Audience
from legalcity.lib.clock import now
from legalcity.lib.codes import ErrorCode
from legalcity.lib.errors import Forbidden, Invalid
from legalcity.lib.settings.live import live
from recoveries import rules
from recoveries.catalogue import catalogue
from recoveries.models import Comment, FormalNotice, Recovery
from recoveries.statuses import STATUSES, Actor, allowed_moves

NOT_NOTIFIED = gettext_noop(
    "No formal notice was sent in this case. Send one as a registered letter: the case moves by itself once its "
    "deposit is proved. Or enter one that was sent otherwise, with its proof (“Formal notice received”)."
)
NOT_EDITABLE = gettext_lazy("Recovery cannot be modified. Only recoveries with status {statuses} can be updated.")


# --- what is sent ----------------------------------------------------------------------------------------------------
def recovery_errors(values: Mapping[str, Any]) -> rules.Errors:
    """Sentences of the rules that a whole case breaks."""
    return rules.recovery_errors(values, reject_inapplicable=live.INAPPLICABLE_FIELDS == "reject")


def recovery_values(recovery: Recovery) -> dict[str, Any]:
    """What is stored, by field, to be merged with what is sent."""
    return {name: getattr(recovery, name) for name in rules.FIELDS}


def complete_errors(values: Mapping[str, Any]) -> rules.Errors:
    """Sentences for what is wrong between the invoices of one complete case: numbers that come twice."""
    numbers = [item.get("invoice_number") for item in values.get("invoices") or []]
    return {f"invoices.{key}": sentences for key, sentences in duplicate_errors(numbers).items()}


def require_fit_for_debtor(text: str, recovery: Recovery) -> None:
    """Raises Invalid when `text` says to the debtor of the case what nobody may say (`law.contact`)."""
    facts = Facts(
        debtor=quality_of(recovery.debtor, is_debtor=True),
        has_title=recovery.status_id in (Step.ENFORCEABLE, Step.ENFORCEMENT),
    )
    message = Message(purpose=Purpose.COMMENT, channel=Channel.PAGE, added=text)
    verdict = judge(message, facts, Policy(look_words=live.look_words), now())
    if verdict.reasons:
        raise Invalid({"comment": [reason.sentence for reason in verdict.reasons]})


# --- what stands there -----------------------------------------------------------------------------------------------
def require_editable(recovery: Recovery) -> None:
    """Raises Forbidden when clients may not change a case in this status."""
    editable = live.editable_statuses
    if recovery.status_id not in editable:
        sentence = str(NOT_EDITABLE).format(statuses=_(" or ").join(map(str, sorted(editable))))
        raise Forbidden(sentence, code=ErrorCode.NOT_EDITABLE)


def is_frozen(comment: Comment, recovery: Recovery) -> bool:
    """True once somebody may have acted upon it: read, visible to the debtor, or to the bailiff of an injunction.

    An amicable case has no bailiff, so there the default visibility does not freeze.
    """
    shows = comment.visibility.shows
    is_before_bailiff = shows(comment, Audience.BAILIFF) and recovery.is_in_court
    return comment.is_read or shows(comment, Audience.DEBTOR) or is_before_bailiff


# --- where it may go -------------------------------------------------------------------------------------------------
def moves_of(recovery: Recovery, *, actor: Actor) -> list[int]:
    """Ids of the statuses that `actor` may give the case next, in the order of the catalogue."""
    added = [status_id for status_id in catalogue.entries if status_id not in STATUSES]
    allowed = allowed_moves(recovery.status_id, by=actor, added=added)
    return [status_id for status_id in catalogue.entries if status_id in allowed]


def require_move(recovery: Recovery, to_status: int, *, actor: Actor) -> None:
    """Raises Forbidden for a move that the life cycle does not have; the message says which ones it has."""
    allowed = moves_of(recovery, actor=actor)
    if to_status not in allowed:
        names = ", ".join(catalogue.entries[status_id].name for status_id in allowed) or _("none")
        raise Forbidden(
            _("A case in the status {status} cannot be moved there. Allowed: {allowed}.").format(
                status=catalogue.entries[recovery.status_id].name, allowed=names
            )
        )


def require_notice(recovery: Recovery, to_status: int) -> None:
    """Raises Forbidden where staff would say by hand that a formal notice was sent, and none is known to have been.

    A registered letter proves itself, any other needs a proof; what the creditor sent is none of the firm's.
    """
    if to_status != Step.FORMAL_NOTICE:
        return
    sent = FormalNotice.objects.filter(recovery=recovery).exclude(state__in=(NoticeState.PLANNED, NoticeState.FAILED))
    proved = Q(channel=notices.Channel.REGISTERED) | Q(proof__isnull=False)
    if not sent.filter(proved).exclude(channel=notices.Channel.CREDITOR).exists():
        raise Forbidden(_(NOT_NOTIFIED))
