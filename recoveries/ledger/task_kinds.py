"""The task that is about rates: one for the whole firm, while a rate in force is not confirmed."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from legalcity.lib.clock import today
from recoveries.agenda.kinds import TaskKind, Tasks, condition_register, kind_register, missing_register
from recoveries.agenda.sentences import Fact
from recoveries.agenda.services import task_open
from recoveries.ledger.rate_models import EcbRate, HalfYearRate, LegalRate

CONFIRM_RATE = "confirm_rate"
RATES_CONFIRMED = "rates_confirmed"


def unconfirmed_rates() -> list[HalfYearRate]:
    """The rates in force that nobody has compared with the official text, the newest first."""
    found = [rate for model in (LegalRate, EcbRate) for rate in _unconfirmed(model)[:1]]
    return sorted(found, key=lambda rate: rate.valid_from, reverse=True)


def rate_task_open() -> None:
    """Open the task where a rate waits for its confirmation."""
    if waiting := unconfirmed_rates():
        page = f"admin:recoveries_{waiting[0]._meta.model_name}_change"
        task_open(
            kind=CONFIRM_RATE,
            recovery_id=None,
            due_on=today(),
            sentence_facts={"since": waiting[0].valid_from},
            fix_url=reverse(page, args=[waiting[0].pk]),
        )


def rates_confirmed(tasks: Tasks) -> Tasks:
    """All of them, once no rate waits."""
    return tasks.none() if unconfirmed_rates() else tasks


def _unconfirmed(model: type[LegalRate] | type[EcbRate]) -> QuerySet[HalfYearRate]:
    rates: QuerySet[HalfYearRate] = model._default_manager.filter(is_confirmed=False, valid_from__lte=today())
    return rates.order_by("-valid_from")


condition_register(RATES_CONFIRMED, rates_confirmed)
missing_register(rate_task_open)
kind_register(
    TaskKind(
        code=CONFIRM_RATE,
        label=_("Confirm the rate"),
        sentences=(
            _("The rate in force since {since} is still to be compared with the official text: letters wait for it."),
        ),
        facts={"since": Fact.DAY},
        condition=RATES_CONFIRMED,
        permission="recoveries.change_legalrate",
    )
)
