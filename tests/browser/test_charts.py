"""Charts in a real browser: nothing for axe to find, no word over another, in any colours."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from tests.browser.axe import findings, width_needed
from tests.oversight.charts_shown import every_chart, page

pytestmark = [pytest.mark.browser]
WIDTHS = (360, 1280)
#: Words that lie over each other or off their picture, by the boxes that the browser drew.
OVERLAPS = """() => {
  const found = [];
  for (const svg of document.querySelectorAll(".app-chart svg")) {
    if (!svg.getClientRects().length) continue;
    const paper = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll("text")].map(
      (text) => [text.textContent.trim(), text.getBoundingClientRect()]);
    boxes.forEach(([words, box], at) => {
      const off = [paper.left - box.left, box.right - paper.right, box.bottom - paper.bottom];
      if (Math.max(...off) > 6) found.push("off: " + words);
      for (const [other, there] of boxes.slice(at + 1)) {
        const wide = Math.min(box.right, there.right) - Math.max(box.left, there.left);
        const high = Math.min(box.bottom, there.bottom) - Math.max(box.top, there.top);
        if (wide > 1 && high > box.height * 0.4) found.push(words + " / " + other);
      }
    });
  }
  return found;
}"""


@pytest.fixture
def shown(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """A function that opens the page of all charts in a language, at a width."""
    windows = []

    def open_page(language: str, width: int, **options: Any) -> Any:
        with override(language):
            markup = page(every_chart(language), language)
        path = tmp_path / f"{language}.html"
        path.write_text(markup, encoding="utf-8")
        window = browser.new_context(viewport={"width": width, "height": 800}, **options)
        windows.append(window)
        opened = window.new_page()
        opened.goto(path.as_uri())
        return opened

    yield open_page
    for window in windows:
        window.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_axe_finds_nothing_and_no_word_lies_over_another_or_beyond_the_edge(
    shown: Any, language: str, width: int
) -> None:
    opened = shown(language, width)
    opened.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert findings(opened) == []
    assert opened.evaluate(OVERLAPS) == []
    assert width_needed(opened) <= width


def test_words_over_each_other_are_found(shown: Any) -> None:
    opened = shown("en", 360)
    opened.evaluate(
        "document.querySelectorAll('#open text').forEach((t) => t.setAttribute('y', 40))"
    )
    assert opened.evaluate(OVERLAPS) != []


def test_one_picture_is_shown_the_one_for_the_room_there_is(shown: Any) -> None:
    for width, seen, hidden in ((360, "narrow", "wide"), (1280, "wide", "narrow")):
        opened = shown("en", width)
        assert opened.locator(f"#received .app-chart__{seen}").is_visible()
        assert not opened.locator(f"#received .app-chart__{hidden}").is_visible()


def test_letters_on_a_phone_are_as_large_as_drawn(shown: Any) -> None:
    opened = shown("en", 360)
    scale = opened.evaluate(
        "document.querySelector('#received .app-chart__narrow svg').clientWidth / 328"
    )
    assert scale > 0.98


def test_the_table_opens_by_keyboard_and_a_district_is_reached_by_it(shown: Any) -> None:
    opened = shown("en", 360)
    summary = opened.locator("#open summary")
    summary.focus()
    opened.keyboard.press("Enter")
    assert opened.locator("#open table").is_visible()
    opened.locator("#map-bd a").first.focus()
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.getAttribute('href')").startswith("/places/")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_in_a_reader_s_own_colours_nothing_disappears(shown: Any, scheme: str) -> None:
    opened = shown("en", 1280, forced_colors="active", color_scheme=scheme)
    # Marks and lines have the colour of words, not that of the paper.
    colours = opened.evaluate(
        """() => [["body", "color"], ["#open rect.c-mark", "fill"], ["#four path.c-line", "stroke"]]
          .map(([name, what]) => getComputedStyle(document.querySelector(name))[what])"""
    )
    assert len(set(colours)) == 1
    assert colours[0] != opened.evaluate("getComputedStyle(document.body).backgroundColor")


def test_on_paper_the_figures_are_open(shown: Any) -> None:
    opened = shown("en", 1280)
    assert not opened.locator("#open table").is_visible()
    opened.emulate_media(media="print")
    assert opened.locator("#open table").is_visible()
    height = opened.evaluate("document.querySelector('#open table').getBoundingClientRect().height")
    assert height > 200
