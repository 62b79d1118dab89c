"""axe on a page: everything that WCAG 2.2 AA and good practice can be checked for by machine."""

from pathlib import Path

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Only what is wrong is sent over: all that is well takes longer to send than axe to find it.
FINDINGS = """async (tags) => {
  const found = await axe.run({ runOnly: tags, resultTypes: ["violations"] });
  return found.violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html }) => `${id} (${impact}): ${html.slice(0, 200)}`));
}"""
#: How a page is seen: width, language, and whether axe looks on. Words do not change what axe finds,
#: but how much room they take: so each language is measured on a telephone, where room is short.
VIEWS = ((360, "bn", True), (360, "en", False), (360, "id", False), (1280, "en", True))
#: All that a page folds away is laid open.
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"


def findings(page) -> list[str]:
    """What axe finds on the page as it is now, one line each; empty if all is well."""
    # A click has led to it, perhaps: on a busy machine its body may still be on the way.
    page.wait_for_load_state("load")
    if not page.evaluate("typeof window.axe === 'object'"):
        # Beside the page's own content policy, which lets no script of a test in.
        page.evaluate(AXE.read_text())
    return list(page.evaluate(FINDINGS, RULES))


def width_needed(page) -> int:
    """How wide the page is; more than its window means that it has to be pushed sideways."""
    page.wait_for_load_state("load")
    # A click has led to it, perhaps, and the document that it leads to may not have begun.
    while (width := page.evaluate("document.documentElement?.scrollWidth ?? null")) is None:
        page.wait_for_load_state("load")
    return int(width)


def read(page, *paths: str, unfolded: bool = False) -> None:
    """Open pages in all `VIEWS`; a path is one without its language.

    Each has to be there, with nothing for axe to find and nothing beyond the edge.
    """
    for width, language, with_axe in VIEWS:
        page.set_viewport_size({"width": width, "height": 800})
        for path in paths:
            assert page.goto(f"/{language}/{path}").status == 200, page.url
            if unfolded:
                page.evaluate(UNFOLD)
            look(page, with_axe=with_axe)


def look(page, *, with_axe: bool = True) -> None:
    """The page as it is now: nothing beyond the edge, and nothing for axe to find."""
    width = page.viewport_size["width"]
    assert width_needed(page) <= width, f"{page.url} at {width}"
    found = findings(page) if with_axe else []
    assert found == [], f"{page.url} at {width}: {found}"


#: A refused form is an answer with status 4xx, which the browser reports by itself; and htmx reports a
#: question whose page was left before its answer came (what failed has other words there).
NO_MISTAKES = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")


def is_mistake(message) -> bool:
    """Whether a line of the browser's console says that something on the page is wrong."""
    return message.type == "error" and not message.text.startswith(NO_MISTAKES)
