"""Names and addresses that are nearly the same."""

import pytest

from companies.alike import blocks, names_alike, streets_alike


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("SARL Dupont & Fils", "Dupont et fils", True),
        ("Jean DUPONT", "Dupont Jean", True),
        ("Jean DUPONT", "Dupond Jean", True),
        ("Hôtel des Remparts", "HOTEL LES REMPART", True),
        ("Hôtel des Remparts", "Hôtel du Port", False),
        ("Garage Rey", "Garage Roy Automobiles", False),
        ("SAS", "SAS", True),
        ("", "", False),
    ],
)
def test_names(one: str, other: str, alike: bool) -> None:
    assert names_alike(one, other) is alike


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("12, r. de la Paix", "12 rue de la Paix", True),
        ("12 rue de la Paix", "14 rue de la Paix", False),
        ("12 rue de la Paix", "12 avenue du Général Leclerc", False),
        ("Lieu-dit Le Moulin", "Lieu dit le moulin", True),
        ("", "12 rue de la Paix", False),
    ],
)
def test_streets(one: str, other: str, alike: bool) -> None:
    assert streets_alike(one, other) is alike


def test_rows_are_looked_for_by_the_longest_words() -> None:
    assert blocks("SARL Dupont & Fils") == ["dupon", "fils"]
    assert blocks("Rey") == []
    assert blocks("\x00'%_") == []
