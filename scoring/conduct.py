"""How a company pays, as figures between 0 (worst) and 1 (best). Exact fractions: nothing is lost to rounding.

Each of them is monotone: a payment never lowers one, a later payment never raises one.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from scoring.facts import Band, Claim, Outcome, open_claims, total, unpaid

TOO_LATE = 180  # days after which a payment counts as if it had never been made in time

OPEN_CLAIMS = ((0, Fraction(1)), (1, Fraction(6, 10)), (2, Fraction(4, 10)), (5, Fraction(2, 10)))
UNPAID_AMOUNTS = (
    (Decimal(0), Fraction(1)),
    (Decimal(1_000), Fraction(8, 10)),
    (Decimal(5_000), Fraction(6, 10)),
    (Decimal(20_000), Fraction(4, 10)),
    (Decimal(100_000), Fraction(2, 10)),
)
BANDS = ((Fraction(3, 4), Band.GOOD), (Fraction(1, 2), Band.FAIR), (Fraction(1, 4), Band.MIXED))


def paid_share(claims: Sequence[Claim]) -> Fraction:
    """The part of the claimed amounts that was paid."""
    whole = total(claims)
    return 1 - Fraction(unpaid(claims)) / Fraction(whole) if whole else Fraction(1)


def timeliness(days_late: int) -> Fraction:
    """1 in time, 0 from TOO_LATE days on, straight in between."""
    return max(Fraction(0), 1 - Fraction(max(0, days_late), TOO_LATE))


def punctuality(claims: Sequence[Claim]) -> Fraction:
    """The timeliness of each euro: paid when it was paid, unpaid as late as it is today."""
    whole = total(claims)
    if not whole:
        return Fraction(1)
    return sum((_timely_euros(claim) for claim in claims), Fraction(0)) / Fraction(whole)


def _timely_euros(claim: Claim) -> Fraction:
    """Earliest payments count first; what exceeds the amount does not count."""
    euros, left = Fraction(0), claim.amount
    for payment in sorted(claim.payments, key=lambda payment: payment.days_late):
        counted = min(left, payment.amount)
        euros += Fraction(counted) * timeliness(payment.days_late)
        left -= counted
    return euros + Fraction(left) * timeliness(claim.age_days)


def restraint(claims: Sequence[Claim]) -> Fraction:
    """Fewer unpaid claims are better."""
    return next((value for most, value in OPEN_CLAIMS if open_claims(claims) <= most), Fraction(0))


def exposure(claims: Sequence[Claim]) -> Fraction:
    """A smaller unpaid amount is better."""
    return next((value for most, value in UNPAID_AMOUNTS if unpaid(claims) <= most), Fraction(0))


def settlement(claims: Sequence[Claim]) -> Fraction:
    """The part of the claims that neither went unpaid to court nor was given up unpaid."""
    bad = sum(1 for claim in claims if claim.unpaid and claim.outcome in (Outcome.COURT, Outcome.LOST))
    return 1 - Fraction(bad, len(claims)) if claims else Fraction(1)


def band_of_others(records: Mapping[int, Sequence[Claim]], *, least_clients: int) -> Band | None:
    """What may be said of the other clients' claims (client → claims), or None for too few clients.

    Each client counts the same, whatever was owed: the largest does not show through. Only one of four bands comes
    out, and only when at least `least_clients` clients are behind it.
    """
    clients = [claims for claims in records.values() if claims]
    if len(clients) < max(1, least_clients):
        return None
    conduct = sum(((paid_share(claims) + punctuality(claims)) / 2 for claims in clients), Fraction(0)) / len(clients)
    return next((band for least, band in BANDS if conduct >= least), Band.POOR)
