"""The décompte on paper."""

from law.account.decompte import Decompte


def decompte_pdf(told: Decompte) -> bytes:
    """The PDF of an account: the same bytes for the same object."""
    raise NotImplementedError
