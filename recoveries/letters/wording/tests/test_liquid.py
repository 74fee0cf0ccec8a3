"""Liquid within limits: whatever an author writes ends in words or in a sentence, and soon."""

from time import monotonic

import pytest

from recoveries.letters.wording.liquid import SECONDS, SOURCE, CannotRender, liquid_render

TOLD = {"case": {"reference": "<b>R</b>", "nothing": None}, "rows": ["a", "b"], "long": "&" * 1000}
WORKS = "{% for row in rows %}{{ row }}{% unless forloop.last %}, {% endunless %}{% endfor %}"
HOSTILE = {
    "attributes": "{{ case.__class__ }}",
    "attributes of a string": "{{ case.reference.__class__.__mro__ }}",
    "a variable that is not there": "Bonjour\n{{ nobody }}",
    "the clock": "{{ now }}{{ today }}",
    "a loop of a thousand millions": "{% for i in (1..1000000000) %}x{% endfor %}",
    "a loop of more than any": "{% for i in (1..1000000000000000000000000000000) %}x{% endfor %}",
    "what is not in a range": "{% if (1..1000000000000) contains 'x' %}{% endif %}",
    "what is not in a range that is kept": "{% assign r = (1..1000000000000) %}{% if r contains 'x' %}{% endif %}",
    "the end of a range": "{% for i in (1..1000000000000) limit:1 offset:999999999998 %}{% endfor %}",
    "a range that is turned round": "{% for i in (1..1000000000000) reversed limit:1000000000000 %}{% endfor %}",
    "a range that is turned round as a whole": "{% for i in (1..1000000000000) reversed %}{% endfor %}",
    "a range that is written out": "{{ (1..1000000000000) }}",
    "loops in loops": "{% for i in (1..10000) %}{% for j in (1..10000) %}{% endfor %}{% endfor %}",
    "loop after loop": "{% for i in (1..15000) %}{% endfor %}{% for i in (1..15000) %}{% endfor %}",
    "a loop with a long way": "{% for i in (1..19999) %}" + "{% if 1 == 1 %}{% endif %}" * 2000 + "{% endfor %}",
    "words that double": "{% assign y = long %}" + "{% assign y = y | append: y %}" * 30,
    "words that are repeated": "{% capture a %}{{ long }}{% endcapture %}{% for i in (1..19999) %}{{ a }}{% endfor %}",
    "a filter that works for hours": "{{ long | replace: '&', long }}",
    "another template": "{% include 'emails/_sheet.html' %}",
    "another template, rendered": "{% render 'emails/_sheet.html' %}",
    "what is not read": "{% raw %}{{ x }}{% endraw %}",
    "braces": "{" * SOURCE,
    "marks without an end": "{{ " * (SOURCE // 3),
    "tags without an end": "{% raw %}" * (SOURCE // 9),
    "an endless mark": "{{ " + " " * (SOURCE - 5) + "}}",
    "an endless chain": "{{ long" + "|escape" * 5000 + " }}",
    "brackets": "{{ " + "[" * 20000 + "]" * 20000 + " }}",
    "a number": "{{ " + "9" * 20000 + " }}",
    "deep": "{% if rows %}" * 40 + "{% endif %}" * 40,
    "what is not closed": "{% if rows %}",
    "a break without a loop": "{% break %}",
    "a tag that is none": "{% shell 'rm' %}",
    "too long": "x" * (SOURCE + 1),
}


@pytest.mark.parametrize("escapes", [False, True])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_end_in_a_sentence(name: str, escapes: bool) -> None:
    begun = monotonic()
    with pytest.raises(CannotRender) as refused:
        liquid_render(HOSTILE[name], TOLD, escapes=escapes)
    assert 5 < len(str(refused.value.message)) < 400
    assert monotonic() - begun < 5 * SECONDS


def test_the_sentence_names_the_line() -> None:
    with pytest.raises(CannotRender) as refused:
        liquid_render("Bonjour\n\n{{ nobody }}", TOLD, escapes=False)
    assert str(refused.value.message).startswith("Line 3 (“{{ nobody }}”)")


def test_what_is_meant_works() -> None:
    assert liquid_render(WORKS, TOLD, escapes=False) == "a, b"
    assert liquid_render("{% if case.nothing %}x{% endif %}{{ case.nothing }}.", TOLD, escapes=False) == "."


def test_values_are_words_in_html() -> None:
    assert liquid_render("<p>{{ case.reference }}</p>", TOLD, escapes=True) == "<p>&lt;b&gt;R&lt;/b&gt;</p>"
    assert liquid_render("{{ case.reference | newline_to_br }}", TOLD, escapes=True) == "&lt;b&gt;R&lt;/b&gt;"
    assert liquid_render("{{ case.reference }}", TOLD, escapes=False) == "<b>R</b>"


def test_a_loop_goes_through_a_range() -> None:
    assert liquid_render("{%- for i in (1..3) reversed -%}{{ i }}{%- endfor -%}", TOLD, escapes=False) == "321"
    assert liquid_render("{% for i in (1..9) offset:2 limit:3 %}{{ i }}{% endfor %}", TOLD, escapes=False) == "345"
    assert liquid_render("{{ 'a (1..3)..' | append: \"..\" }}", TOLD, escapes=False) == "a (1..3)...."
