"""The catalogues' tool finds words in code and templates, and says what is wrong."""

import pytest
from babel.messages.catalog import Catalog

from grs import translations

TEMPLATE = """{% load i18n %}
<p title="{% translate "Save %" %}">it's "quoted" {{ x }}</p>
{% blocktranslate trimmed with n=count %}
    You have {{ n }} cases
{% endblocktranslate %}
{% translate "May" context "month" %}
{{ y|default:_("nobody") }}
{% blocktranslate count n=n %}one day{% plural %}{{ n }} days{% endblocktranslate %}
"""
CODE = """from django.utils.translation import gettext as _, ngettext, pgettext
_("Hello"); ngettext("one", "%(n)s many", 2); pgettext("verb", "File")
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one template and one module."""
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "LOCALE", tmp_path / "locale")
    monkeypatch.setattr(translations, "BORROWED", {})
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/page.html").write_text(TEMPLATE)
    (tmp_path / "accounts").mkdir()
    (tmp_path / "accounts/views.py").write_text(CODE)
    return tmp_path


def test_it_finds_the_words_of_code_and_templates(project):
    found = {(m.context, m.id) for m in translations.from_sources() if m.id}
    assert found == {
        (None, "Save %%"), (None, "You have %(n)s cases"), ("month", "May"),
        (None, ("one day", "%(n)s days")), (None, "Hello"), (None, ("one", "%(n)s many")),
        ("verb", "File"), (None, "nobody"),
    }  # fmt: skip


def test_new_words_are_taken_in_and_told_as_missing(project, capsys):
    translations.update()
    assert "bn: 8 entries, 8 to translate" in capsys.readouterr().out
    assert translations.check() == 1


def complete(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            plural = isinstance(message.id, tuple)
            message.string = (
                tuple(message.id[-1:] * catalogue.num_plurals) if plural else message.id
            )


def write(language: str, catalogue: Catalog) -> None:
    with translations.catalogue_path(language).open("wb") as file:
        translations.write_po(file, catalogue)


@pytest.fixture
def translated(project):
    """The project with complete catalogues."""
    translations.update()
    for language in translations.LANGUAGES:
        catalogue = translations.load(language)
        complete(catalogue)
        write(language, catalogue)
    return project


def test_complete_catalogues_pass(translated, capsys):
    assert translations.check() == 0, capsys.readouterr().out


def change(language, words, **fields):
    catalogue = translations.load(language)
    message = catalogue.get(words)
    for name, value in fields.items():
        setattr(message, name, value)
    write(language, catalogue)


def test_an_empty_one_is_told(translated):
    change("bn", "Hello", string="")
    assert list(translations.problems()) == ["bn: not translated or fuzzy: 'Hello'"]


def test_a_doubtful_one_is_told(translated):
    change("id", "Hello", flags={"fuzzy"})
    assert list(translations.problems()) == ["id: not translated or fuzzy: 'Hello'"]


def test_a_lost_placeholder_is_told(translated):
    change("bn", "You have %(n)s cases", string="আছে")
    assert any("You have" in sentence for sentence in translations.problems())


def test_a_word_no_longer_used_is_told(translated):
    (translated / "accounts/views.py").write_text(CODE.replace('_("Hello"); ', ""))
    assert set(translations.problems()) == {
        f"{language}: no longer used:  'Hello'" for language in translations.LANGUAGES
    }


def test_updating_keeps_what_was_translated(translated):
    change("bn", "Hello", string="হ্যালো")
    translations.update()
    assert translations.load("bn").get("Hello").string == "হ্যালো"


def test_compiled_catalogues_are_written_once(translated):
    translations.compile_all()
    target = translations.catalogue_path("bn").with_suffix(".mo")
    first = target.stat().st_mtime_ns
    translations.compile_all()
    assert target.stat().st_mtime_ns == first


def test_words_of_packages_are_borrowed(project, monkeypatch):
    monkeypatch.setattr(translations, "BORROWED", {"allauth": ("account/forms.py", "mfa/**/*.py")})
    found = {message.id: message for message in translations.from_sources() if message.id}
    assert "Current Password" in found
    places = [place for message in found.values() for place, _ in message.locations]
    assert "allauth/account/forms.py" in places
    assert not any("webauthn" in place for place in places)
