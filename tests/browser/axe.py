"""axe on a page: everything that WCAG 2.2 AA and good practice can be checked for by machine."""

from pathlib import Path

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def findings(page) -> list[str]:
    """What axe finds on the page as it is now, one line each; empty if all is well."""
    # A click has led to it, perhaps: on a busy machine its body may still be on the way.
    page.wait_for_load_state("load")
    if not page.evaluate("typeof window.axe === 'object'"):
        # Beside the page's own content policy, which lets no script of a test in.
        page.evaluate(AXE.read_text())
    found = page.evaluate("tags => axe.run({runOnly: tags})", RULES)
    return [
        f"{mistake['id']} ({mistake['impact']}): {node['html'][:200]}"
        for mistake in found["violations"]
        for node in mistake["nodes"]
    ]


def width_needed(page) -> int:
    """How wide the page is; more than its window means that it has to be pushed sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth"))
