"""What can be said of a formal notice (mise en demeure, art. 1344 C. civ.). Pure: values in, sentences out."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from legalcity.lib.errors import Sentence

from law.account.facts import NoticeState

FIRST_DAY = date(1990, 1, 1)
DAYS = ("sent_on", "presented_on", "received_on")
# The day without which a notice cannot be in a state.
NEEDED = {
    NoticeState.SENT: "sent_on",
    NoticeState.PRESENTED: "presented_on",
    NoticeState.UNCLAIMED: "presented_on",
    NoticeState.REFUSED: "presented_on",
    NoticeState.RECEIVED: "received_on",
}

Errors = dict[str, list[Sentence]]


class Channel(StrEnum):
    """How a notice goes; `creditor`: the creditor sent it before the case came, in whatever way."""

    EMAIL = "email"
    REGISTERED = "registered"
    BAILIFF = "bailiff"
    HAND = "hand"
    POST = "post"
    CREDITOR = "creditor"


def notice_errors(values: Mapping[str, Any], names: Mapping[str, Sentence], *, today: date) -> Errors:
    """Sentences for what cannot be of a whole notice; `names` are its days as people read them.

    An e-mail counts as received only with a proof: a mail server that took it tells nothing of the debtor.
    """
    errors: Errors = {}
    for name in DAYS:
        if sentence := _day_error(name, values, names, today):
            errors[name] = [sentence]
    state, channel = values["state"], values["channel"]
    needed = NEEDED.get(state)
    if needed and not values.get(needed):
        errors.setdefault(needed, []).append(_("This day is needed for a notice in this state."))
    if values.get("received_on") and state != NoticeState.RECEIVED:
        errors.setdefault("state", []).append(_("A notice with a day of receipt was received."))
    is_returned = state in (NoticeState.UNCLAIMED, NoticeState.REFUSED)
    if is_returned and channel not in (Channel.REGISTERED, Channel.BAILIFF, Channel.CREDITOR):
        errors.setdefault("state", []).append(_("Only a letter that is handed over can be refused or not fetched."))
    if channel == Channel.EMAIL and state == NoticeState.RECEIVED and not values.get("proof_id"):
        errors["proof"] = [_("The receipt of an e-mail needs a proof.")]
    return errors


def _day_error(name: str, values: Mapping[str, Any], names: Mapping[str, Sentence], today: date) -> Sentence | None:
    day = values.get(name)
    if day is None:
        return None
    if day > today:
        return _("This day is still to come.")
    if day < FIRST_DAY:
        return _("This day is before 1990.")
    for earlier in DAYS[: DAYS.index(name)]:
        before = values.get(earlier)
        if before and day < before:
            return _("This day is before “{other}” ({day}).").format(other=names[earlier], day=f"{before:%d/%m/%Y}")
    return None
