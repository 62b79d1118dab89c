"""What tests of the dashboards share: figures counted anew, and numbers read from a page."""

import re

from django.core.cache import cache

from oversight.figures import keeping
from tests.oversight.conftest import House


def counted(house: House) -> House:
    """All figures made anew from the events, nothing of before remembered."""
    keeping.rebuild()
    cache.clear()
    return house


def count_of(html: str, title: str) -> int:
    """The number above a title among the counts on top of a page."""
    found = re.search(rf"<strong>([\d,]+)</strong>{re.escape(title)}</a>", html)
    assert found, title
    return int(found[1].replace(",", ""))


def link_of(html: str, title: str) -> str:
    """Where the count of that title leads to, as a path without its language."""
    found = re.search(
        rf'href="/en([^"]*)"[^>]*><strong>[\d,]+</strong>{re.escape(title)}</a>', html
    )
    assert found, title
    return found[1].replace("&amp;", "&")


def tile(html: str, name: str) -> str:
    """What a tile of the period says, as one line of words."""
    found = re.search(rf"<dt>{re.escape(name)}</dt>(.*?)</div>", html, re.DOTALL)
    assert found, name
    hidden = re.sub(r'<span class="govuk-visually-hidden">.*?</span>', "", found[1])
    return " ".join(re.sub(r"<[^>]*>", " ", hidden).split()).replace(" ,", ",")


def row_of(html: str, name: str) -> list[str]:
    """The cells of the table's row with that name, as words; those for listeners alone left out."""
    for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL):
        plain = re.sub(r'<span class="govuk-visually-hidden">.*?</span>', "", row, flags=re.DOTALL)
        cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", plain, re.DOTALL)
        words = [" ".join(re.sub(r"<[^>]*>", " ", cell).split()) for cell in cells]
        if words and words[0] == name:
            return words[1:]
    raise AssertionError(f"no row {name}")
