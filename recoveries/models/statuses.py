"""The catalogue of statuses."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from backoffice.history import history_of


class StatusGroup(models.Model):
    """A group of statuses; the list filter of the API takes its id."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    history = history_of()

    class Meta:
        verbose_name = _("group of statuses")
        verbose_name_plural = _("groups of statuses")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name


class Status(models.Model):
    """A status that a case can have. Ids 1, 2 and 3 are part of the contract."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("description"), max_length=255, blank=True)
    group = models.ForeignKey(StatusGroup, on_delete=models.PROTECT, related_name="statuses", verbose_name=_("group"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_closing = models.BooleanField(_("closes the case"), default=False)
    history = history_of()

    class Meta:
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name
