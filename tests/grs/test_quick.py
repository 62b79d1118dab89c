"""Quick templates say exactly what Django's own say, of whatever is in the context."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Engine, Template, TemplateSyntaxError, engines
from django.template.loader_tags import BlockNode
from django.utils import translation
from django.utils.functional import SimpleLazyObject, lazystr
from django.utils.safestring import mark_safe

from grs import quick

LOADERS = "django.template.loaders"
LIBRARIES = {"i18n": "grs.templatetags.i18n", "portal": "grs.templatetags.portal"}


class Case:
    """What a template may look at."""

    number = "0001"
    holder = None
    calls = 0

    def words(self) -> str:
        return "<called>"

    def wants(self, more: str) -> str:
        return more

    def erase(self) -> str:
        raise AssertionError("a template must not erase")

    erase.alters_data = True  # type: ignore[attr-defined]

    @property
    def broken(self) -> str:
        raise AttributeError("something inside is not there")

    @property
    def gone(self) -> str:
        raise Gone

    def __str__(self) -> str:
        return "case & <number>"


class Gone(Exception):
    silent_variable_failure = True


class Choice:
    """A class that templates are told not to call."""

    do_not_call_in_templates = True
    name = "chosen"


class Keys:
    """Something like a dict."""

    label = "by attribute"

    def __str__(self) -> str:
        return "<keys>"

    def __getitem__(self, name: str) -> str:
        if name == "key":
            return "by key"
        raise KeyError(name)


class NameForm(forms.Form):
    name = forms.CharField(label="Name <1>")


def words() -> dict[str, Any]:
    return {
        "text": "<b>\"Tom\" & 'Ann'</b>",
        "safe": mark_safe("<b>&amp;</b>"),
        "lazy": lazystr("<lazy>"),
        "number": 1234567,
        "ratio": 1234.5,
        "money": Decimal("9.50"),
        "yes": True,
        "nothing": None,
        "empty": "",
        "moment": datetime(2026, 11, 22, 4, 30, tzinfo=UTC),
        "day": date(2026, 11, 22),
        "hour": time(4, 30),
        "case": Case(),
        "proxy": SimpleLazyObject(Case),
        "choice": Choice,
        "keys": Keys(),
        "form": NameForm(),
        "rows": [{"a": "<1>", "items": "a key"}, {"a": 2, "b": {"c": mark_safe("<i>")}}],
        "pairs": [("x", 1), ("y", 2)],
        "method": lambda: "<function>",
        "object": SimpleNamespace(inner=SimpleNamespace(text="<deep>"), items="an attribute"),
    }


def engine_of(loader: Any, sources: dict[str, str], **options: Any) -> Engine:
    inner = (f"{LOADERS}.locmem.Loader", sources)
    return Engine(loaders=[(loader, [inner])], libraries=LIBRARIES, **options)


def both(
    source: str,
    *,
    others: dict[str, str] | None = None,
    habits: dict[str, Any] | None = None,
    mark: str = "",
) -> tuple[Any, Any]:
    """What the two say; an error is what it is and says. `mark`: what stands for what is missing."""
    said: list[Any] = []
    for loader in (f"{LOADERS}.cached.Loader", "grs.quick.Loader"):
        engine = engine_of(loader, {"page.html": source, **(others or {})})
        engine.string_if_invalid = mark
        template = engine.get_template("page.html")
        assert isinstance(template, quick.QuickTemplate) is ("quick" in loader)
        try:
            said.append(template.render(Context(words(), **(habits or {}))))
        except Exception as error:
            said.append((type(error), str(error)[:40]))
    return said[0], said[1]


@pytest.mark.parametrize(
    "name",
    [
        *words(),
        "missing",
        "missing.more",
        "nothing.more",
        "empty.more",
        "text.upper",
        "text.missing",
        "text.0",
        "number.real",
        "case.number",
        "case.holder",
        "case.holder.name",
        "case.words",
        "case.wants",
        "case.erase",
        "case.gone",
        "case.broken",
        "case.missing",
        "proxy.number",
        "proxy.words",
        "choice.name",
        "keys.key",
        "keys.label",
        "keys.missing",
        "form.name.label",
        "form.name.errors",
        "form.missing",
        "rows.0.a",
        "rows.0.items",
        "rows.1.items",
        "rows.1.b.c",
        "rows.1.b.missing",
        "rows.7.a",
        "object.inner.text",
        "object.items",
        "object.missing.more",
        "template_name",
        "autoescape",
        "dicts",
        "push",
        "True",
        "None",
        "'<constant>'",
        "12",
        "1.5",
        '_("Received")',
    ],
)
@pytest.mark.parametrize(
    "source",
    [
        "{{ NAME }}",
        "{{ NAME|default:'–' }}",
        "{{ NAME|upper }}",
        "{{ NAME|default:text|safe }}",
        '{{ NAME|default:_("Don\'t & <b>") }}',
        "{% if NAME %}yes{% elif not NAME %}no{% endif %}",
        "{% if NAME == text or NAME > 3 and NAME in text %}yes{% else %}no{% endif %}",
        "{% with a=NAME %}{{ a }}{{ a.more }}{% endwith %}",
        "{% autoescape off %}{{ NAME }}{% endautoescape %}",
        "{% for one in NAME %}{{ forloop.counter }}{{ one }}{% empty %}none{% endfor %}",
        "{% firstof NAME text %}",
        "{% load i18n portal %}{% blocktranslate with a=NAME %}see {{ a }}{% endblocktranslate %}",
    ],
)
def test_a_name_means_the_same(source: str, name: str) -> None:
    ordinary, short = both(source.replace("NAME", name))
    assert short == ordinary


@pytest.mark.parametrize(
    "source",
    [
        "{% load portal %}{{ number|local_number }} {{ moment|local_datetime:'Asia/Dhaka' }}",
        "{{ moment|date:'H:i' }} {{ day|date }} {{ hour|time }} {{ text|escape|linebreaks }}",
        "{{ text|cut:' ' }}{{ safe|lower }}{{ text|truncatewords:number }}{{ rows|length }}",
        "{{ text|add:missing }}",
        "{% for a, b in pairs %}{{ a }}{{ b }}{% if not forloop.last %}, {% endif %}{% endfor %}",
        "{% for row in rows %}{% for key, it in row.items %}{{ key }}{{ it }}{% endfor %}{% endfor %}",
        "{% include 'part.html' with text=safe %}{{ text }}{% include 'part.html' only %}",
        "{% extends 'frame.html' %}{% block a %}{{ block.super }}{{ text }}{% endblock %}",
        "{% comment %}{{ text }}{% endcomment %}{# no #}{% verbatim %}{{ text }}{% endverbatim %}",
        "{% load i18n %}{% translate 'Received' as said %}{{ said }}{% language 'bn' %}{{ number }}"
        "{% translate 'Received' %}{% endlanguage %}",
        "{% filter upper %}{{ text }}{% endfilter %}{% cycle 'a' 'b' %}{% now 'Y' %}",
    ],
)
@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_what_is_made_of_names_is_the_same(source: str, language: str) -> None:
    others = {
        "part.html": "[{{ text }}{{ case.number }}]",
        "frame.html": "<{% block a %}{{ number }}{% endblock %}|{% block b %}b{% endblock %}>",
    }
    with translation.override(language):
        ordinary, short = both(source, others=others)
    assert short == ordinary


@pytest.mark.parametrize("habits", [{"autoescape": False}, {"use_l10n": False}, {"use_tz": False}])
def test_so_is_a_context_with_other_habits(habits: dict[str, Any]) -> None:
    ordinary, short = both("{{ text }}{{ safe }}{{ number }}{{ moment }}", habits=habits)
    assert short == ordinary


def test_a_mark_for_what_is_missing_is_shown_where_one_is_set() -> None:
    source = "{{ missing }}{{ case.missing|upper }}{% if missing %}yes{% endif %}{{ case.erase }}"
    ordinary, short = both(source, mark="(%s?)")
    assert short == ordinary
    assert "(missing?)" in short


def test_nothing_that_is_written_by_people_comes_out_as_markup() -> None:
    said = both("{{ text }}{{ rows.0.a }}{{ object.inner.text }}{{ case }}{{ lazy }}{{ method }}")[
        1
    ]
    assert "<" not in said
    assert "&lt;b&gt;&quot;Tom&quot; &amp; &#x27;Ann&#x27;&lt;/b&gt;" in said


def test_names_that_begin_with_an_underscore_are_refused() -> None:
    engine = engine_of("grs.quick.Loader", {"page.html": "{{ case._state }}"})
    with pytest.raises(TemplateSyntaxError, match="may not begin with underscores"):
        engine.get_template("page.html")


def test_a_template_is_read_once() -> None:
    engine = engine_of("grs.quick.Loader", {"page.html": "a"})
    assert engine.get_template("page.html") is engine.get_template("page.html")


def test_the_blocks_of_a_frame_are_looked_for_once() -> None:
    source = "{% block a %}{% if yes %}{% block b %}{% endblock %}{% endif %}{% endblock %}"
    nodes = engine_of("grs.quick.Loader", {"page.html": source}).get_template("page.html").nodelist
    found = nodes.get_nodes_by_type(BlockNode)
    assert [node.name for node in found] == ["a", "b"]
    assert nodes.get_nodes_by_type(BlockNode) is found


def test_where_templates_are_debugged_they_are_djangos_own() -> None:
    engine = engine_of("grs.quick.Loader", {"page.html": "{{ case.broken }}"}, debug=True)
    template = engine.get_template("page.html")
    assert type(template) is Template
    with pytest.raises(AttributeError) as caught:
        template.render(Context(words()))
    assert caught.value.template_debug["during"] == "{{ case.broken }}"  # type: ignore[attr-defined]


def test_a_template_that_is_not_there_is_missed_as_before() -> None:
    engine = engine_of("grs.quick.Loader", {"page.html": "{% include 'none.html' %}"})
    with pytest.raises(Exception, match=r"none\.html"):
        engine.get_template("page.html").render(Context())


def test_the_portals_pages_are_quick() -> None:
    engine: Any = engines["django"]
    assert isinstance(engine.engine.get_template("base.html"), quick.QuickTemplate)
