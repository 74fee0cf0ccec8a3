"""A printed letter that was given up, or refused at the confirmation, and that was in the post after all."""

import re
from collections import defaultdict
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import audit_record
from events.services import story
from law.contact import Outcome
from legalcity.lib.clock import today
from legalcity.lib.errors import Forbidden, NotFound
from recoveries.letters.channels.batches import batches_of, withdrawn_of
from recoveries.letters.channels.facts import fact_record
from recoveries.letters.channels.post_folder import PROVIDER
from recoveries.letters.channels.posting import numbers_read, posted_at
from recoveries.letters.channels.prices import cost_of
from recoveries.letters.followers import LEFT_BEHIND, apart_keep, bring_back, cases_about, cases_lock
from recoveries.models import Message, MessageFact, PostBatch, PostItem, Recovery

State = Message.State
REFERENCE = re.compile(r"REC-\w+(?:-\w+)*")


def given_up_in(batch: PostBatch, user: User) -> QuerySet[PostItem]:
    """The letters of a batch that were printed, and given up since: those that may have left all the same.

    One that is held or was written anew has other words by now: it is told of no more. Nor is one about several cases
    of which one goes by itself by now, where nobody kept what the paper said of them: it was printed before that was.
    """
    if batch.posting_day > today():
        return PostItem.objects.none()
    rows = withdrawn_of(batch, user).filter(message__state=State.CANCELLED, message__sent_at=None)
    later = PostItem.objects.filter(message__in=rows.values("message"), batch__gt=batch).values("message")
    rows = rows.exclude(message__pdf=None).exclude(message__in=later)
    return rows.exclude(message__in=_torn_apart(rows.filter(others__isnull=True)))


def _torn_apart(items: QuerySet[PostItem]) -> list[int]:
    """The messages of these letters whose words name a case that does not go with them any more."""
    named = {pk: set(REFERENCE.findall(text)) for pk, text in items.values_list("message", "message__text")}
    there = Recovery.objects.filter(recovery_reference__in=set[str]().union(*named.values()))
    cases = dict(there.values_list("recovery_reference", "pk"))
    own: defaultdict[int, set[int]] = defaultdict(set)
    followers = Q(goes_with__in=named) & ~Q(state__in=LEFT_BEHIND)
    for pk, lead, case in Message.objects.filter(Q(pk__in=named) | followers).values_list(
        "pk", "goes_with", "recovery"
    ):
        own[lead or pk].add(case)
    return [pk for pk, names in named.items() if {cases[name] for name in names if name in cases} - own[pk]]


@story()
def item_left(*, batch_id: int, item_id: int, number: str, by: User) -> None:
    """Say that a letter that was given up had left: it was sent with its batch, in the words that were printed.

    `number`: of the receipt of a registered letter. What had been said against it stays with it, and in the audit. Its
    case follows it unless the guard spoke against that. Raises NotFound, Invalid for a number that is missing or none,
    Forbidden for a letter of which something else has become meanwhile.
    """
    batch = batches_of(by).filter(pk=batch_id).first()
    item = given_up_in(batch, by).filter(pk=item_id).first() if batch else None
    if batch is None or item is None:
        raise NotFound(_("There is no such letter in this batch."))
    kept = numbers_read([item], {item.pk: number})[item.pk]
    named = Message.objects.filter(pk__in=[told["message"] for told in item.others or ()])
    cases_lock({**cases_about(item.message_id), **dict(named.values_list("pk", "recovery_id"))})
    PostItem.objects.select_for_update(of=("self",)).filter(pk=item.pk).first()
    given_up = Message.objects.select_for_update(of=("self",)).filter(state=State.CANCELLED, sent_at=None)
    message = given_up.filter(pk=item.message_id).first()
    if message is None or not given_up_in(batch, by).filter(pk=item_id).exists():
        raise Forbidden(_("This letter was not given up."))
    _left(message, item, kept, posted_at(batch), by)


def _left(message: Message, item: PostItem, number: str, at: datetime, by: User) -> None:
    is_forbidden = (message.guard or {}).get("verdict", Outcome.SEND) != Outcome.SEND
    audit_record(
        action="letter_left_already",
        target=message,
        details={"batch": item.batch_id, "why": message.error[:500]},
        actor=by,
    )
    apart = bring_back(message, item.others or ())
    PostItem.objects.filter(pk=item.pk).update(number=number, taken_out_at=None)
    Message.objects.filter(pk=message.pk).update(
        state=State.TO_POST,
        error="",
        moves_case=message.moves_case and not is_forbidden,
        provider=PROVIDER,
        provider_ref=number,
        cost=cost_of(message),
    )
    fact_record(
        message_id=message.pk,
        kind=MessageFact.Kind.SENT,
        at=at,
        source=MessageFact.Source.STAFF,
        provider_id=f"post:{item.batch_id}:{item.pk}",
        note=number,
        by=by,
    )
    apart_keep(message, apart)
