"""*Basculer*: cases enter a version, a number on each working day; and a manager moves one from version to version."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import audit_record
from events.services import story
from law.contact import Place
from law.scenario import Standing
from law.scenario.days import moment_of
from legalcity.lib.clock import now
from legalcity.lib.dates import PARIS
from legalcity.lib.errors import Conflict, Forbidden
from legalcity.lib.settings.live import live
from recoveries.letters.contacts import firm_policy
from recoveries.letters.gathering import is_open
from recoveries.letters.scenarios.standing import enrolment_end, enrolment_enter, enrolment_lock
from recoveries.models import Enrolment, Message, ScenarioVersion, Step
from recoveries.services.cases import recovery_lock

FIRST_HOUR = 8
FRANCE = Place("FR")


def position_of(steps: Sequence[Step], sent: Collection[str]) -> int:
    """The step at which a case begins that was sent these letters (codes of templates): after the last of them."""
    return max((step.position + 1 for step in steps if step.template in sent), default=0)


@story()
def case_switch(
    *, recovery_id: int, version: ScenarioVersion, by: User | None, entered_at: datetime | None = None
) -> Enrolment:
    """Have a case enter a version, now or on a day to come; what it was in ends. Steps whose letter was sent are left.

    Raises Forbidden for a version that is not published, Conflict for a case that no letter may be about.
    """
    case = recovery_lock(recovery_id=recovery_id)
    if version.state != ScenarioVersion.State.PUBLISHED:
        raise Forbidden(_("Only a published version takes cases."))
    if not is_open(case):
        raise Conflict(_("The case is closed, before a court, or lacks a party."))
    present = enrolment_lock(recovery_id)
    if present is not None:
        if present.version_id == version.pk:
            return present
        enrolment_end(present, Standing.STOPPED, _("Moved to another scenario or version."), by=by)
    sent = set(Message.objects.gone_out().filter(recovery=case).values_list("kind", flat=True))
    position = position_of(list(version.steps.all()), sent)
    moment = now()
    return enrolment_enter(
        case=case, version=version, moment=moment, by=by, entered_at=entered_at or moment, position=position
    )


def cases_switch(*, ids: Collection[int], version: ScenarioVersion, by: User | None) -> tuple[int, int]:
    """Have these cases enter a version, SCENARIO_DAILY_MAX on each working day; how many did, and how many may not."""
    days, done, refused = _Days(version), 0, 0
    for pk in sorted(ids):
        try:
            case_switch(recovery_id=pk, version=version, by=by, entered_at=days.next())
        except (Conflict, Forbidden):
            refused += 1
            continue
        days.taken()
        done += 1
    audit_record(action="scenario_switched", target=version, details={"cases": done, "refused": refused}, actor=by)
    return done, refused


class _Days:
    """The working days on which cases enter, so many on each, with those that entered before."""

    def __init__(self, version: ScenarioVersion) -> None:
        self.policy, self.moment, self.most = firm_policy(), now(), live.SCENARIO_DAILY_MAX
        entered = Enrolment.objects.filter(entered_at__gte=self.moment - timedelta(days=1))
        per_day = entered.annotate(day=TruncDate("entered_at", tzinfo=PARIS)).values_list("day").annotate(n=Count("pk"))
        self.counts = dict(per_day.order_by())

    def next(self) -> datetime:
        """When the next case enters."""
        while self.counts.get(self.moment.astimezone(PARIS).date(), 0) >= self.most:
            tomorrow = self.moment.astimezone(PARIS).date() + timedelta(1)
            self.moment = moment_of(tomorrow, FIRST_HOUR, FRANCE, self.policy)
        return self.moment

    def taken(self) -> None:
        """One more has entered."""
        day = self.moment.astimezone(PARIS).date()
        self.counts[day] = self.counts.get(day, 0) + 1
