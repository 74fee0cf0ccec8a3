"""The details of the firm. Those that say where money goes and who asks for it are told to all managers."""

from collections.abc import Mapping
from typing import Any

from constance import config
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.roles import MANAGER
from legalcity.lib.claims import queue
from legalcity.lib.mail import automatic_headers, firm_sender
from legalcity.lib.settings.live import live

DETAILS = ("FUNDS_IBAN", "FUNDS_BIC", "FIRM_IBAN", "FIRM_BIC", "FIRM_SIREN", "FIRM_VAT_NUMBER")
FURTHER = (
    "FIRM_NAME",
    "FIRM_LEGAL_FORM",
    "FIRM_CAPITAL",
    "FIRM_RCS",
    "FIRM_ADDRESS",
    "FIRM_POSTAL_CODE",
    "FIRM_CITY",
    "FIRM_EMAIL",
    "FIRM_PHONE",
    "LETTERS_SIGNATORY",
    "PRIVACY_NOTICE",
    "LATE_PENALTIES",
    "EARLY_PAYMENT_DISCOUNT",
)


@transaction.atomic
def firm_details_change(*, values: Mapping[str, Any], by: User) -> list[str]:
    """Store those of `values` (by name of DETAILS and FURTHER) that differ; returns their names.

    Managers are told of DETAILS by e-mail.
    """
    changed = [name for name in (*DETAILS, *FURTHER) if name in values and values[name] != getattr(live, name)]
    for name in changed:
        setattr(config, name, values[name])
    if told := [name for name in changed if name in DETAILS]:
        queue("backoffice.tasks.managers_tell", told, by.pk)
    return changed


def managers() -> list[User]:
    """Active staff who manage, superusers among them."""
    group = Group.objects.filter(name=MANAGER)
    people = User.objects.filter(Q(groups__in=group) | Q(is_superuser=True), is_staff=True, is_active=True)
    return list(people.distinct().order_by("pk"))


def managers_told(*, changed: list[str], by: User) -> int:
    """Write to every manager which details were changed and by whom, in their language; returns how many letters.

    The values are not told: a mailbox is no place for an IBAN that somebody is to compare.
    """
    people = managers()
    for person in people:
        with translation.override(person.language):
            names = "\n".join(f"- {_(settings.CONSTANCE_CONFIG[name][1])}" for name in changed)
            text = _(
                "{who} has changed these details of the firm:\n\n{names}\n\n"
                "Debtors and clients pay by them. If this was not agreed, tell your administrator at once; "
                "the audit in the back-office shows what stood there before."
            ).format(who=f"{by} ({by.email})", names=names)
            subject = _("The bank details of the firm were changed")
            EmailMessage(subject, text, firm_sender(), to=[person.email], headers=automatic_headers()).send()
    return len(people)
