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
        ("x" * 41, "x" * 39 + "…"),
        ("LegalCity” – your case is closed. “Pay", "LegalCity – your case is closed. Pay"),
        ('« A » „B‟ ‹C› "D" <b>E</b> [F] ″G″ ＂H＂ 〝I〞', "A B C D bE / b F G H I"),
        ("L’Atelier d'Anna", "L’Atelier d'Anna"),
        ("see 1.2.3.4/pay, 127.1:80 or 93.184.216.34", "see … … or …"),
        ("see intranet/login or x/pay", "see intranet / login or x / pay"),
        ("call +33 (0)6 12/34/56/78, (01) 23.45.67.89", "call …, …"),
        ("call 3639 or 118 218", "call … or …"),
        ("Studio 54 & Fils", "Studio 54 & Fils"),
        ("", ""),
    ],
)
def test_a_name_is_quoted_without_anything_to_press(written: str, quoted: str) -> None:
    assert quotable(written) == quoted
