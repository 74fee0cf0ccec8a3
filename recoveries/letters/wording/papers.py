"""The papers of a message: made once, of what was frozen with it, and kept as they left."""

import io
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext_lazy as _

from documents.services.storage import bytes_open, file_keep
from law.account.canonical import fingerprint
from law.account.decompte import Decompte
from law.account.demand import enclosed
from legalcity.lib.errors import Conflict
from recoveries.ledger.decompte_pdf import decompte_pdf
from recoveries.ledger.gathering import with_terms
from recoveries.letters.gathering import demand_of, written_on
from recoveries.letters.models import Message
from recoveries.letters.wording.pages import page_pdf
from recoveries.letters.wording.rendering import BY_POST
from recoveries.models.cases import Recovery

PDF = "application/pdf"


def pdf_of(message: Message) -> bytes:
    """The PDF of a message: the letter with the account behind it, of an e-mail the account that it attaches.

    Nothing for an e-mail that attaches none. As it was kept, where it was; else made of what is frozen: the same bytes
    each time. Raises Conflict where the account of its day is another one by now, PdfUnavailable where the system
    libraries are missing, StorageFailed.
    """
    if message.pdf is not None:
        with bytes_open(key=message.pdf.key) as file:
            return file.read()
    case = with_terms(Recovery.objects.all()).get(pk=message.recovery_id)
    account = _account_of(message, case) if message.decompte_sha256 else None
    if message.channel in BY_POST:
        first = page_pdf(
            message.html,
            reference=case.recovery_reference,
            account=account,
            creditor=case.customer,
            debtor=case.debtor,
        )
    else:
        first = decompte_pdf(account, case=case) if account else b""
    others = list(_accounts_beside(message)) if account else []
    return _appended(first, others) if others else first


def _accounts_beside(message: Message) -> Iterator[bytes]:
    """The accounts of the further cases that a message is about, each with its own pages."""
    for follower in message.followers.filter(state=Message.State.PLANNED).order_by("pk"):
        case = with_terms(Recovery.objects.all()).get(pk=follower.recovery_id)
        yield decompte_pdf(_account_of(follower, case), case=case)


def _appended(first: bytes, others: Sequence[bytes]) -> bytes:
    """A paper with others behind it; it stays what it says of itself (PDF/A-3b, with its colours and its fixed id)."""
    from pypdf import PdfWriter

    writer, file = PdfWriter(clone_from=io.BytesIO(first)), io.BytesIO()
    for paper in others:
        writer.append(io.BytesIO(paper), import_outline=False)
    writer.write(file)
    return file.getvalue()


def bound(papers: Sequence[bytes]) -> bytes:
    """Several papers as one, in their order: the same papers give the same bytes."""
    from pypdf import PdfWriter

    writer, file = PdfWriter(), io.BytesIO()
    for paper in papers:
        writer.append(io.BytesIO(paper), import_outline=False)
    writer.write(file)
    return file.getvalue()


def papers_keep(message: Message) -> None:
    """Keep the PDF of a message that is about to leave, where it has one and none is kept yet. Raises as `pdf_of`."""
    content = b"" if message.pdf_id else pdf_of(message)
    if content:
        message.pdf = file_keep(content=content, name=file_name(message), mime=PDF)
        message.save(update_fields=["pdf"])


def file_name(message: Message) -> str:
    """What the paper is called: `mise_en_demeure-REC-42-2026-11-29.pdf`; of an e-mail's account `decompte-…`."""
    what = message.kind if message.channel in BY_POST else "decompte"
    return f"{what}-{message.recovery.recovery_reference}-{written_on(message).isoformat()}.pdf"


def _account_of(message: Message, case: Recovery) -> Decompte:
    demand = demand_of(case, written_on(message))
    account = enclosed(demand.told, demand.account)
    if fingerprint(account) != message.decompte_sha256:
        raise Conflict(_("The account of that day is another one than when the letter was written."))
    return account
