"""The room's registration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecoveriesConfig(AppConfig):
    """Recovery cases."""

    name = "recoveries"
    verbose_name = _("Recovery cases")

    def ready(self) -> None:
        """Tell the rooms below, which know no cases, where payment records are read and who sees which cases.

        And the ledger, which writes no letters, who has to hear of payments; the notices, who writes their words; who
        watches over the house, figures of cases. Inner rooms bring their types of events and their kinds of tasks.
        """
        from backoffice.reach import case_reach
        from events.notices.groups import Group
        from events.notices.ports import notice_enclosers, notice_writers
        from recoveries.agenda import task_kinds
        from recoveries.court import events
        from recoveries.court import task_kinds as court_task_kinds
        from recoveries.desk import watched
        from recoveries.desk.mornings import morning_write
        from recoveries.ledger import events as ledger_events
        from recoveries.ledger import receivers as ledger_receivers
        from recoveries.ledger import task_kinds as ledger_task_kinds
        from recoveries.ledger.listeners import payment_listeners
        from recoveries.ledger.payment_record import payment_record
        from recoveries.letters import task_kinds as letter_task_kinds
        from recoveries.letters.hearing import payment_heard
        from recoveries.letters.notice_writing import ClientWriter
        from recoveries.letters.scenarios import events as scenario_events
        from recoveries.letters.scenarios import task_kinds as scenario_task_kinds
        from recoveries.letters.scenarios.hearing import Scenarios
        from recoveries.letters.statement_mails import statement_enclosed
        from recoveries.models.handling import own_or_nobodys
        from recoveries.services.heard import case_listeners
        from scoring.providers.records import payment_records

        case_reach.register(permission="recoveries.see_all_cases", rule=own_or_nobodys)
        payment_records.register(payment_record)
        payment_listeners.register(payment_heard)
        case_listeners.register(Scenarios())
        assert events and ledger_events and scenario_events  # noqa: S101, PT018 - imported for their types of events
        # Likewise for their kinds of tasks
        assert task_kinds and court_task_kinds and ledger_task_kinds and letter_task_kinds  # noqa: S101, PT018
        assert scenario_task_kinds  # noqa: S101
        notice_writers.register(clients=ClientWriter(), morning=morning_write)
        notice_enclosers.register(Group.CLIENT_STATEMENTS, statement_enclosed)
        ledger_receivers.connect(self)
        watched.register()
