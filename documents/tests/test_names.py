"""File names made safe, and the header of a download (documents/names.py)."""

import re
import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.names import content_disposition, safe_file_name


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("facture.pdf", "facture.pdf"),
        ("Mise en demeure n°1 – Société Œuvre & fils (2).pdf", "Mise en demeure n°1 – Société Œuvre & fils (2).pdf"),
        ("Lettre d'accord.docx", "Lettre d'accord.docx"),
        ("e\u0301te\u0301.pdf", "été.pdf"),  # composed
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("C:\\Documents\\facture.pdf", "facture.pdf"),
        ("C:facture.pdf", "C_facture.pdf"),
        ("/etc/", "document"),
        ("a/../b", "b"),
        ("facture.pdf\0.exe", "facture.pdf.exe"),
        ("facture.pdf\r\nSet-Cookie: a=b", "facture.pdf Set-Cookie_ a=b"),
        ("a\tb\x0bc\x1b[31m.pdf", "a b c[31m.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("\u2066a\u2069\u200b\ufeff\u00ad.pdf", "a.pdf"),
        ("a\u2028b\u2029c\u0085d\u00a0e\u3000f", "a b c d e f"),
        ("\ud800\udfffa.pdf", "a.pdf"),
        ('a"b<c>d|e?f*g:h.pdf', "a_b_c_d_e_f_g_h.pdf"),
        (".htaccess", "htaccess"),
        ("...", "document"),
        (" . .. ", "document"),
        ("facture.pdf. . .", "facture.pdf"),
        ("  a   b  .pdf ", "a b .pdf"),
        ("", "document"),
        ("\0\r\n", "document"),
        ("CON", "_CON"),
        ("con.pdf", "_con.pdf"),
        ("nul .txt", "_nul .txt"),
        ("COM1.pdf", "_COM1.pdf"),
        ("com¹", "_com¹"),
        ("LPT9.tar.gz", "_LPT9.tar.gz"),
        ("CONIN$", "_CONIN$"),
        ("contrat.pdf", "contrat.pdf"),
        ("COM10.pdf", "COM10.pdf"),
        ("%2e%2e%2fpasswd", "%2e%2e%2fpasswd"),
        ("証拠.pdf", "証拠.pdf"),
    ],
)
def test_safe_file_name(raw, safe):
    assert safe_file_name(raw) == safe


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("a" * 300 + ".pdf", "a" * 251 + ".pdf"),
        ("é" * 300 + ".pdf", "é" * 125 + ".pdf"),
        ("a" + "é" * 300 + ".docx", "a" + "é" * 124 + ".docx"),
        ("a" * 300, "a" * 255),
        ("a." + "b" * 300, "a." + "b" * 253),
        ("a" * 250 + "   ....x" + "b" * 50 + ".pdf", "a" * 250 + ".pdf"),
        ("𝄞" * 100 + ".xlsx", "𝄞" * 62 + ".xlsx"),
    ],
)
def test_long_names_keep_their_extension(raw, safe):
    assert safe_file_name(raw) == safe
    assert len(safe.encode()) <= 255


@given(st.text(st.characters(), max_size=400))
def test_any_name_becomes_safe(raw):
    name = safe_file_name(raw)
    assert name
    assert name == safe_file_name(name)
    assert len(name.encode()) <= 255
    assert not re.search(r'[/\\\0-\x1f\x7f"<>:|?*]', name)
    assert name == name.strip(". ")
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") for char in name)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("facture.pdf", 'attachment; filename="facture.pdf"'),
        ("Mise en demeure (1).pdf", 'attachment; filename="Mise en demeure (1).pdf"'),
        (
            "Relevé – Œuvre n°1.pdf",
            'attachment; filename="Releve - OEuvre n_1.pdf"; '
            "filename*=UTF-8''Relev%C3%A9%20%E2%80%93%20%C5%92uvre%20n%C2%B01.pdf",
        ),
        ("証拠.pdf", "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E8%A8%BC%E6%8B%A0.pdf"),
        ("50%.pdf", "attachment; filename=\"50_.pdf\"; filename*=UTF-8''50%25.pdf"),
        ("a;b.pdf", "attachment; filename=\"a_b.pdf\"; filename*=UTF-8''a%3Bb.pdf"),
        ('a"\r\nX: y.pdf', 'attachment; filename="a_ X_ y.pdf"'),
        ("../x", 'attachment; filename="x"'),
        ("", 'attachment; filename="document"'),
        ("\u0300", "attachment; filename=\"document\"; filename*=UTF-8''%CC%80"),
    ],
)
def test_content_disposition(name, header):
    assert content_disposition(name) == header


@given(st.text(st.characters(), max_size=400))
def test_any_name_makes_a_sound_header(raw):
    header = content_disposition(raw)
    assert header.isascii()
    assert header.isprintable()
    found = re.fullmatch(
        r"""attachment; filename="([^"\\%;]+)"(?:; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]+))?""", header
    )
    assert found
    assert unquote(found[2] or found[1]) == safe_file_name(raw)
