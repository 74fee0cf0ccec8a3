"""Rows that belong to a case say whose case it is, so that whoever reads one account need not join the cases."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class OfOwner(models.Model):
    """A row of a case, with the account that owns the case.

    On PostgreSQL one foreign key over both columns holds it true and takes the place of that of `recovery`
    (`migrations.owners_held`): a row is checked once, whatever it says of its case. So this one needs none.
    """

    owner = models.ForeignKey(
        "accounts.User",
        on_delete=models.DO_NOTHING,
        editable=False,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("client"),
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Services that have the case at hand name its owner; else it is read from the case."""
        if self._state.adding and not self.owner_id:
            self.owner_id = self.recovery.owner_id  # type: ignore[attr-defined]
        super().save(*args, **options)
