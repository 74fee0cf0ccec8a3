"""Where idempotency keys are kept: the store of `legalcity/api/idempotency.py`."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

from accounts.models import IdempotentRequest
from legalcity.api.idempotency import Answer, Asked, Known, Running
from legalcity.lib.asking import rows_of
from legalcity.lib.clock import now
from legalcity.lib.sealing import opened, sealed
from legalcity.lib.settings.live import live

CLAIM = timedelta(seconds=60)
BATCH = 5000  # rows that one statement of the purge deletes

State = IdempotentRequest.State
_COLUMNS = (
    "user_id, key, fingerprint, state, is_sealed, headers, job_type, job_id, locked_until, created_at",
    "%s, %s, %s, 'running', %s, '{}', '', '', %s, %s",
)
# Who comes second while the first one's transaction is open would wait for it at the index: the lock tells at once.
_INSERT = {
    "postgresql": f"INSERT INTO accounts_idempotentrequest ({_COLUMNS[0]}) SELECT {_COLUMNS[1]} "
    "WHERE pg_try_advisory_xact_lock(%s) ON CONFLICT DO NOTHING RETURNING 1",
    "sqlite": f"INSERT INTO accounts_idempotentrequest ({_COLUMNS[0]}) VALUES ({_COLUMNS[1]}) "  # noqa: S608
    "ON CONFLICT DO NOTHING RETURNING 1",
}
# Each keyed request waits for it: written out, a third of what the ORM takes.
_KEEP = """
    UPDATE accounts_idempotentrequest SET state = 'done', status = %s, body = %s, headers = %s
    WHERE user_id = %s AND key = %s AND state = 'running' AND locked_until = %s
"""


class KeyStore:
    """A row for each key of a user."""

    def take(self, asked: Asked) -> Known | None:
        """None: the key is this request's for a minute. One statement for a new key. Raises Running."""
        moment = now()
        asked.claim = moment + CLAIM
        if _insert(asked, moment):
            return None
        row = IdempotentRequest.objects.filter(user_id=asked.user_id, key=asked.key).first()
        if row is None:
            raise Running  # In a transaction that has not ended.
        if row.state == State.DONE:
            return _known(row)
        left = IdempotentRequest.objects.filter(pk=row.pk, state=State.RUNNING, locked_until=row.locked_until)
        if row.locked_until > moment or not left.update(
            locked_until=asked.claim, fingerprint=asked.fingerprint, created_at=moment
        ):
            raise Running
        return None

    def keep(self, asked: Asked, answer: Answer) -> None:
        """Write down the answer, unless somebody has taken the key over. What shows a secret is sealed."""
        body = sealed(answer.body.decode()).encode() if asked.keyed.shows_secret else answer.body
        row: list[Any] = [asked.user_id, asked.key, connection.ops.adapt_datetimefield_value(asked.claim)]
        rows_of(_KEEP, [answer.status, body, json.dumps(answer.headers), *row])

    def bind(self, asked: Asked, job: Model) -> bool:
        """Write down which row tells the answer. False when somebody has taken the key over."""
        return bool(_claimed(asked).update(state=State.DONE, job_type=job._meta.label_lower, job_id=str(job.pk)))

    def release(self, asked: Asked) -> None:
        """Free the key."""
        _claimed(asked).delete()


def keys_purge(*, moment: datetime) -> int:
    """Forget keys that were used more than IDEMPOTENCY_DAYS before `moment`; returns how many."""
    old = IdempotentRequest.objects.filter(created_at__lt=moment - timedelta(days=live.IDEMPOTENCY_DAYS))
    gone = 0
    while batch := list(old.order_by("created_at").values_list("pk", flat=True)[:BATCH]):
        gone += IdempotentRequest.objects.filter(pk__in=batch).delete()[0]
    return gone


def _claimed(asked: Asked) -> QuerySet[IdempotentRequest]:
    return IdempotentRequest.objects.filter(
        user_id=asked.user_id, key=asked.key, state=State.RUNNING, locked_until=asked.claim
    )


def _insert(asked: Asked, moment: datetime) -> bool:
    adapted = connection.ops.adapt_datetimefield_value
    values: list[Any] = [asked.user_id, asked.key, asked.fingerprint, asked.keyed.shows_secret]
    values += [adapted(asked.claim), adapted(moment)]
    if connection.vendor == "postgresql":
        values.append(_lock_of(asked))
    return bool(rows_of(_INSERT[connection.vendor], values))


def _lock_of(asked: Asked) -> int:
    """The number under which PostgreSQL knows the lock of a key."""
    digest = hashlib.blake2b(f"idempotency {asked.user_id} {asked.key}".encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "big", signed=True)


def _known(row: IdempotentRequest) -> Known:
    if row.status is None or row.body is None:
        return Known(row.fingerprint, job_id=row.job_id)
    body = bytes(row.body)
    return Known(
        row.fingerprint, Answer(row.status, opened(body.decode()).encode() if row.is_sealed else body, row.headers)
    )
