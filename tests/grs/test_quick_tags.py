"""Tags that work out once what stays the same: they say what Django's own say, and mix up no readers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.template import Context, Template, TemplateDoesNotExist
from django.template.base import UNKNOWN_SOURCE, Origin
from django.templatetags import i18n as of_django
from django.urls import set_script_prefix
from django.utils import translation

from grs.renderer import PortalRenderer
from grs.templatetags.parts import part
from grs.templatetags.rows import case_rows, excerpt

PLACES = (
    '{% translate "Help" %}',
    '{% translate "100%% free" %}',
    '{% translate "New" context "not seen before" %}',
    '{% translate "Help" as help %}[{{ help }}]',
    "{% translate word %}",
    "{% translate word|upper %}",
    '{% translate "<b>" %}',
    '{% translate "a"|upper %}',
    '{% trans "Help" noop %}',
)


@pytest.mark.parametrize("source", PLACES)
def test_a_sentence_is_what_django_makes_of_it_in_each_language(source: str) -> None:
    quick = Template("{% load i18n %}" + source)
    for language in ("en", "bn", "id", "bn", "en"):
        with translation.override(language), pytest.MonkeyPatch.context() as patch:
            said = quick.render(Context({"word": "Privacy"}))
            engine = quick.engine
            slow = dict(engine.template_libraries) | {"i18n": of_django.register}
            patch.setattr(engine, "template_libraries", slow)
            ordinary = Template("{% load i18n %}" + source, Origin(UNKNOWN_SOURCE), engine=engine)
            assert said == ordinary.render(Context({"word": "Privacy"}))


def test_a_sentence_is_in_the_language_of_each_reader() -> None:
    page = Template('{% load i18n %}{% translate "Help" %}')
    told = {}
    for language in ("en", "bn", "id", "en"):
        with translation.override(language):
            told[language] = page.render(Context())
    assert told["en"] == "Help"
    assert len(set(told.values())) == 3


def test_the_address_of_a_static_file_is_where_the_storage_has_it() -> None:
    source = "{% load static %}{% static path %}{% static 'build/portal.css' as css %}|{{ css }}"
    drawn = Template(source).render(Context({"path": "images/mark.svg"}))
    assert drawn == "/static/images/mark.svg|/static/build/portal.css"


class TestParts:
    def test_a_part_sees_its_values_and_nothing_of_the_page(self, tmp_path: Any) -> None:
        with translation.override("en"):
            page = Template('{% load parts %}{% part "components/footer.html" signed_in=who %}')
            visitor = page.render(Context({"who": False, "simulator": True}))
            officer = page.render(Context({"who": True, "simulator": True}))
        assert "Two-step sign-in" in officer
        assert "Two-step sign-in" not in visitor
        assert "simulator" not in visitor, "what was not given is not there"

    def test_a_part_is_another_one_for_each_language_and_place(self) -> None:
        drawn = []
        for language, prefix in (("en", "/en/"), ("bn", "/bn/"), ("bn", "/outer/bn/")):
            with translation.override(language):
                set_script_prefix(prefix)
                drawn.append(part("components/footer.html", signed_in=False))
        set_script_prefix("/")
        assert len(set(drawn)) == 3
        assert 'href="/outer/bn/performance/"' in drawn[2]

    def test_a_part_that_is_not_there_is_said(self) -> None:
        with pytest.raises(TemplateDoesNotExist):
            part("components/none-such.html")


FILED = datetime(2026, 11, 20, 4, tzinfo=UTC)
EVIL = "<b>\"&'"
SAFE = "&lt;b&gt;&quot;&amp;&#x27;"


def row(**case: Any) -> dict[str, Any]:
    """A row of a list with all that it may hold."""
    told = {
        "id": "1234-A",
        "number": "1234-A",
        "text": "Our meter is wrong.",
        "language": "bn",
        "status": "in_progress",
        "agency": "Power",
        "assigned": "Karim",
        "place": "Gazipur",
        "category": "Billing",
        "filed_at": FILED,
        "sensitive": False,
        "url": "/en/office/cases/1234-A/",
    }
    return {"case": told | case, "clock": None}


class TestRows:
    def test_a_row_says_what_and_where_and_who(self) -> None:
        with translation.override("en"):
            html = case_rows([row()])
        for words in ("Our meter is wrong.", 'lang="bn"', "In progress", "Power<br>Karim"):
            assert words in html
        assert 'Billing<br><span class="app-muted">Gazipur</span>' in html
        assert 'data-label="Due">–<' in html
        assert "checkbox" not in html

    def test_what_people_wrote_is_never_markup(self) -> None:
        names = (
            "id",
            "number",
            "text",
            "language",
            "agency",
            "assigned",
            "place",
            "category",
            "url",
        )
        for name in names:
            html = case_rows([row(**{name: EVIL})], select=True)
            assert SAFE in html, name
            assert EVIL not in html, name

    def test_what_is_missing_leaves_no_empty_line(self) -> None:
        html = case_rows([row(agency=None, place="", category=None, language="")])
        assert "<br>" not in html
        assert "lang=" not in html
        assert ">–</span>" in html

    def test_a_sensitive_case_is_marked_and_boxes_are_there_for_those_who_give(self) -> None:
        with translation.override("en"):
            html = case_rows([row(sensitive=True)], select=True)
        assert "Sensitive</strong>" in html
        assert 'name="case" value="1234-A" id="case-1234-A" form="bulk"' in html
        assert "Mark 1234-A" in html

    def test_no_rows_are_nothing(self) -> None:
        assert case_rows([]) == ""

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("short", "short"),
            ("x" * 160, "x" * 160),
            ("word " * 40, "word " * 31 + "word…"),
            ("x" * 200, "x" * 159 + "…"),
        ],
    )
    def test_a_long_text_is_cut_at_the_end_of_a_word(self, text: str, shown: str) -> None:
        assert excerpt(text) == shown
        assert len(excerpt(text)) <= 160


class Controls(forms.Form):
    """Every plain control."""

    text = forms.CharField(max_length=20, initial=EVIL)
    mail = forms.EmailField(required=False)
    number = forms.IntegerField(initial=0, min_value=0)
    hidden = forms.CharField(widget=forms.HiddenInput, initial="h")
    yes = forms.BooleanField(initial=True)
    no = forms.BooleanField(required=False)
    words = forms.CharField(widget=forms.Textarea(attrs={"rows": 3, "data-x": EVIL}), initial=EVIL)
    empty = forms.CharField(widget=forms.Textarea, required=False)
    one = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("a", EVIL), ("b", "B")], initial="a"
    )
    some = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, choices=[("a", "A")], initial=["a"]
    )


@pytest.mark.parametrize("name", Controls.base_fields)
def test_a_plain_control_is_what_django_would_draw(name: str) -> None:
    def drawn(renderer: Any) -> list[str]:
        form = Controls(renderer=renderer)
        parts = form[name].subwidgets if name in ("one", "some") else [form[name]]
        shown = (p.tag() if name in ("one", "some") else str(p) for p in parts)
        return [html.strip() for html in shown]

    class ByTemplates(PortalRenderer):
        def render(self, template_name: str, context: Any, request: Any = None) -> Any:
            return super(PortalRenderer, self).render(template_name, context, request)

    assert drawn(PortalRenderer()) == drawn(ByTemplates())
