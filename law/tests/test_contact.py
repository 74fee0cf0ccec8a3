"""What may be said to a debtor."""

import pytest

from law.contact import contact_errors


def said(text: str, *, has_title: bool = False, is_business: bool = False) -> list[str]:
    """The sentences, as people read them."""
    errors = contact_errors(text, look_words=["saisie", "writ", ""], has_title=has_title, is_business=is_business)
    return [str(error) for error in errors]


@pytest.mark.parametrize("text", ["Saisie", "une  SAISIE.", "saisies", "« saisie »", "l’avis:saisie", "two writs"])
def test_words_of_an_act_are_found_in_any_dress(text: str) -> None:
    assert len(said(text)) == 1
    assert said(text, has_title=True) == []


@pytest.mark.parametrize("text", ["", "saisir", "Saisieux", "written", "ressaisie", "injonction de payer"])
def test_other_words_are_not(text: str) -> None:
    assert said(text) == []


def test_a_title_allows_no_costs() -> None:
    assert len(said("frais de recouvrement", has_title=True, is_business=True)) == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("indemnité forfaitaire pour frais de recouvrement (40 €)", 0),
        ("L'indemnité forfaitaire légale de 40,00 € pour frais de recouvrement", 0),
        ("indemnité forfaitaire pour frais de recouvrement et frais de recouvrement", 1),
    ],
)
def test_a_business_may_owe_the_indemnity_and_no_more(text: str, count: int) -> None:
    assert len(said(text, is_business=True)) == count
    assert len(said(text)) == 1
