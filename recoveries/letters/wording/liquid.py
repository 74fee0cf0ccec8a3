"""Liquid, as managers write letters in it: a language over strings and lists, within limits.

A template reaches nothing but the dictionary that it is given: no attributes, no files, no clock. What is left are
words that are too long, repeat too often or take too long; each of these ends in a sentence that names the line.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from time import monotonic
from typing import Any, TextIO, cast

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from liquid import BoundTemplate, Environment, RenderContext, StrictUndefined
from liquid.ast import BlockNode, Node
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.filters import misc, string
from liquid.builtin.tags.for_tag import ForTag
from liquid.exceptions import (
    BlockNestingError,
    ContextDepthError,
    LiquidError,
    LocalNamespaceLimitError,
    LoopIterationLimitError,
    OutputStreamLimitError,
    UndefinedError,
    UnknownFilterError,
)
from liquid.stream import TokenStream
from liquid.utils import ReadOnlyChainMap

from legalcity.lib.errors import Conflict, Sentence

SOURCE = 60_000  # characters of what a manager writes
MARK = 500  # characters of one `{{ … }}` or `{% … %}`
OUTPUT = 400_000  # bytes of what comes of it
REPEATS = 20_000  # rounds of all loops together
SECONDS = 2.0
# The first four are what plain words and `{{ … }}` are made of.
TAGS = frozenset({
    *("content", "illegal", "output", "#"),
    *("assign", "break", "capture", "case", "comment", "continue", "for", "if", "unless"),
})  # fmt: skip
# Those that make no more of what they get than its length allows, and take no list apart.
FILTERS: Mapping[str, Callable[..., Any]] = {
    "append": string.append,
    "capitalize": string.capitalize,
    "default": misc.default,
    "downcase": string.downcase,
    "escape": string.escape,
    "newline_to_br": string.newline_to_br,
    "prepend": string.prepend,
    "size": misc.size,
    "strip": string.strip,
    "truncate": string.truncate,
    "upcase": string.upcase,
}
LINE = _("Line {line} (“{near}”): {what}")


class CannotRender(Conflict):
    """Words that no letter can be made of; the sentence names the line and what is wrong with it."""


class _TookTooLong(LiquidError):
    """It is past its time."""


class _Context(RenderContext):
    """What a template sees: what it was given and what it has assigned, neither the clock nor counters."""

    __slots__ = ("ends_at", "rounds")

    def __init__(self, template: BoundTemplate, **options: Any) -> None:
        super().__init__(template, **options)
        self.scope = ReadOnlyChainMap(self.locals, self.globals)
        self.rounds, self.ends_at = 0, monotonic() + SECONDS

    def round_begin(self) -> None:
        """Count a round of a loop. Raises where there were too many, or no time is left."""
        self.rounds += 1
        if self.rounds > REPEATS:
            raise LoopIterationLimitError("too many", token=None)
        if monotonic() > self.ends_at:
            raise _TookTooLong("too long", token=None)


class _Template(BoundTemplate):
    context_class = _Context


class _Round(BlockNode):
    """The words that a loop repeats."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Each round is counted."""
        cast(_Context, context).round_begin()
        return super().render_to_output(context, buffer)


class _Range(RangeLiteral):
    """A range that is no longer than a loop may go: what is passed over, or turned round, is counted too."""

    def evaluate(self, context: RenderContext) -> range:
        """The numbers. Raises where there are too many."""
        found = super().evaluate(context)
        if found.stop - found.start > REPEATS:
            raise LoopIterationLimitError("too many", token=None)
        return found


class _CountedFor(ForTag):
    """The loop, with its rounds counted."""

    def parse(self, stream: TokenStream) -> Node:
        """As usual, with a body that counts and a range that has an end."""
        node: Any = super().parse(stream)
        things = node.expression.iterable
        if isinstance(things, RangeLiteral):
            node.expression.iterable = _Range(things.token, things.start, things.stop)
        node.block = _Round(node.block.token, node.block.nodes)
        return cast(Node, node)


class _Environment(Environment):
    template_class = _Template
    suppress_blank_control_flow_blocks = False
    block_nesting_limit = 20
    loop_iteration_limit = REPEATS
    local_namespace_limit = OUTPUT
    output_stream_limit = OUTPUT

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """These and no others: nothing is included, and no filter can be made to work for hours."""
        super().setup_tags_and_filters(extra=False)
        self.tags = {name: tag for name, tag in self.tags.items() if name in TAGS}
        self.add_tag(_CountedFor)
        self.filters = {name: _bounded(function) for name, function in FILTERS.items()}


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def apply(*values: Any, **options: Any) -> Any:
        result = function(*values, **options)
        if isinstance(result, str) and len(result) > OUTPUT:
            raise OutputStreamLimitError("too long", token=None)
        return result

    for name in ("with_context", "with_environment"):
        if hasattr(function, name):
            setattr(apply, name, getattr(function, name))
    return apply


@lru_cache(maxsize=2)
def _environment(escapes: bool) -> Environment:
    return _Environment(undefined=StrictUndefined, autoescape=escapes)


@lru_cache(maxsize=128)
def _parsed(source: str, escapes: bool) -> BoundTemplate:
    return _environment(escapes).from_string(source)


def liquid_render(source: str, told: Mapping[str, Any], *, escapes: bool) -> str:
    """What comes of `source` with the values `told`: of HTML with `escapes`. Raises CannotRender with the line."""
    _require_readable(source)
    try:
        return _parsed(source, escapes).render(**told)
    except LiquidError as error:
        raise CannotRender(_sentence(error)) from error
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise CannotRender(_("It cannot be read.")) from error


_MARKS = re.compile(r"\{\{|\{%|\}\}|%\}")
_WORDS = re.compile(r"'[^']*'|\"[^\"]*\"")
# A range is counted where a loop goes through it, and nowhere else.
_LOOP = re.compile(r"\{%-?\s*for\s+[\w-]+\s+in\s*\([^()]*\)")
_VERBATIM = re.compile(r"\{%-?\s{0,9}(?:raw|doc)\b")


def _require_readable(source: str) -> None:
    """Refuse at one glance what the library would read for hours: marks without an end, or endless; ranges at large."""
    if len(source) > SOURCE:
        raise CannotRender(format_lazy(_("It is too long: at most {count} characters."), count=SOURCE))
    opened: re.Match[str] | None = None
    for mark in _MARKS.finditer(source):
        is_opening = mark.group()[0] == "{"
        if opened and (is_opening or mark.start() - opened.start() > MARK):
            raise CannotRender(_unreadable(source, opened.start()))
        if opened and ".." in _LOOP.sub("", _WORDS.sub("", source[opened.start() : mark.end()])):
            raise CannotRender(_unreadable(source, opened.start()))
        opened = mark if is_opening else None
    if opened or (opened := _VERBATIM.search(source)):
        raise CannotRender(_unreadable(source, opened.start()))


def _unreadable(source: str, at: int) -> Sentence:
    line = source.count("\n", 0, at) + 1
    near = source[at : at + 80].partition("\n")[0]
    return format_lazy(LINE, line=line, near=near, what=_("It cannot be read."))


def _sentence(error: LiquidError) -> Sentence:
    what = _what(error)
    line, near = _place(error)
    return format_lazy(LINE, line=line, near=near, what=what) if line else what


def _what(error: LiquidError) -> Sentence:
    if isinstance(error, UndefinedError):
        return _("There is no such variable, or it has no value here.")
    if isinstance(error, UnknownFilterError):
        return format_lazy(_("There is no such filter; there are {names}."), names=", ".join(FILTERS))
    if isinstance(error, LoopIterationLimitError):
        return format_lazy(_("It repeats too often: {count} times at most."), count=REPEATS)
    if isinstance(error, OutputStreamLimitError | LocalNamespaceLimitError):
        return format_lazy(_("What comes of it is too long: {count} bytes at most."), count=OUTPUT)
    if isinstance(error, BlockNestingError | ContextDepthError):
        return _("It is nested too deeply.")
    if isinstance(error, _TookTooLong):
        return _("It takes too long.")
    return _("It cannot be read.")


def _place(error: LiquidError) -> tuple[int, str]:
    """The number of the line, and its words; 0 where that is not known."""
    try:
        found = error.context()
    except (ValueError, IndexError):
        return 0, ""
    return (found[0], found[3].strip()[:80]) if found else (0, "")
