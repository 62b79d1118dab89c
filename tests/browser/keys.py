"""Keys pressed in a busy browser, which now and then does not hear one: then it is pressed once more."""

import re
from typing import Any

from playwright.sync_api import TimeoutError as NotYet

TRIES, PATIENCE = 3, 10_000


def press_to_go(page: Any, key: str, address: str) -> None:
    """Press a key that leads to another page, whose address holds this pattern."""
    for left in reversed(range(TRIES)):
        try:
            with page.expect_navigation(url=re.compile(address), timeout=PATIENCE):
                page.keyboard.press(key)
            return
        except NotYet:
            if not left:
                raise


def press_to_focus(page: Any, key: str, what: str) -> None:
    """Press a key that puts the focus on what this selector finds."""
    for left in reversed(range(TRIES)):
        page.keyboard.press(key)
        try:
            page.wait_for_function(
                "what => document.activeElement.matches(what)", arg=what, timeout=PATIENCE
            )
            return
        except NotYet:
            if not left:
                raise
