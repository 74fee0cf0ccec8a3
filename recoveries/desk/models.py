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


class PortfolioFigure(models.Model):
    """Cases alike in what the portfolio asks of them, counted and added up in the night (`figures.py`).

    `month`: in which they were filed (Paris). `client`, `handler`: ids of accounts. `lives`: not gone on to court.
    `band_filed`, `band_now`: bands of age on the day of filing, and when the figures were taken.
    """

    taken_at = models.DateTimeField(_("taken at"))
    month = models.DateField(_("month"))
    client = models.BigIntegerField(_("client"))
    handler = models.BigIntegerField(_("handler"), null=True)
    status_id = models.SmallIntegerField(_("status"))
    lives = models.BooleanField()
    band_filed = models.SmallIntegerField()
    band_now = models.SmallIntegerField()
    cases = models.IntegerField(_("cases"))
    claimed = models.DecimalField(_("claimed"), max_digits=20, decimal_places=2)
    recovered = models.DecimalField(_("recovered"), max_digits=20, decimal_places=2)
    owed = models.DecimalField(_("owed"), max_digits=20, decimal_places=2)

    class Meta:
        verbose_name = _("figure of the portfolio")
        verbose_name_plural = _("figures of the portfolio")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.cases}"


class CalendarFeed(models.Model):
    """The address at which a program reads the calendar of a member of staff. It is known by its hash alone."""

    user = models.OneToOneField(
        "accounts.User", on_delete=models.CASCADE, related_name="calendar_feed", verbose_name=_("whose")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"))
    read_at = models.DateTimeField(_("last read at"), null=True)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return str(self.user)


class ResultFigure(models.Model):
    """What was done for a client by a handler in a month, counted and added up in the night (`desk/results.py`).

    `what`: reads/results.py has them; `number` things, of `amount` EUR or days. `client`, `handler`: ids of accounts.
    """

    taken_at = models.DateTimeField(_("taken at"))
    what = models.CharField(max_length=9)
    month = models.DateField(_("month"))
    client = models.BigIntegerField(_("client"))
    handler = models.BigIntegerField(_("handler"), null=True)
    number = models.IntegerField()
    amount = models.DecimalField(max_digits=20, decimal_places=2)

    class Meta:
        verbose_name = _("figure of results")
        verbose_name_plural = _("figures of results")
        indexes = [models.Index(fields=("month",), name="result_figure_by_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.what}"


class HandlerGoal(models.Model):
    """What a member of staff is to recover in a month, EUR, as a manager has set it."""

    handler = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="goals", verbose_name=_("handler")
    )
    month = models.DateField(_("month"))
    amount = models.DecimalField(_("to recover, EUR"), max_digits=14, decimal_places=2)
    by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("set by")
    )

    class Meta:
        verbose_name = _("goal of a handler")
        verbose_name_plural = _("goals of handlers")
        ordering = ("month", "id")
        permissions = [("set_goal", _("Can set the goals of handlers"))]
        constraints = [models.UniqueConstraint(fields=("handler", "month"), name="handler_goal_once_a_month")]

    def __str__(self) -> str:
        return f"{self.handler} {self.month:%Y-%m}"
