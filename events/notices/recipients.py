"""To whom a group is told: what the client has chosen, and which of its addresses may be written to."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from accounts.models import User
from events.notices.groups import LEGAL, RULES, Group, Mode
from events.notices.models import Preference, Recipient


@dataclass(frozen=True, slots=True)
class Choice:
    """How a group is told: as the client has chosen, or by the group's rule."""

    group: Group
    mode: Mode
    recipients: tuple[str, ...]
    language: str


def choices_of(owner: User) -> dict[Group, Choice]:
    """What holds for each group of an account."""
    usual = {
        group: Choice(group, rule.default, (owner.email.lower(),), owner.language) for group, rule in RULES.items()
    }
    chosen = {Group(row.group): row for row in Preference.objects.filter(owner=owner)}
    return {
        group: Choice(group, Mode(row.mode), tuple(row.recipients), row.language)
        if (row := chosen.get(group))
        else choice
        for group, choice in usual.items()
    }


def modes_of(owner_ids: Collection[int]) -> dict[tuple[int, Group], Mode]:
    """The modes of those accounts that have chosen some."""
    rows = Preference.objects.filter(owner_id__in=owner_ids).values_list("owner_id", "group", "mode")
    return {(owner_id, Group(group)): Mode(mode) for owner_id, group, mode in rows}


def told_choices(owner: User) -> dict[Group, Choice]:
    """Likewise, with those recipients alone that may be written to.

    An address is written to once it was confirmed (the account's own needs no confirmation), and while it is not held.
    What the law has told is told to the account's own address where no other is left (art. R124-5 CPCE).
    """
    own, known = owner.email.lower(), {row.email: row for row in Recipient.objects.filter(owner=owner)}

    def is_open(email: str) -> bool:
        row = known.get(email)
        return (row is None and email == own) or (row is not None and _is_open(row, own))

    def told(choice: Choice) -> Choice:
        recipients = tuple(filter(is_open, choice.recipients))
        return replace(choice, recipients=recipients or ((own,) if choice.group in LEGAL else ()))

    return {group: told(choice) for group, choice in choices_of(owner).items()}


def legal_recipients(owner: User, group: Group) -> Choice:
    """To whom a group of the law is told now. One statement for who has chosen nothing, as most have."""
    if not Preference.objects.filter(owner=owner, group=group).exists():
        return Choice(group, RULES[group].default, (owner.email.lower(),), owner.language)
    return told_choices(owner)[group]


def is_held(owner_id: int, email: str) -> bool:
    """Whether nothing may be sent to an address of the account any more."""
    return Recipient.objects.filter(owner_id=owner_id, email=email.lower(), held_at__isnull=False).exists()


def _is_open(row: Recipient, own: str) -> bool:
    return row.held_at is None and (row.confirmed_at is not None or row.email == own)
