"""How often a debtor was written to, by whichever client of the firm, and how often it may be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from companies.identity import COLUMNS, Identity
from companies.models import Company
from law.contact import Contact, Policy
from legalcity.lib.emails.rows import INTERRUPTED
from legalcity.lib.settings.live import live
from recoveries.models import ClientRhythm, Message, Recovery

State = Message.State
LEAVING = (State.PLANNED, State.QUEUED, State.SENDING, State.TO_POST)
LONGEST = timedelta(days=31)  # what no cap looks beyond


def debtor_lock(case_id: int) -> None:
    """Decide alone about the debtor of a case until the transaction ends: before any lock of its cases.

    So caps hold however many workers there are.
    """
    debtors = Company.objects.filter(pk__in=Recovery.objects.filter(pk=case_id).values("debtor"))
    for party in debtors.values_list(*COLUMNS):
        Identity.read(*party).lock()


def counted(email: Message | None) -> Q:
    """Demands that went out, or may have, or leave before `email` does.

    All that are queued leave before one that is not: a new one, one that is held. Of two that are queued the earlier
    one leaves first, whichever worker is quicker, so that they never keep each other in.
    """
    waiting = Q(state__in=LEAVING)
    if email and email.state in LEAVING:
        waiting &= Q(pk__lt=email.pk)
    return Q(state__in=Message.GONE_OUT) | Q(state=State.FAILED, error=INTERRUPTED) | waiting


def contacts_with(same: QuerySet[Company], email: Message | None, moment: datetime) -> tuple[Contact, ...]:
    """The demands of the last days to a debtor, for all clients; one about several cases is one."""
    demands = Message.objects.demands().filter(counted(email), recovery__debtor__in=same, goes_with=None)
    return contacts_of(demands.filter(Q(sent_at=None) | Q(sent_at__gt=moment - LONGEST)))


def contacts_of(emails: QuerySet[Message]) -> tuple[Contact, ...]:
    """When these went out, or were let go; those of before the guard, when they were written."""
    rows = emails.values_list("kind", Coalesce("sent_at", "judged_at", "created_at"))
    return tuple(Contact(at, kind == Message.Kind.FORMAL_NOTICE) for kind, at in rows)


def policy_for(owner_id: int) -> Policy:
    """The firm's policy, and that of the client where it is tighter."""
    return _within(firm_policy(), ClientRhythm.objects.filter(owner_id=owner_id).first())


def policies_read() -> Callable[[int], Policy]:
    """`policy_for` for many clients. One statement."""
    firm, rhythms = firm_policy(), {one.owner_id: one for one in ClientRhythm.objects.all()}
    return cache(lambda owner_id: _within(firm, rhythms.get(owner_id)))


def _within(firm: Policy, own: ClientRhythm | None) -> Policy:
    if own is None:
        return firm
    return replace(
        firm,
        reminder_days=max(firm.reminder_days, own.reminder_days),
        formal_notice_days=max(firm.formal_notice_days, own.formal_notice_days),
        per_week=_tighter(firm.per_week, own.per_week),
        per_month=_tighter(firm.per_month, own.per_month),
    )


def firm_policy() -> Policy:
    """The firm's policy by the system settings."""
    return Policy(
        reminder_days=live.REMINDER_DAYS,
        formal_notice_days=live.FORMAL_NOTICE_DAYS,
        per_week=live.CONTACTS_PER_WEEK,
        per_month=live.CONTACTS_PER_MONTH,
        days=live.contact_days,
        from_hour=live.CONTACT_FROM_HOUR,
        until_hour=live.CONTACT_UNTIL_HOUR,
        funds_iban=live.FUNDS_IBAN,
        privacy_notice=live.PRIVACY_NOTICE,
        look_words=live.look_words,
    )


def _tighter(*caps: int) -> int:
    """The smallest of the caps; 0 is none."""
    return min((cap for cap in caps if cap), default=0)
