"""The cleaning of comments: what stays, what goes, whatever is thrown at it."""

import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest
from django.utils import translation
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from recoveries.html import cleaned, comment_errors, is_dangerous, markup_share, plain_text
from tests.races import hasty_threads

ALLOWED = {
    "p",
    "br",
    "strong",
    "b",
    "em",
    "i",
    "u",
    "ul",
    "ol",
    "li",
    "blockquote",
    "a",
    *(f"h{n}" for n in range(1, 7)),
}
REL = ' rel="noopener noreferrer nofollow"'


@pytest.mark.parametrize("tag", sorted(ALLOWED - {"br", "a"}))
def test_documented_tags_stay(tag: str) -> None:
    assert cleaned(f"<{tag}>words</{tag}>") == f"<{tag}>words</{tag}>"


def test_line_breaks_stay() -> None:
    assert cleaned("one<br>two<br/>three") == "one<br>two<br>three"


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("<div>words</div>", "words"),
        ("<span style='color:red'>words</span>", "words"),
        ("<table><tr><td>words</td></tr></table>", "words"),
        ("<img src=x>words", "words"),
        ("<font>a</font><marquee>b</marquee>", "ab"),
        ("<custom-tag>words</custom-tag>", "words"),
        ("<h7>words</h7>", "words"),
        ("<!-- comment -->words", "words"),
        ("<p class='x' id='y' style='z' title='t'>words</p>", "<p>words</p>"),
        ("<P>words</P>", "<p>words</p>"),
        ("<p>words", "<p>words</p>"),
        ("words</p>", "words"),
        ("1 < 2 & 3 > 2", "1 &lt; 2 &amp; 3 &gt; 2"),
        ("&lt;b&gt;", "&lt;b&gt;"),
        ("  words  ", "words"),
    ],
)
def test_the_rest_is_stripped(raw: str, kept: str) -> None:
    assert cleaned(raw).replace("<p></p>", "") == kept


@pytest.mark.parametrize("address", ["https://example.com/a?b=1", "http://example.com", "mailto:ann@example.com"])
def test_links_keep_their_address_and_say_that_they_are_not_ours(address: str) -> None:
    assert cleaned(f'<a href="{address}" target="_blank" rel="opener">x</a>') == f'<a href="{address}"{REL}>x</a>'


@pytest.mark.parametrize(
    "address",
    [
        *("ftp://example.com", "file:///etc/passwd", "tel:+33123456789", "data:image/png;base64,AA", "javascript:x"),
        *("JAVASCRIPT:x", "java\tscript:x", "\x01javascript:x", "blob:x", "about:blank", "ws://example.com", "x:y"),
    ],
)
def test_links_lose_an_address_of_another_protocol(address: str) -> None:
    assert cleaned(f'<a href="{address}">x</a>') == f"<a{REL}>x</a>"


@pytest.mark.parametrize("address", ["/admin/", "page.html", "#top", "?a=1", "../x", "//example.com/x", ""])
def test_links_without_a_protocol_lead_nowhere(address: str) -> None:
    """Only http, https and mailto: an address of our own pages is none of these."""
    assert cleaned(f'<a href="{address}">x</a>') == f"<a{REL}>x</a>"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ("one<br>two", "one\ntwo"),
        ("<b>one</b> two", "one two"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("<p>  many   spaces </p>", "many spaces"),
        ('<a href="https://example.com">here</a>', "here"),
        ("<p></p>", ""),
    ],
)
def test_plain_text_has_blocks_on_lines_of_their_own(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (
            "<table><tr><td>Facture</td><td>100 €</td></tr><tr><td>Avoir</td><td>-20 €</td></tr></table>",
            "Facture 100 €\nAvoir -20 €",
        ),
        ("<TABLE>\n <TBODY><TR>\n<TH class='x'>Facture</TH>\n<TD>100 €</TD></TABLE>", "Facture 100 €"),
        ("Total:<table><tr><td>1<tr><td>2</table>paid", "Total:\n1\n2\npaid"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<dl><dt>due</dt><dd>soon</dd></dl>", "due\nsoon"),
        ("one<hr>two", "one\ntwo"),
    ],
)
def test_a_pasted_table_reads_row_by_row_with_its_cells_apart(raw: str, text: str) -> None:
    assert plain_text(cleaned(raw)) == text


def test_the_share_of_markup() -> None:
    assert markup_share("") == 0
    assert markup_share("words") == 0
    assert markup_share("<b></b>") == 1
    assert markup_share("<b>x</b>") == 7 / 8
    assert markup_share('<a href="1234">xx</a>') == 13 / 21


# --- properties ------------------------------------------------------------------------------------------------
FRAGMENTS = st.sampled_from(
    [
        *("<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "&", "&lt;", "&#60;", "&#x3c;", ";", '"', "'", "="),
        *("<p>", "</p>", "<b>", "<a href=", '<a href="javascript:', "https://x.fr", "<script>", "</script>", "<svg"),
        *("<style>", "<textarea>", "<title>", "<noscript>", "<xmp>", "<template>", "<math><mi>", "<table>", "<select>"),
        *(" onclick=", " href", "\n", "\t", "\x0b", "\x0c", "\u00a0", "\u2028", "é", "😀", "\u0000"[:0], "x", " "),
    ]
)
MARKUP = st.one_of(st.text(max_size=200), st.lists(FRAGMENTS, max_size=30).map("".join))
SLOW_ENOUGH = hypothesis_settings(max_examples=150, deadline=None)


class _Seen(HTMLParser):
    """The tags, attributes and other things that a reader of `text` sees."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.others: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)


@SLOW_ENOUGH
@given(MARKUP)
@example("<a href='java&#0;script:alert(1)'>x</a>")
@example('<p><a href="https://x.fr" onclick="alert(1)">x</a>')
@example('<noscript><p title="</noscript><img src=x onerror=alert(1)>">')
@example('<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">')
@example("<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>")
@example('<p title="1>2" onclick="alert(1)">words</p>')
def test_what_is_left_has_documented_tags_only(raw: str) -> None:
    seen = _Seen(cleaned(raw))
    assert {tag for tag, _attributes in seen.tags} <= ALLOWED
    assert seen.others == []
    for tag, attributes in seen.tags:
        assert set(attributes) <= ({"href", "rel"} if tag == "a" else set())
        if tag == "a":
            assert attributes["rel"] == "noopener noreferrer nofollow"
        if "href" in attributes:
            assert re.match(r"(https?:|mailto:)", str(attributes["href"]), re.IGNORECASE)


@SLOW_ENOUGH
@given(MARKUP)
@example("0\x0c<!>0")
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    once = cleaned(raw)
    assert cleaned(once) == once


@SLOW_ENOUGH
@given(MARKUP)
def test_the_checks_never_fail(raw: str) -> None:
    assert 0 <= markup_share(raw) <= 1
    assert isinstance(is_dangerous(raw), bool)
    assert all(isinstance(sentence, str) for sentence in comment_errors(raw, length=100, share=0.8))
    assert "<p>" not in plain_text("<p>" + raw.replace("&", "").replace("<", "").replace(">", "") + "</p>")


@SLOW_ENOUGH
@given(st.text(alphabet=st.characters(blacklist_characters="<>&", blacklist_categories=("Cs", "Cc")), max_size=100))
def test_words_without_markup_come_through(words: str) -> None:
    text = " ".join(words.split())
    assert plain_text(cleaned(text)) == text


@pytest.mark.parametrize(
    "unit", ["<", "<a ", "<a href='", '<p onclick="', "&lt;", "<!--", "<b><i>", " on", "href=", "</p>"]
)
def test_megabytes_of_hostile_markup_are_refused_by_their_length(unit: str) -> None:
    """Everything that runs before the length is known to be small must be linear, or this never ends."""
    raw = unit * (1_000_000 // len(unit))
    with translation.override("en"):
        errors = comment_errors(raw, length=2000, share=0.8)
    assert "The comment must not be greater than 2000 characters." in errors


def test_comments_that_are_cleaned_at_the_same_moment_keep_their_own_words() -> None:
    raw = [f"<p>{number} <b>{number}</b></p>" for number in range(400)]
    with hasty_threads(), ThreadPoolExecutor(4) as threads:
        assert list(threads.map(cleaned, raw)) == raw
