"""What a client chooses: how each group is told, to whom, in which language. Addresses confirm by a link."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from events.notices.delivery import digest_groups
from events.notices.groups import LEGAL, RULES, Group, Mode
from events.notices.models import CONFIRMATION, DIGEST, MOST_RECIPIENTS, Preference, Recipient
from events.notices.ports import notice_writers
from events.notices.recipients import Choice, choices_of
from events.notices.telling import notice_write
from events.notices.tokens import CONFIRM_WITHIN, Confirming, Leaving, confirming_address
from legalcity.lib.clock import now
from legalcity.lib.codes import Coded, FieldCode
from legalcity.lib.errors import Invalid

NEW_A_DAY = 20  # addresses that an account may have asked to confirm: nobody writes to the whole world through us
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to hold for a group; None: what holds already."""

    group: Group
    mode: Mode | None = None
    recipients: Sequence[str] | None = None
    language: str | None = None


def preferences_told(owner: User) -> list[dict[str, Any]]:
    """Each group as the API shows it. `pending` of the recipients have not confirmed, `held` are not written to."""
    known = {row.email: row for row in Recipient.objects.filter(owner=owner)}
    return [_told(choice, owner, known) for choice in choices_of(owner).values()]


def _told(choice: Choice, owner: User, known: dict[str, Recipient]) -> dict[str, Any]:
    listed = {email: known.get(email) for email in choice.recipients}
    own = owner.email.lower()
    return {
        "group": choice.group.value,
        "mode": choice.mode.value,
        "modes": [mode.value for mode in RULES[choice.group].modes],
        "recipients": list(listed),
        "language": choice.language,
        "pending": [email for email, row in listed.items() if email != own and not (row and row.confirmed_at)],
        "held": [email for email, row in listed.items() if row and row.held_at],
    }


def preference_faults(wanted: Sequence[Wanted]) -> dict[str, list[str]]:
    """What is wrong with what a client asks for, by dotted field."""
    return {field: [sentence] for place, one in enumerate(wanted) for field, sentence in _faults(place, one, wanted)}


def _faults(place: int, one: Wanted, wanted: Sequence[Wanted]) -> Iterator[tuple[str, str]]:
    if any(other.group == one.group for other in wanted[:place]):
        yield f"groups.{place}.group", Coded(_("This group has been named before."), FieldCode.DUPLICATE)
    if one.mode is not None and one.mode not in RULES[one.group].modes:
        yield f"groups.{place}.mode", Coded(_("This group is not told in this mode."), FieldCode.UNKNOWN)
    if one.recipients is None:
        return
    if not one.recipients and one.group in LEGAL:
        sentence = _("The law has this group told: name at least one recipient.")
        yield f"groups.{place}.recipients", Coded(sentence, FieldCode.REQUIRED)
    if len(set(one.recipients)) > MOST_RECIPIENTS:
        sentence = _("A group has at most {most} recipients.")
        yield f"groups.{place}.recipients", Coded(sentence.format(most=MOST_RECIPIENTS), FieldCode.TOO_MANY)


@transaction.atomic
def preferences_set(*, owner_id: int, wanted: Sequence[Wanted]) -> None:
    """Let this hold from now on; groups that are not named stay as they are. New addresses are asked to confirm.

    Raises Invalid for a mode that a group does not have, for more than five recipients, for a legal group without
    one, for more new addresses than NEW_A_DAY.
    """
    if faults := preference_faults(wanted):
        raise Invalid(faults)
    owner = User.objects.select_for_update(of=("self",)).get(pk=owner_id)
    choices = choices_of(owner)
    for one in wanted:
        choice = choices[one.group]
        named = choice.recipients if one.recipients is None else one.recipients
        recipients = list(dict.fromkeys(email.lower() for email in named))
        _keep(owner, one.group, one.mode or choice.mode, recipients, one.language or choice.language)
    _ask(owner, {email for one in wanted for email in one.recipients or ()})


def _keep(owner: User, group: Group, mode: Mode, recipients: list[str], language: str) -> None:
    values = {"mode": mode, "recipients": recipients, "language": language}
    if not Preference.objects.filter(owner=owner, group=group, **values).exists():
        Preference.objects.update_or_create(owner=owner, group=group, defaults=values)


def _ask(owner: User, emails: set[str]) -> None:
    """Ask those to confirm that are new, or whose link has run out."""
    moment = now()
    known = {row.email: row for row in Recipient.objects.filter(owner=owner)}
    unasked = [
        email
        for email in sorted({email.lower() for email in emails} - {owner.email.lower()})
        if not _needs_no_asking(known.get(email), moment)
    ]
    lately = sum(row.asked_at is not None and row.asked_at > moment - DAY for row in known.values())
    if unasked and len(unasked) + lately > NEW_A_DAY:
        sentence = _("Not more than {most} new addresses are asked to confirm within a day.")
        raise Invalid({"groups": [sentence.format(most=NEW_A_DAY)]})
    for email in unasked:
        _ask_one(owner, email, moment)


def _needs_no_asking(row: Recipient | None, moment: datetime) -> bool:
    if row is None or row.held_at:
        return row is not None
    return row.confirmed_at is not None or (row.asked_at is not None and row.asked_at > moment - CONFIRM_WITHIN)


def _ask_one(owner: User, email: str, moment: datetime) -> None:
    row, _made = Recipient.objects.update_or_create(owner=owner, email=email, defaults={"asked_at": moment})
    address = confirming_address(recipient_id=row.pk, asked_at=moment)
    words = notice_writers.clients.confirmation(owner=owner, address=address, language=owner.language)
    notice_write(owner.pk, CONFIRMATION, f"{moment:%Y-%m-%dT%H:%M:%S.%f}", email, words)


# --- what links do ---------------------------------------------------------------------------------------------------
@transaction.atomic
def recipient_confirm(*, token: Confirming, moment: datetime) -> Recipient | None:
    """Write to this address from now on. None when its time is over, or the client has forgotten it since."""
    row = Recipient.objects.select_for_update(of=("self",)).filter(pk=token.recipient_id).first()
    if row is None or token.is_over(moment):
        return None
    if row.confirmed_at is None:
        row.confirmed_at = moment
        row.save(update_fields=["confirmed_at"])
    return row


@transaction.atomic
def recipient_leave(*, token: Leaving) -> bool:
    """Tell an address no more of a group; of all that a digest tells of. Whether the account is still there."""
    owner = User.objects.select_for_update(of=("self",)).filter(pk=token.owner_id).first()
    if owner is None:
        return False
    groups = digest_groups() if token.group == DIGEST else [Group(token.group)]
    for group, choice in choices_of(owner).items():
        is_of_it = group in groups and (token.group != DIGEST or choice.mode in (Mode.DAILY, Mode.WEEKLY))
        if is_of_it and token.email in choice.recipients:
            _keep(
                owner, group, choice.mode, [each for each in choice.recipients if each != token.email], choice.language
            )
    return True
