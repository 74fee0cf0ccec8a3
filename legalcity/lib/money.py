"""The one rounding of money: half-up, two places."""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

CENT = Decimal("0.01")


def rounded(amount: Decimal) -> Decimal:
    """`amount` in EUR to the cent, half-up (1.005 gives 1.01)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def money_text(amount: Decimal | float | int | str | None) -> str | None:
    """The contract's form of an amount: `"1500.00"`; None stays None.

    Takes floats too because SQLite has no exact decimal type: up to 12 integer digits they keep every cent.
    """
    if amount is None:
        return None
    if isinstance(amount, Decimal) and (text := str(amount))[-3:-2] == ".":  # Two places, and no exponent
        return text
    return str(rounded(Decimal(str(amount))))


def cents(amount: Decimal) -> int:
    """`amount` in EUR as whole cents. ValueError when it has a fraction of a cent, or is no number."""
    scaled = amount * 100
    if not scaled.is_finite() or scaled != (whole := int(scaled)):
        raise ValueError(f"not a sum of whole cents: {amount}")
    return whole


@lru_cache(maxsize=4096)  # Of an account half the sums are nothing, an indemnity or a principal
def euros(whole: int) -> Decimal:
    """Whole cents as EUR, with two places."""
    return Decimal(whole).scaleb(-2)
