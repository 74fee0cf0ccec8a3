"""What staff keep for their own work: filters of the list of cases."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A filter of the list of cases under a name: its author's, or everybody's when it is shared."""

    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="saved_filters", verbose_name=_("author")
    )
    name = models.CharField(_("name"), max_length=100)
    query = models.CharField(_("filter"), max_length=2000)
    is_shared = models.BooleanField(_("shared with all staff"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ("name", "id")
        permissions = [("share_filter", _("Can share filters with all staff"))]
        constraints = [models.UniqueConstraint(fields=("user", "name"), name="saved_filter_name_once")]

    def __str__(self) -> str:
        return self.name
