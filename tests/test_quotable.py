"""Names that outsiders wrote, as letters of ours quote them."""

import pytest

from legalcity.lib.text import quotable


@pytest.mark.parametrize(
    ("written", "quoted"),
    [
        ("S.A.R.L. Dupont & Fils – L'Atelier", "S.A.R.L. Dupont & Fils – L'Atelier"),
        ("A/B Conseil : 3M", "A/B Conseil : 3M"),
        ("Shop.com", "Shop. com"),
        ("Shop。com and Shop．com", "Shop. com and Shop. com"),
        ("Pay at https://x.example/login now", "Pay at … now"),
        ("Pay\r\nBcc: all\n\tnow", "Pay Bcc: all now"),
        ("a\u202eb\u200bc", "abc"),
        ("see x.example/login or x.example:80", "see … or …"),
        ("write to a@x.example or call +33 6 12 34 56 78", "write to … or call …"),
        ("[here](https://x.example)", ""),
        ("www.x.example javascript:alert(1)", ""),
        ("x" * 81, "x" * 79 + "…"),
        ("", ""),
    ],
)
def test_a_name_is_quoted_without_anything_to_press(written: str, quoted: str) -> None:
    assert quotable(written) == quoted
