"""The surveillance of a company: what was last known of it, and what has changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from legalcity.lib.pairs import pair
from scoring.models.orders import ScoringOrder, SeenWithOrder


class SurveillanceQuerySet(SeenWithOrder):
    """Words of the field."""

    order_path = "order"


class AlertQuerySet(SeenWithOrder):
    """Words of the field."""

    order_path = "surveillance__order"


class Surveillance(models.Model):
    """Looks at a company every day from `starts_on` to the day before `ends_on`; `known` is what it saw last."""

    order = models.OneToOneField(
        ScoringOrder, on_delete=models.CASCADE, related_name="watch", verbose_name=_("scoring order")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("ends on"))
    checked_on = models.DateField(_("last looked at"))
    known = models.JSONField(_("last known"), default=dict)
    silent = models.JSONField(_("sources that did not answer"), default=list)

    objects = SurveillanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("surveillance")
        verbose_name_plural = _("surveillances")
        ordering = ("-id",)
        indexes = [models.Index(fields=("checked_on", "ends_on"), name="surveillance_due")]

    def __str__(self) -> str:
        return str(self.order)


class Alert(models.Model):
    """One change of a company under surveillance, recorded once. `mark` tells it from others of its kind."""

    class Kind(models.TextChoices):
        """What changed."""

        CLOSED = "closed", _("company closed")
        REOPENED = "reopened", _("company active again")
        INSOLVENCY_NOTICE = "insolvency_notice", _("insolvency notice")
        NOTICE_WITHDRAWN = "notice_withdrawn", _("insolvency notice withdrawn")
        ADDRESS = "address", _("head office moved")
        SCORE_BAND = "score_band", _("risk level changed")

    surveillance = models.ForeignKey(
        Surveillance, on_delete=models.CASCADE, related_name="alerts", db_index=False, verbose_name=_("surveillance")
    )
    kind = models.CharField(_("change"), max_length=20, choices=Kind.choices)
    mark = models.CharField(_("mark"), max_length=255)
    details = models.JSONField(_("details"), default=dict)
    created_at = models.DateTimeField(_("recorded at"))

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("surveillance alert")
        verbose_name_plural = _("surveillance alerts")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=("surveillance", "kind", "mark"), name="surveillance_alert_once"),
        ]

    def __str__(self) -> str:
        return pair(self.surveillance, self.get_kind_display())
