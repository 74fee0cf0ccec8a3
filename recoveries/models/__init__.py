"""The case and what hangs on it."""

from recoveries.agenda.models import FollowUp, PaymentPromise, StaffTask
from recoveries.court.models import DeadlineAlert, HoldChange, Injunction, InjunctionFee, TransferRequest
from recoveries.desk.models import CalendarFeed, HandlerGoal, PortfolioFigure, ResultFigure, SavedFilter
from recoveries.intake.models import CaseImport, ColumnMatching
from recoveries.ledger.chart_models import ChartAccount
from recoveries.ledger.models import Acknowledgement, Acompte, Dette
from recoveries.ledger.posting_models import CaseBalance, DepartedPosting, Line, Posting
from recoveries.ledger.rate_models import EcbRate, LegalRate
from recoveries.ledger.remittance_models import Remittance, RemittanceLine
from recoveries.ledger.statement_models import ClientStatement
from recoveries.letters.bulk.models import Mailing, MailingCase
from recoveries.letters.channels.models import InboundHook, InboundMail, PostBatch, PostItem
from recoveries.letters.fact_models import ClientRhythm, CreditorReminder, PartyFact
from recoveries.letters.models import Message, MessageCase, MessageFact
from recoveries.letters.notice_models import CreditorNotice, FormalNotice
from recoveries.letters.scenarios.models import (
    Enrolment,
    Scenario,
    ScenarioStop,
    ScenarioVersion,
    Step,
    StepRun,
)
from recoveries.letters.scenarios.rehearsal_models import Rehearsal, RehearsalPart
from recoveries.letters.wording.models import Template, TemplateVersion
from recoveries.models.cases import CaseCount, Recovery, RecoveryQuerySet
from recoveries.models.children import Comment, NotePin, StatusChange
from recoveries.models.former import About, FormerRow
from recoveries.models.legal_facts import LegalFact
from recoveries.models.statuses import Status, StatusGroup

__all__ = [
    "About",
    "Acknowledgement",
    "Acompte",
    "CalendarFeed",
    "CaseBalance",
    "CaseCount",
    "CaseImport",
    "ChartAccount",
    "ClientRhythm",
    "ClientStatement",
    "ColumnMatching",
    "Comment",
    "CreditorNotice",
    "CreditorReminder",
    "DeadlineAlert",
    "DepartedPosting",
    "Dette",
    "EcbRate",
    "Enrolment",
    "FollowUp",
    "FormalNotice",
    "FormerRow",
    "HandlerGoal",
    "HoldChange",
    "InboundHook",
    "InboundMail",
    "Injunction",
    "InjunctionFee",
    "LegalFact",
    "LegalRate",
    "Line",
    "Mailing",
    "MailingCase",
    "Message",
    "MessageCase",
    "MessageFact",
    "NotePin",
    "PartyFact",
    "PaymentPromise",
    "PortfolioFigure",
    "PostBatch",
    "PostItem",
    "Posting",
    "Recovery",
    "RecoveryQuerySet",
    "Rehearsal",
    "RehearsalPart",
    "Remittance",
    "RemittanceLine",
    "ResultFigure",
    "SavedFilter",
    "Scenario",
    "ScenarioStop",
    "ScenarioVersion",
    "StaffTask",
    "Status",
    "StatusChange",
    "StatusGroup",
    "Step",
    "StepRun",
    "Template",
    "TemplateVersion",
    "TransferRequest",
]
