"""Values of the audit as a person reads them."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

NOTHING = "-"


def readable(value: Any) -> str:
    """One value: text as it is, a dash for nothing, the rest as JSON."""
    if value is None or value == "":
        return NOTHING
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def render_values(rows: Iterable[tuple[str, Any, Any]]) -> SafeString | str:
    """A table of field, value before, value after; a dash without rows."""
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>',
        ((name, readable(before), readable(after)) for name, before, after in rows),
    )
    if not body:
        return NOTHING
    head = format_html_join("", '<th scope="col">{}</th>', ((name,) for name in (_("Field"), _("Before"), _("After"))))
    return format_html(
        '<div class="lc-scroll"><table class="lc-table"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
        head,
        body,
    )


def render_pairs(pairs: Mapping[str, Any]) -> SafeString | str:
    """A definition list; a dash without entries."""
    items = format_html_join("", "<dt>{}</dt><dd>{}</dd>", ((name, readable(value)) for name, value in pairs.items()))
    return format_html('<dl class="lc-facts">{}</dl>', items) if items else NOTHING
