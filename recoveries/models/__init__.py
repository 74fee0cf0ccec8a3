"""The case and what hangs on it."""

from recoveries.models.cases import CaseCount, Recovery, RecoveryQuerySet
from recoveries.models.children import Acompte, Comment, Dette, StatusChange
from recoveries.models.injunction import DeadlineAlert, Injunction, InjunctionFee, TransferRequest
from recoveries.models.statuses import Status, StatusGroup

__all__ = [
    "Acompte",
    "CaseCount",
    "Comment",
    "DeadlineAlert",
    "Dette",
    "Injunction",
    "InjunctionFee",
    "Recovery",
    "RecoveryQuerySet",
    "Status",
    "StatusChange",
    "StatusGroup",
    "TransferRequest",
]
