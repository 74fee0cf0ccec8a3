"""Files of cases that wait to be confirmed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CaseImport(models.Model):
    """A file of cases: read and checked, waiting to be confirmed; then what was made of it.

    The rows (lists of text, the headings first) are there until the import is carried out or forgotten.
    """

    owner = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("client"))
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("imported by")
    )
    file_name = models.CharField(_("file"), max_length=255)
    digest = models.CharField("SHA-256", max_length=64, editable=False)
    rows = models.JSONField(_("rows"), default=list, editable=False)
    references = models.JSONField(_("cases"), default=list, editable=False)
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    imported_at = models.DateTimeField(_("imported at"), null=True, editable=False)

    class Meta:
        verbose_name = _("import of cases")
        verbose_name_plural = _("imports of cases")
        ordering = ("-created_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("owner", "digest"), condition=Q(imported_at__isnull=False), name="case_import_once"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name
