"""The case and what hangs on it."""

from recoveries.court.models import DeadlineAlert, Injunction, InjunctionFee, TransferRequest
from recoveries.ledger.rate_models import EcbRate, LegalRate
from recoveries.models.cases import CaseCount, Recovery, RecoveryQuerySet
from recoveries.models.children import Acompte, Comment, Dette, StatusChange
from recoveries.models.desk import CaseImport, SavedFilter
from recoveries.models.emails import SentEmail
from recoveries.models.statuses import Status, StatusGroup

__all__ = [
    "Acompte",
    "CaseCount",
    "CaseImport",
    "Comment",
    "DeadlineAlert",
    "Dette",
    "EcbRate",
    "Injunction",
    "InjunctionFee",
    "LegalRate",
    "Recovery",
    "RecoveryQuerySet",
    "SavedFilter",
    "SentEmail",
    "Status",
    "StatusChange",
    "StatusGroup",
    "TransferRequest",
]
