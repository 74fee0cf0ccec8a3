"""Charts as SVG, drawn on the server: values in, markup out. Colours are the stylesheet's, by class.

A chart has a title and a description for who does not see it; the page gives its figures as a table besides.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from legalcity.lib.pairs import pair

Format = Callable[[Decimal], str]

HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 280, 70, 10, 12, 30
SLOT, WIDTH = 34, 900  # a month's least width; the least width of the whole
STEPS = 4
TOPS = tuple(map(Decimal, ("1", "1.2", "1.6", "2", "2.4", "3.2", "4", "6", "8", "10")))
ROW, BAR, NARROW = 46, 14, 420  # of horizontal bars: height of a row, of its bar; width of the whole


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one colour, one for each label. `tone` is its class: `a` or `b`."""

    name: str
    values: Sequence[Decimal]
    tone: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar; `text` is its value in words."""

    label: str
    value: Decimal
    text: str


def nice_top(value: Decimal) -> Decimal:
    """The end of an axis: the least not below `value` that STEPS divides into round figures."""
    if value <= 0:
        return Decimal(1)
    power = Decimal(10) ** (math.ceil(value.log10()) - 1)
    return next(step * power for step in TOPS if step * power >= value)


def columns(
    *,
    key: str,
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    axis: Format,
    full: Format,
) -> SafeString:
    """Vertical bars side by side, a group for each label. `axis` and `full` write a value shortly and in full."""
    width = max(WIDTH, LEFT + RIGHT + SLOT * len(labels))
    top = nice_top(max((value for one in series for value in one.values), default=Decimal(0)))
    slot = (width - LEFT - RIGHT) / max(len(labels), 1)
    thickness = slot * 0.7 / max(len(series), 1)
    bars = (
        (
            one.tone,
            _figure(LEFT + slot * (place + 0.15) + thickness * order),
            _figure(_height(HEIGHT - BOTTOM, value, top)),
            _figure(thickness),
            _figure(HEIGHT - BOTTOM - _height(HEIGHT - BOTTOM, value, top)),
            pair(f"{labels[place]}, {one.name}", full(value)),
        )
        for order, one in enumerate(series)
        for place, value in enumerate(one.values)
    )
    body = format_html_join(
        "",
        '<rect class="lc-bar-{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        bars,
    )
    content = format_html("{}{}{}", _grid(width, top, axis), body, _month_labels(labels, slot))
    return _svg(key, title, description, width, HEIGHT, "lc-chart lc-chart-wide", content)


def rows(*, key: str, title: str, description: str, bars: Sequence[Bar], top: Decimal | None = None) -> SafeString:
    """Horizontal bars below each other, each with its label and value above it. `top` is what fills the width."""
    most = top or max((bar.value for bar in bars), default=Decimal(0)) or Decimal(1)
    body = format_html_join(
        "",
        '<text x="0" y="{}">{}</text><text class="lc-value" x="{}" y="{}" text-anchor="end">{}</text>'
        '<rect class="lc-track" x="0" y="{}" width="{}" height="{}" rx="3"/>'
        '<rect class="lc-bar-a" x="0" y="{}" width="{}" height="{}" rx="3"><title>{}</title></rect>',
        (
            (
                *(ROW * place + 16, bar.label, NARROW, ROW * place + 16, bar.text),
                *(ROW * place + 23, NARROW, BAR),
                *(ROW * place + 23, _figure(NARROW * float(min(max(bar.value, Decimal(0)), most) / most)), BAR),
                pair(bar.label, bar.text),
            )
            for place, bar in enumerate(bars)
        ),
    )
    return _svg(key, title, description, NARROW, max(ROW * len(bars), 1), "lc-chart lc-chart-narrow", body)


def _height(base: float, value: Decimal, top: Decimal) -> float:
    """Where a bar of `value` begins, from above."""
    share = float(min(max(value, Decimal(0)), top) / top)
    return base - (base - TOP) * share


def _figure(value: float) -> str:
    """A coordinate, whatever the language."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _grid(width: float, top: Decimal, axis: Format) -> SafeString:
    steps = [top * step / STEPS for step in range(STEPS + 1)]
    lines = ((_figure(_height(HEIGHT - BOTTOM, value, top)), axis(value)) for value in steps)
    return format_html_join(
        "",
        '<line class="lc-line" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="lc-tick" x="{}" y="{}" dy="4" text-anchor="end">{}</text>',
        ((LEFT, width - RIGHT, y, y, LEFT - 8, y, text) for y, text in lines),
    )


def _month_labels(labels: Sequence[str], slot: float) -> SafeString:
    """As many labels as have room, the last one among them."""
    every = max(1, math.ceil(62 / slot)) if slot else 1
    shown = ((place, label) for place, label in enumerate(labels) if (len(labels) - 1 - place) % every == 0)
    return format_html_join(
        "",
        '<text class="lc-tick" x="{}" y="{}" text-anchor="middle">{}</text>',
        ((_figure(LEFT + slot * (place + 0.5)), HEIGHT - 10, label) for place, label in shown),
    )


def _svg(
    key: str, title: str, description: str, width: float, height: float, names: str, body: SafeString
) -> SafeString:
    return format_html(
        '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-labelledby="{}-title {}-desc">'
        '<title id="{}-title">{}</title><desc id="{}-desc">{}</desc>{}</svg>',
        names,
        *(_figure(width), _figure(height), key, key),
        *(key, title, key, description, body),
    )
