"""Statements of clients by e-mail: a notice with the paper as it was made, by staff or each month by itself.

By itself for who has chosen so (`client_statements` of the preferences; off until then), as soon as it is made.
"""

from collections.abc import Sequence
from datetime import date
from io import BytesIO

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from backoffice.audit import audit_record
from documents.services.storage import StorageFailed, bytes_read
from events.models import Notice, Preference
from events.notices.groups import Group, Mode
from events.notices.ports import News
from events.notices.recipients import is_held, told_choices
from events.notices.telling import notice_write
from events.notices.tokens import leaving_address
from legalcity.lib.emails.rows import Enclosure
from legalcity.lib.errors import Conflict
from legalcity.lib.settings.live import live
from recoveries.letters.notice_writing import ClientWriter
from recoveries.models import ClientStatement

log = structlog.get_logger("recoveries")

GROUP = Group.CLIENT_STATEMENTS
AGAIN = "."  # between the number of a statement and which sending of it it is, in the period of its notices
MOST = 50  # sendings of one statement


@transaction.atomic
def statement_mail(*, statement_id: int, by: User | None) -> list[Notice]:
    """Send a statement to whom the client has named for statements, else to the account's own address; once more if
    it was sent before. The e-mails leave after the commit.

    Raises DoesNotExist, and Conflict where no address may be written to, or after MOST times.
    """
    statement = _locked(statement_id)
    owner = statement.owner
    choice = told_choices(owner)[GROUP]
    own = owner.email.lower()
    recipients = choice.recipients or (() if is_held(owner.pk, own) else (own,))
    if not recipients:
        raise Conflict(_("No address of this client may be written to: they refuse e-mails, or are not confirmed."))
    period = _next_period(statement)
    made = [_written(statement, period, email, choice.language) for email in sorted(recipients)]
    audit_record(action="statement_mailed", target=statement, actor=by, details={"period": period, "number": len(made)})
    return made


def statements_mail(*, month: date) -> int:
    """Send the statements of a month that were never sent to the clients who want them; how many.

    One that cannot be sent is logged, and tried by the next turn.
    """
    if not live.SEND_CLIENT_NOTICES:
        return 0
    wanting = Preference.objects.filter(group=GROUP, mode=Mode.INSTANT).values("owner_id")
    number = 0
    for pk in ClientStatement.objects.filter(month=month, owner__in=wanting).values_list("pk", flat=True):
        try:
            number += _mailed_first(pk)
        except Exception as error:  # the words of a failure may name people
            log.error("statement_not_mailed", statement_id=pk, error=type(error).__name__)
    return number


@transaction.atomic
def _mailed_first(statement_id: int) -> bool:
    """Send a statement to who wants it, unless somebody has sent it: another worker too, who asks at the same time."""
    statement = _locked(statement_id)
    if mails_of(statement).exists() or not told_choices(statement.owner)[GROUP].recipients:
        return False
    statement_mail(statement_id=statement_id, by=None)
    return True


def _locked(statement_id: int) -> ClientStatement:
    """A statement under its lock: whoever comes second sees what the first one has written. Raises DoesNotExist."""
    return ClientStatement.objects.select_related("owner").select_for_update(of=("self",)).get(pk=statement_id)


def mails_of(statement: ClientStatement) -> QuerySet[Notice]:
    """What was sent of a statement, newest first."""
    notices = Notice.objects.filter(owner_id=statement.owner_id, group=GROUP)
    return notices.filter(period__in=_periods(statement)).order_by("-id")


def last_mails(statements: Sequence[ClientStatement]) -> dict[str, Notice]:
    """The latest e-mail of each of these statements that was sent, by its reference; in one statement."""
    notices = Notice.objects.filter(owner__in={one.owner_id for one in statements}, group=GROUP)
    sent = notices.filter(period__in=[period for one in statements for period in _periods(one)])
    return {notice.period.partition(AGAIN)[0]: notice for notice in sent.order_by("id")}


def statement_enclosed(owner_id: int, period: str) -> Sequence[Enclosure]:
    """The paper of the statement that a notice tells of. Raises OSError while the storage is away."""
    number = int(period.partition(AGAIN)[0].removeprefix(ClientStatement.PREFIX))
    statement = ClientStatement.objects.select_related("paper").get(owner_id=owner_id, number=number)
    content = BytesIO()
    try:
        bytes_read(key=statement.paper.key, into=content)
    except StorageFailed as error:
        raise OSError(str(error)) from error
    return [Enclosure(f"{statement.reference}.pdf", content.getvalue(), "application/pdf")]


def _periods(statement: ClientStatement) -> list[str]:
    """`RC000001.1`, then `.2`: a notice is the only one of its period to a recipient."""
    return [f"{statement.reference}{AGAIN}{sending}" for sending in range(1, MOST + 1)]


def _next_period(statement: ClientStatement) -> str:
    used = set(mails_of(statement).values_list("period", flat=True))
    for period in _periods(statement):
        if period not in used:
            return period
    raise Conflict(_("This statement was sent {most} times already.").format(most=MOST))


def _written(statement: ClientStatement, period: str, email: str, language: str) -> Notice:
    leave = leaving_address(owner_id=statement.owner_id, group=GROUP, email=email)
    told = News(owner=statement.owner, group=GROUP, events=(), language=language, leave=leave)
    words = ClientWriter().statement(told, reference=statement.reference, month=statement.month)
    return notice_write(statement.owner_id, GROUP, period, email, words)
