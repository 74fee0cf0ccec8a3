"""One of everything, so that every page of the back-office has something to show."""

from datetime import timedelta
from typing import Any

from constance import config as system_settings
from django.contrib import admin
from django.core.management import call_command
from django.db import models
from django.test import RequestFactory
from time_machine import travel

from accounts.models import User
from backoffice.audit import audit_record
from events.notices.groups import Group
from events.notices.preferences import Wanted, preferences_set
from invoicing.billing.services.keys import subscription_key_rotate
from invoicing.tests.billing.papers import FIRM, draft, issued
from law.contact import Outcome
from law.contact.vocabulary import PartyFactKind
from legalcity.lib.clock import now, today
from recoveries.ledger.statements import last_month, statements_make
from recoveries.letters.judging import drafts_of
from recoveries.letters.party_facts import party_fact_enter
from recoveries.letters.scenarios.rehearsals import rehearsal_ask
from recoveries.letters.scenarios.switching import case_switch
from recoveries.letters.services import message_send
from recoveries.models import (
    CaseImport,
    ClientRhythm,
    DeadlineAlert,
    InboundHook,
    Injunction,
    Mailing,
    Message,
    PostBatch,
    Recovery,
    ScenarioStop,
    ScenarioVersion,
)
from recoveries.services.notices import notice_enter
from scoring.models import Alert, Surveillance
from tests.doors import standard
from tests.factories import Api
from tests.test_backoffice_actions import EXAMPLES


def furnish(owner: Api) -> None:
    """A small portfolio, and one of each thing that it does not hold."""
    for name, value in FIRM.items():
        setattr(system_settings, name, value)
    call_command("seed_demo", cases=40, verbosity=0)
    audit_record(action="viewed", target=owner.user)
    _act_on_things(owner)
    _bill()
    amicable = Recovery.objects.filter(type=Recovery.Type.AMICABLE, owner=owner.user)
    case = next(case for case in amicable if not _refused(case))
    message_send(case_id=case.pk, kind=Message.Kind.REMINDER_1, to="debtor@example.com", by=owner.user)
    notice_enter(recovery_id=case.pk, channel="registered", state="sent", sent_on=today(), by=owner.user)
    party_fact_enter(recovery_id=case.pk, kind=PartyFactKind.CONSENTS_TO_LRE, since=today(), by=owner.user)
    InboundHook.objects.create(adapter="maileva", provider_id="1", body=b"{}")
    PostBatch.objects.create(posting_day=today(), by=owner.user)
    month = last_month()
    with travel(now() + timedelta(hours=2)):  # A month is settled an hour after its end.
        statements_make(month=month, by=owner.user)
    rehearsal_ask(version=standard(), until=today() + timedelta(30), owner=owner.user, by=owner.user)
    Mailing.objects.create(kind="relance_2", channel="email", moves_case=False, by=owner.user, token="furniture")
    ClientRhythm.objects.create(owner=owner.user, reminder_days=14)
    case_switch(recovery_id=case.pk, version=ScenarioVersion.objects.get(scenario__code="standard"), by=owner.user)
    ScenarioStop.objects.create(owner=owner.user)
    CaseImport.objects.create(owner=owner.user, user=owner.user, file_name="dossiers.csv", references=["REC-ABC123"])
    procedure = Injunction.objects.first()
    DeadlineAlert.objects.create(recovery=procedure.recovery, kind="service", date=today(), article="art. 1411 CPC")
    preferences_set(owner_id=owner.user.pk, wanted=[Wanted(group=Group.SCORING, recipients=["scoring@example.com"])])
    watch = Surveillance.objects.first()
    Alert.objects.create(surveillance=watch, kind=Alert.Kind.CLOSED, mark="1", created_at=now())


def _refused(case: Recovery) -> bool:
    """Whether a letter about the case may not leave."""
    [draft] = drafts_of(case, [Message.Kind.REMINDER_1.value], to="debtor@example.com", moment=now())
    return draft.verdict.outcome == Outcome.NEVER


def page_of_one(model: type[models.Model]) -> models.Model | None:
    """The first thing of `model`."""
    return model._default_manager.order_by("pk").first()


def may_add(model: type[models.Model], user: User) -> bool:
    """Whether `user` has a page to add one by hand."""
    request: Any = RequestFactory().get("/")
    request.user = user
    return bool(admin.site._registry[model].has_add_permission(request))


def _act_on_things(owner: Api) -> None:
    """A case with everything on it, then the things that other actions are for, where there is none."""
    for name in ("mark-read", "set-visibility", "record-dates"):
        EXAMPLES[f"recoveries.recovery:object:{name}"](owner)
    models = {model._meta.label_lower: model for model in admin.site._registry}
    for name, example in EXAMPLES.items():
        if page_of_one(models[name.partition(":")[0]]) is None:
            example(owner)


def _bill() -> None:
    """A draft, an issued invoice, and the key to the API that shows it."""
    draft()
    issued()
    subscription_key_rotate(old_end_at=now() + timedelta(days=1))
