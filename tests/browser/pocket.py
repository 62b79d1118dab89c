"""A phone on which the portal is used as an app: what tests do with it, and what they ask it."""

import time

import pytest

from tests.browser.axe import findings, width_needed

TEXT = "রাস্তায় তিন সপ্তাহ ধরে বাতি জ্বলছে না, রাতে মানুষ পড়ে যায়।"
SEND = "[data-writing] form button.govuk-button"
RECEIPT = "[data-part=receipt]:not([hidden])"
KEPT = """async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name);
    return names.includes("kept") ? await Kept.all() : [];
}"""
CACHED = """async () => {
    const found = [];
    for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) {
            found.push(new URL(request.url).pathname);
        }
    }
    return found.sort();
}"""


def look(page) -> None:  # type: ignore[no-untyped-def]
    """Nothing for axe to find, and nothing to be pushed sideways."""
    assert findings(page) == []
    assert width_needed(page) <= page.viewport_size["width"]


def install(page, language: str = "bn") -> None:  # type: ignore[no-untyped-def]
    """Visit the portal, and wait until the worker has everything."""
    page.goto(f"/{language}/")
    state = page.evaluate(
        "navigator.serviceWorker.ready.then(({active}) => new Promise((resolve) => {"
        " if (active.state === 'activated') resolve(active.state);"
        " active.addEventListener('statechange', () => resolve(active.state)); }))"
    )
    assert state == "activated"


def write(page, *, about: str = "no", keep: bool = True, **parts: str) -> None:  # type: ignore[no-untyped-def]
    page.check(f"[name=about][value={about}]")
    for name, words in ({"text": TEXT} | parts).items():
        page.fill(f"[name={name}]", words)
    if keep:
        page.check("[name=keep]")


def given(page) -> dict[str, str]:  # type: ignore[no-untyped-def]
    """What the receipt on the page says."""
    page.wait_for_selector(RECEIPT)
    return {
        "number": page.inner_text("#case-number"),
        "secret": page.inner_text("#secret-follow"),
        "withdrawal": page.inner_text("#secret-withdraw"),
    }


def until(page, promised: str) -> None:  # type: ignore[no-untyped-def]
    """Ask the page until what an expression promises is true."""
    end = time.monotonic() + 15
    while not page.evaluate(promised):
        if time.monotonic() > end:
            pytest.fail(f"still not so: {promised}")
        page.wait_for_timeout(50)
