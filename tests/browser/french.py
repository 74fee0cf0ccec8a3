"""What no page of the back-office says in French: known wrongs, by pattern."""

import re
from collections.abc import Iterable, Iterator

# Texts by the element that they stand in. What people, clients and their programs wrote stands as they wrote it: in
# forms, rows of lists, letters; but for days, which we write.
TEXTS = """() => {
    const code = "pre, code, kbd, script, style, textarea, select, [lang=en], .lc-text, .lc-letter, .lc-raw";
    const data = `#result_list td, #result_list th, #changelist-filter, .readonly, .lc-table td, #deleted-objects, h3,
        .breadcrumbs, #content > h1, #content > h2, .lc-task`;
    const kept = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.nodeValue.trim() || element.closest(code)) continue;
        const whole = element.closest("p, li, td, th, dt, dd, h1, h2, label, button, legend, summary") || element;
        if (whole.checkVisibility()) kept.set(whole, Boolean(element.closest(data)));
    }
    return [...kept].map(([element, isData]) => [element.innerText ?? element.textContent, isData]);
}"""

_VOWEL = "[aeiouyàâéèêëîïôùûœ]"
# Of any text.
EVERYWHERE = {"a day as programs write it": re.compile(r"\b\d{4}-\d\d-\d\d(?!\d)")}
# Of our own words.
OURS = {
    "a line may break before the mark": re.compile(r"\w[ \t\n]+[:;?!»](?=[\s\u00a0]|$)|«[ \n]"),
    "nothing stands before the mark": re.compile(r"[^\W\d_][;?!](?=\s|$)|[^\W\d_]:(?=\s|$)|«[^\s\u00a0\u202f]"),
    "a vowel is not elided": re.compile(rf"\b(?:de|que|ne|se|je|jusque|lorsque|la) {_VOWEL}\w*"),
    "a name of the program": re.compile(r"\b[a-z]+_[a-z_]+\b"),
    "English": re.compile(r"\b(?:the|and|of|with|without|must|cannot|yes|none|true|false)\b", re.IGNORECASE),
}


def wrongs(texts: Iterable[tuple[str, bool]]) -> Iterator[str]:
    """What is wrong with them, each with where it stands."""
    for text, is_data in texts:
        for what, pattern in (EVERYWHERE if is_data else EVERYWHERE | OURS).items():
            if found := pattern.search(text):
                yield f"{what}: {text[max(found.start() - 30, 0) : found.end() + 30]!r}"
