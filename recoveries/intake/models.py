"""Files of cases that wait to be confirmed, and what the columns of a client's own files are."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from legalcity.lib.claims import JobRow
from legalcity.lib.search_columns import SearchText


class CaseImport(JobRow):
    """A file of cases on its way: read and checked by a worker, confirmed, carried out by a worker.

    Its personal data are there as long as they are needed: the bytes (`content`) until they are read, the rows (lists
    of text, the headings first) and what was found in them until the import is carried out, refused or forgotten, the
    rows that were set aside a day longer.
    """

    class State(models.TextChoices):
        """Where a file is on its way."""

        READING = "reading", _("being read")
        MATCHING = "matching", _("waiting for its columns to be matched")
        CHECKED = "checked", _("waiting to be confirmed")
        IMPORTING = "importing", _("being imported")
        IMPORTED = "imported", _("imported")
        REFUSED = "refused", _("refused")

    owner = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("client"))
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("imported by")
    )
    file_name = models.CharField(_("file"), max_length=255)
    search_text = SearchText("file_name")
    digest = models.CharField("SHA-256", max_length=64, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.READING, editable=False)
    content = models.BinaryField(_("bytes"), default=bytes, editable=False)
    rows = models.JSONField(_("rows"), default=list, editable=False)
    findings = models.JSONField(_("findings"), default=dict, editable=False)
    done = models.PositiveIntegerField(_("rows done"), default=0, editable=False)
    reason = models.TextField(_("reason"), default="", editable=False)
    # Of a client's own file: what its columns are (`intake/matching.py`).
    matching = models.JSONField(_("columns"), null=True, editable=False)
    # Rows that are not right are left out: with the headings, and what is wrong with each behind it.
    sets_aside = models.BooleanField(_("wrong rows set aside"), default=False, db_default=False, editable=False)
    set_aside = models.JSONField(_("rows set aside"), null=True, editable=False)
    despite_warnings = models.BooleanField(_("despite warnings"), default=False, editable=False)
    references = models.JSONField(_("cases"), default=list, editable=False)
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    imported_at = models.DateTimeField(_("imported at"), null=True, editable=False)

    class Meta:
        verbose_name = _("import of cases")
        verbose_name_plural = _("imports of cases")
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=("due_at",), condition=Q(state__in=("reading", "importing")), name="case_import_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("owner", "digest"), condition=Q(imported_at__isnull=False), name="case_import_once"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ColumnMatching(models.Model):
    """What was said the last time of the columns of a client's own file.

    `columns`: one of ours (or nothing) for each heading in its plain form; `fixed`: texts that go for every row.
    """

    owner = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="+", verbose_name=_("client"))
    columns = models.JSONField(_("columns"), default=dict)
    fixed = models.JSONField(_("for every row"), default=dict)
    user = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("changed by")
    )
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("columns of a client's files")
        verbose_name_plural = _("columns of clients' files")

    def __str__(self) -> str:
        return str(self.owner)
