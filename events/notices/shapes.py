"""Preferences as the API answers them."""

from django.conf import settings

from events.notices.groups import Group, Mode
from events.notices.models import MOST_RECIPIENTS
from legalcity.api.components import component, described, fields, list_of, one_of

_ADDRESSES = list_of({"type": "string", "format": "email"}, most=MOST_RECIPIENTS)
PREFERENCE = component(
    "NotificationPreference",
    fields(
        {
            "group": one_of(Group),
            "mode": one_of(Mode),
            "modes": described(list_of(one_of(Mode)), "The modes that the group may have."),
            "recipients": _ADDRESSES,
            "language": one_of(code for code, _name in settings.LANGUAGES),
            "pending": described(_ADDRESSES, "Recipients that have not confirmed: they are not written to yet."),
            "held": described(_ADDRESSES, "Recipients that refuse e-mails: they are not written to."),
        }
    ),
    "How a group of events is told by e-mail, and to whom.",
)
