"""Clients as their token accounts."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User


class TokenAccount(User):
    """A user, seen by the tokens that are granted and spent. No table of its own."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("token account")
        verbose_name_plural = _("token accounts")
        ordering = ("email",)
