"""Packs of tokens as what an item of the firm's invoices is billed for: by their name. Selling one is another act."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from invoicing.billing.entities import Billable, billable_register
from invoicing.models import TokenPack
from legalcity.lib.text import folded
from scoring.services.packs import PACK


def _find(name: str) -> str | None:
    """Those that are offered come first; case and accents tell nothing."""
    packs = TokenPack.objects.order_by("-enable", "tokens", "pk").values_list("pk", "name")
    return next((str(pk) for pk, called in packs if folded(called.strip()) == folded(name.strip())), None)


def _name(pk: str) -> str | None:
    try:
        return TokenPack.objects.filter(pk=UUID(pk)).values_list("name", flat=True).first()
    except ValueError:
        return None


def _names() -> list[str]:
    return list(TokenPack.objects.filter(enable=True).values_list("name", flat=True))


billable_register(PACK, Billable(_("pack of tokens"), _find, _name, owner=lambda _pk: None, names=_names))
