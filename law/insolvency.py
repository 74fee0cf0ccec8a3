"""What insolvency proceedings against a debtor ask of a creditor."""

from datetime import date

from legalcity.lib.dates import add_months

from law.deadlines import next_working_day

MONTHS, MONTHS_FROM_AFAR = 2, 4
ARTICLE = "art. R622-24 C. com."


def declaration_due(published_on: date, *, is_creditor_afar: bool = False) -> date:
    """The last day on which a claim is declared: two months from the publication in the BODACC.

    Four for a creditor who does not live in mainland France (`is_creditor_afar`), where a court of the mainland opened
    the proceedings (art. R622-24 C. com.); a last day that is not a working day is carried on to the next one (art. 642
    CPC).
    """
    return next_working_day(add_months(published_on, MONTHS_FROM_AFAR if is_creditor_afar else MONTHS))
