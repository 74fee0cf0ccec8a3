"""The accounting file (fichier des écritures comptables, art. A47 A-1 LPF) of the ledger's lines.

An entry is dated and validated on the day on which it was recorded, because it never changes afterwards: the file of
a past period is the same whenever it is made. The day on which it took effect is that of the piece. Entries are
numbered in the order of recording, one after the other, as the article asks: the ids of postings, which a database
gives out with gaps, stand in the label. Pure: lines in, text out.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import NamedTuple

from law.account.lines import LedgerAccount
from legalcity.lib.dates import PARIS
from recoveries.ledger.handing_over import REMITTANCE
from recoveries.ledger.posting_models import Line, Posting

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


class Account(NamedTuple):
    """Number and label of an account in the firm's books."""

    number: str
    label: str


def fec_name(siren: str, closing: date) -> str:
    """The file's name: SIREN, FEC, and the day that the period ends with."""
    return f"{siren}FEC{closing:%Y%m%d}.txt"


def fec_lines(lines: Iterable[Line], chart: Mapping[str, Account]) -> Iterator[bytes]:
    """The file, a line at a time: fields by tabs, UTF-8.

    The lines of a posting come together, postings in the order of recording; of each line posting, case and client
    are read.
    """
    yield _written(FIELDS)
    entries = groupby(lines, key=lambda line: line.posting_id)
    for number, (_posting_id, of_entry) in enumerate(entries, start=1):
        for line in of_entry:
            yield _written(_fields(number, line, chart[line.account]))


def _fields(number: int, line: Line, account: Account) -> tuple[str, ...]:
    posting = line.posting
    recorded = f"{posting.recorded_at.astimezone(PARIS):%Y%m%d}"
    words = (WORDS[Kind(posting.kind)], HEADS.get(line.head, ""), f"n° {posting.pk}")
    return (
        *JOURNALS.get(Kind(posting.kind), VARIOUS),
        str(number),
        recorded,
        *account,
        *_auxiliary(line),
        _piece(posting),
        f"{posting.effective_on:%Y%m%d}",
        " - ".join(filter(None, words)),
        _amount(line.debit),
        _amount(line.credit),
        *("", ""),  # Nothing is lettered.
        recorded,
        *("", ""),  # All is in EUR.
    )


def _piece(posting: Posting) -> str:
    """What the entry is about: its case, or what was handed over to a client."""
    return posting.recovery.recovery_reference if posting.recovery else f"REV-{posting.facts[REMITTANCE]}"


def _auxiliary(line: Line) -> tuple[str, str]:
    """The debtor of a case, or the client for whom money is held and who owes the fees."""
    case = line.posting.recovery
    if case and line.account == LedgerAccount.DEBTOR:
        return case.recovery_reference, case.debtor_company or case.debtor_name
    if line.account in (LedgerAccount.CREDITOR, LedgerAccount.FEES):
        owner = line.posting.owner
        return f"C{owner.pk}", owner.entreprise or str(owner)
    return "", ""


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _written(fields: Iterable[str]) -> bytes:
    return ("\t".join(" ".join(field.split()) for field in fields) + "\r\n").encode()
