"""What letters to debtors need of the firm's details: without them none leaves."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from backoffice.firm_needs import Need, Waiting, needs_register
from law.contact.vocabulary import Code
from legalcity.lib.settings.live import live
from recoveries.models import Message

MOST = 1_000  # letters that are looked through
WITHOUT_ADDRESS = _("No letter leaves: each names the firm and its address (art. R124-4 CPCE).")
WITHOUT_ACCOUNT = _("No demand leaves: debtors pay to the account for creditors' money alone (art. R124-2 CPCE).")
WITHOUT_NOTICE = _("The first letter to each debtor is held (art. 14 GDPR).")


def letters_need() -> Iterator[Need]:
    """One statement where something is missing."""
    empty = [name for name in ("FIRM_NAME", "FIRM_ADDRESS", "FIRM_POSTAL_CODE", "FIRM_CITY") if not _said(name)]
    lacks_account, lacks_notice = not _said("FUNDS_IBAN"), not _said("PRIVACY_NOTICE")
    if not (empty or lacks_account or lacks_notice):
        return
    held = list(Message.objects.filter(state=Message.State.HELD).values_list("guard", flat=True)[:MOST])
    for name in empty:
        yield Need(name, WITHOUT_ADDRESS, _waiting(len(held)))
    if lacks_account:
        yield Need("FUNDS_IBAN", WITHOUT_ACCOUNT, _waiting(len(held)))
    if lacks_notice:
        yield Need("PRIVACY_NOTICE", WITHOUT_NOTICE, _waiting(sum(_is_held_by(Code.PRIVACY, guard) for guard in held)))


def _said(name: str) -> bool:
    return bool(getattr(live, name).strip())


def _is_held_by(code: Code, guard: dict[str, list[dict[str, str]]] | None) -> bool:
    return any(reason["code"] == code for reason in (guard or {}).get("reasons", ()))


def _waiting(number: int) -> Waiting | None:
    if not number:
        return None
    sentence = ngettext("{number} letter is held", "{number} letters are held", number).format(number=number)
    return Waiting(sentence, f"{reverse('admin:recoveries_message_changelist')}?state__exact={Message.State.HELD}")


needs_register(letters_need)
