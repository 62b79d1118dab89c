"""What the tests of pages rely on: axe finds what is wrong, and the measure what is too wide."""

from typing import Any

import pytest

from tests.browser.axe import findings, look, width_needed

pytestmark = pytest.mark.browser
CLEAN = """<html lang="en"><head><title>A page</title></head>
<body><main><h1>A page</h1>{}</main></body></html>"""
WIDE = "<div style='width: 500px'>Wide</div>"


@pytest.fixture
def bare(browser: Any) -> Any:
    """A page at phone width that nobody serves."""
    window = browser.new_context(viewport={"width": 360, "height": 740})
    yield window.new_page()
    window.close()


def test_nothing_is_found_on_a_clean_page(bare: Any) -> None:
    bare.set_content(CLEAN.format("<p>Words</p>"))
    assert findings(bare) == []
    look(bare)


def test_each_mistake_is_a_line_with_its_rule_and_where_it_is(bare: Any) -> None:
    bare.set_content(CLEAN.format("<img src=a><img src=b><p style='color: #bbb'>Pale</p>"))
    assert sorted(findings(bare)) == [
        'color-contrast (serious): <p style="color: #bbb">Pale</p>',
        'image-alt (critical): <img src="a">',
        'image-alt (critical): <img src="b">',
    ]
    with pytest.raises(AssertionError, match=r"at 360: \['image-alt|at 360: \['color-contrast"):
        look(bare)
    look(bare, with_axe=False)


def test_what_stands_beyond_the_edge_is_refused(bare: Any) -> None:
    bare.set_content(CLEAN.format(WIDE))
    assert width_needed(bare) >= 500
    with pytest.raises(AssertionError, match="at 360"):
        look(bare, with_axe=False)
