"""Where keys do something, their help is there, and nowhere else: by the templates themselves."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
INCLUDED = re.compile(r'{% include "([^"]+)"')
HELP = "complaints/office_keys.html"
#: Rows that are put together in code.
ROWS = re.compile(r"{% case_rows |data-key-(?:list|open|search|actions)")


@cache
def reached(name: str) -> frozenset[str]:
    """A template with all that it includes, by their names."""
    text = (TEMPLATES / name).read_text()
    return frozenset({name}).union(*(reached(other) for other in INCLUDED.findall(text)))


def screens() -> list[str]:
    """Templates that are pages: those that stand in the frame of all pages."""
    names = (path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
    return sorted(name for name in names if '{% extends "base.html" %}' in text_of(name))


def text_of(name: str) -> str:
    return (TEMPLATES / name).read_text()


def has_keys(name: str) -> bool:
    return any(ROWS.search(text_of(part)) for part in reached(name))


def test_there_are_screens_with_keys_and_without() -> None:
    assert has_keys("oversight/cases.html")
    assert has_keys("complaints/office_inbox.html")
    assert not has_keys("start.html")


@pytest.mark.parametrize("name", [name for name in screens() if has_keys(name)])
def test_a_screen_with_keys_has_their_help(name: str) -> None:
    assert HELP in reached(name)


@pytest.mark.parametrize("name", [name for name in screens() if HELP in reached(name)])
def test_the_help_is_where_there_are_keys(name: str) -> None:
    assert has_keys(name)
