"""How an account is named to others than itself."""

from django.utils.translation import gettext as _

from accounts.models import User
from legalcity.lib.text import quotable


def account_quoted(owner: User) -> str:
    """The account's company as it has written it, in quotation marks, harmless; "our client" where it has none.

    Whoever reads it may know neither the account nor us: no link may be in it, and no person is named.
    """
    name = quotable(owner.entreprise or "")
    return _("“{name}”").format(name=name) if name else _("our client")
