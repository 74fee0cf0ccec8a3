"""The accounting file (fichier des écritures comptables, art. A47 A-1 LPF) of the ledger's entries.

An entry is dated and validated on the day on which it was recorded, because it never changes afterwards: the file of
a past period is the same whenever it is made. So auxiliary accounts are called by their numbers: names of people are
corrected, and forgotten. The day on which it took effect is that of the piece. Entries are numbered in the order of
recording, one after the other, as the article asks: the ids of postings, which a database gives out with gaps, stand in
the label. Pure: entries in, text out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from law.account.lines import LedgerAccount
from legalcity.lib.dates import PARIS
from recoveries.ledger.handing_over import REMITTANCE
from recoveries.ledger.posting_models import DepartedPosting, Line, Posting

FIELDS = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib"),
    *("PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate"),
    *("Montantdevise", "Idevise"),
)
Kind = Posting.Kind
BANK, CLAIMS, VARIOUS = ("BQ", "Banque"), ("CR", "Créances de tiers"), ("OD", "Opérations diverses")
JOURNALS = {
    Kind.PAYMENT: BANK,
    Kind.REFUND: BANK,
    Kind.REMITTANCE: BANK,
    Kind.CLAIM: CLAIMS,
    Kind.CLAIM_CHANGE: CLAIMS,
    Kind.CREDIT_NOTE: CLAIMS,
    Kind.COST: CLAIMS,
}
WORDS = {
    Kind.CLAIM: "Créance",
    Kind.CLAIM_CHANGE: "Correction de créance",
    Kind.PAYMENT: "Paiement reçu",
    Kind.DIRECT_PAYMENT: "Paiement reçu par le créancier",
    Kind.REVERSAL: "Annulation",
    Kind.CREDIT_NOTE: "Avoir",
    Kind.WAIVER: "Remise",
    Kind.WRITEOFF: "Passage en perte",
    Kind.COST: "Frais",
    Kind.PENALTY: "Pénalité",
    Kind.REFUND: "Remboursement",
    Kind.TRANSFER_OUT: "Transfert vers un autre dossier",
    Kind.TRANSFER_IN: "Transfert depuis un autre dossier",
    Kind.REMITTANCE: "Reversement au créancier",
}
HEADS = {
    "principal": "principal",
    "interest": "intérêts",
    "indemnity": "indemnité",
    "penalty": "pénalité",
    "cost": "frais",
    "surplus": "à affecter",
}


DELETED = "Suppression du dossier"


class Account(NamedTuple):
    """Number and label of an account in the firm's books."""

    number: str
    label: str


class EntryLine(NamedTuple):
    """What an entry does to an account of the ledger, EUR."""

    account: str
    head: str
    debit: Decimal
    credit: Decimal


class Entry(NamedTuple):
    """An entry, recorded at `moment`; `number` is that of its posting, `case` empty for what is of a client alone.

    `is_departure`: it takes off the accounts what a case that is deleted had put there.
    """

    moment: datetime
    number: int
    is_departure: bool
    kind: str
    reversed_kind: str
    effective_on: date
    case: str
    piece: str
    client: int
    lines: Sequence[EntryLine]

    @property
    def place(self) -> tuple[datetime, int, bool]:
        """Its place among others."""
        return self.moment, self.number, self.is_departure


def entry_of(lines: Sequence[Line]) -> Entry:
    """A posting by its lines, each read with posting, case and what it reverses."""
    row = lines[0].posting
    case = row.recovery.recovery_reference if row.recovery else ""
    return Entry(
        moment=row.recorded_at,
        number=row.pk,
        is_departure=False,
        kind=row.kind,
        reversed_kind=row.reverses.kind if row.reverses else "",
        effective_on=row.effective_on,
        case=case,
        piece=case or f"REV-{row.facts[REMITTANCE]}",
        client=row.owner_id,
        lines=[EntryLine(line.account, line.head, line.debit, line.credit) for line in lines],
    )


def entry_of_deleted(row: DepartedPosting, *, is_departure: bool) -> Entry:
    """A posting of a case that was deleted since; with `is_departure` what took it off on that day."""
    told = [EntryLine(account, head, Decimal(debit), Decimal(credit)) for account, head, debit, credit in row.lines]
    back = [line._replace(debit=line.credit, credit=line.debit) for line in told]
    return Entry(
        moment=row.deleted_at if is_departure else row.recorded_at,
        number=row.number,
        is_departure=is_departure,
        kind=row.kind,
        reversed_kind=row.reversed_kind,
        effective_on=row.deleted_at.astimezone(PARIS).date() if is_departure else row.effective_on,
        case=row.piece,
        piece=row.piece,
        client=row.client,
        lines=back if is_departure else told,
    )


def fec_name(siren: str, closing: date) -> str:
    """The file's name: SIREN, FEC, and the day that the period ends with."""
    return f"{siren}FEC{closing:%Y%m%d}.txt"


def fec_lines(entries: Iterable[Entry], chart: Mapping[str, Account]) -> Iterator[bytes]:
    """The file, a line at a time: fields by tabs, UTF-8. Entries come in their `place`."""
    yield _written(FIELDS)
    for number, entry in enumerate(entries, start=1):
        for line in entry.lines:
            yield _written(_fields(number, entry, line, chart[line.account]))


def _fields(number: int, entry: Entry, line: EntryLine, account: Account) -> tuple[str, ...]:
    recorded = f"{entry.moment.astimezone(PARIS):%Y%m%d}"
    word = DELETED if entry.is_departure else WORDS[Kind(entry.kind)]
    words = (word, HEADS.get(line.head, ""), f"n° {entry.number}")
    return (
        *_journal(entry),
        str(number),
        recorded,
        *account,
        *_auxiliary(entry, line),
        entry.piece,
        f"{entry.effective_on:%Y%m%d}",
        " - ".join(filter(None, words)),
        _amount(line.debit),
        _amount(line.credit),
        *("", ""),  # Nothing is lettered.
        recorded,
        *("", ""),  # All is in EUR.
    )


def _journal(entry: Entry) -> tuple[str, str]:
    """What is taken back stands in the journal of what it takes back, and in the bank's when money moved."""
    if entry.kind != Kind.REVERSAL:
        return JOURNALS.get(Kind(entry.kind), VARIOUS)
    if any(line.account == LedgerAccount.BANK for line in entry.lines):
        return BANK
    return JOURNALS.get(Kind(entry.reversed_kind), VARIOUS) if entry.reversed_kind else VARIOUS


def _auxiliary(entry: Entry, line: EntryLine) -> tuple[str, str]:
    """The debtor of a case, or the client for whom money is held and who owes the fees: by number."""
    if entry.case and line.account == LedgerAccount.DEBTOR:
        return entry.case, f"Débiteur du dossier {entry.case}"
    if line.account in (LedgerAccount.CREDITOR, LedgerAccount.FEES):
        return f"C{entry.client}", f"Client {entry.client}"
    return "", ""


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _written(fields: Iterable[str]) -> bytes:
    return ("\t".join(" ".join(field.split()) for field in fields) + "\r\n").encode()
