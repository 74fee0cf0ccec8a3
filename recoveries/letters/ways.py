"""By which channels a person can write to the debtor of a case, and which letters have words there."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

from law.contact import Channel
from law.vocabulary import Reminder
from recoveries.letters.channels.postal import postal_lines
from recoveries.letters.channels.registry import BY_POST, channel_of
from recoveries.letters.judging import written_to
from recoveries.models import Message, Recovery, TemplateVersion


@dataclass(frozen=True, slots=True)
class Way:
    """A channel that leads to the debtor, the reminders (`Reminder`) that have words for it, and the debtor's address
    there as facts about addresses name it; one that a person has to name is empty.
    """

    channel: str
    kinds: tuple[str, ...]
    to: str

    @property
    def label(self) -> str:
        """The channel, for people."""
        return str(Message.Channel(self.channel).label)


def ways_of(case: Recovery) -> list[Way]:
    """The channels that can be chosen for the debtor of a case, e-mail first.

    An e-mail address and a phone may be named for one message, so e-mail is always there; a text message follows a
    first letter that was sent, and wants a carrier; a letter wants the debtor's whole address.
    """
    kinds = _kinds_with_words(case.owner_id)
    offered = (channel for channel in Message.Channel.values if kinds.get(channel) and _is_open(case, channel))
    return [Way(channel, kinds[channel], written_to(blank_message(case, channel))) for channel in offered]


def _is_open(case: Recovery, channel: str) -> bool:
    if channel == Channel.SMS:
        was_written_to = Message.objects.demands().gone_out().filter(recovery=case)
        return bool(channel_of(channel).provider) and was_written_to.exists()
    return channel == Channel.EMAIL or not channel_of(channel).check(blank_message(case, channel))


def blank_message(case: Recovery, channel: str) -> Message:
    """A message to the debtor of a case by a channel, to the address that the case knows there; without words."""
    debtor, message = case.debtor, Message(recovery=case, channel=channel)
    if channel in BY_POST:
        message.address = "\n".join(postal_lines(debtor))
    elif debtor is not None:
        message.recipient = (debtor.company_phone if channel == Channel.SMS else debtor.company_email) or ""
    return message


def _kinds_with_words(owner_id: int | None) -> Mapping[str, tuple[str, ...]]:
    """Channel → the reminders that a template in force is for, of the client or of the firm."""
    versions = TemplateVersion.objects.filter(
        Q(template__owner_id=owner_id) | Q(template__owner=None), state=TemplateVersion.State.PUBLISHED
    )
    there: defaultdict[str, set[str]] = defaultdict(set)
    for channel, code in versions.values_list("template__channel", "template__code"):
        there[channel].add(code)
    return {channel: tuple(kind.value for kind in Reminder if kind.value in codes) for channel, codes in there.items()}
