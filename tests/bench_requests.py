"""What a request costs: application CPU in milliseconds, and SQL statements without BEGIN and COMMIT.

`python -m pytest -q -s tests/bench_requests.py` (part of `make bench`): each page is asked for many times
through Django's test client, with templates rendered as in production; the median of the CPU time of
this process is printed beside the budget. The database's own time is not in it.

A busy machine makes everything slower. So each request is measured together with a yardstick, a fixed
piece of plain Python, and a page fails that takes a third more of it than it once took (REACHED), as
does one that asks more statements than its budget.
"""

import gc
import statistics
from collections.abc import Callable
from time import process_time
from typing import Any

import pytest
from django.db import connection
from django.template.base import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext, _TestState

from tests.complaints.conftest import Scene, cast, clock, scene
from tests.complaints.play import Play

__all__ = ["cast", "clock", "scene"]

TIMES, WARM = 60, 8
NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
#: Page: CPU in milliseconds, statements.
BUDGETS = {
    "file": (8, 12),
    "inbox of 50 rows": (15, 8),
    "case page": (12, 10),
    "move": (8, 14),
    "public case": (4, 5),
    "track page": (4, 5),
}
#: What each took at last, in yardsticks; so much more of it fails.
REACHED = {
    "file": 8.0,
    "inbox of 50 rows": 15.0,
    "case page": 12.0,
    "move": 7.6,
    "public case": 3.3,
    "track page": 9.3,
}
WORSE = 1.33
TEXT = "The electricity meter in our house shows a wrong number since March and nobody comes. " * 3


def yardstick() -> None:
    """What plain Python does all day, about as long as a millisecond."""
    for number in range(300):
        words = {str(at): f"{number}:{at}" for at in range(8)}
        ",".join(sorted(words.values(), key=len)).replace("1", "2").split(",")


def cpu(act: Callable[[], Any]) -> float:
    """Milliseconds of this process."""
    begun = process_time()
    act()
    return (process_time() - begun) * 1000


@pytest.fixture(autouse=True)
def _rendered_as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what tests do to see which templates were rendered."""
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)


def measure(
    name: str,
    act: Callable[[], Any],
    times: int = TIMES,
    between: Callable[[], Any] = lambda: None,
) -> None:
    """Ask many times, print the median, and hold the statements to their budget.

    `between` is done each time before, and not measured.
    """
    for _ in range(WARM):
        between()
        act()
    between()
    with CaptureQueriesContext(connection) as captured:
        act()
    statements = [q for q in captured if not q["sql"].startswith(NOT_COUNTED)]
    gc.collect()
    pairs = []
    for _ in range(times):
        between()
        pairs.append((cpu(act), cpu(yardstick)))
    spent = statistics.median(took for took, _stick in pairs)
    sticks = statistics.median(took / stick for took, stick in pairs)
    budget, sql = BUDGETS[name]
    verdict = "within" if spent <= budget else "OVER"
    print(
        f"{name:18} {spent:6.1f} ms (best {min(pairs)[0]:.1f}; budget {budget}: {verdict})"
        f" · {sticks:5.1f} yardsticks (before {REACHED[name]})"
        f" · {len(statements):2} SQL (budget {sql})"
    )
    assert sticks <= REACHED[name] * WORSE, f"{name} takes more than it once did"
    assert len(statements) <= sql, "\n".join(q["sql"][:150] for q in statements)


@pytest.fixture
def play(scene: Scene) -> Play:
    """A case that has been through some hands, published, and waits for its citizen's word."""
    play = Play(scene, text=TEXT, publish_consent=True)
    play.forward().accept().ask()
    play.scene.citizen(play.receipt)
    return play.reply().publish().message().note().answer()


def test_filing(client: Client, scene: Scene) -> None:
    body = {
        "text": TEXT,
        "place": scene.cast.upazila.code,
        "category": scene.cast.billing.code,
        "name": "Rahima",
        "phone": "01712345678",
    }
    measure(
        "file",
        lambda: client.post("/api/v1/complaints/", body, content_type="application/json"),
    )


def test_inbox(client: Client, scene: Scene) -> None:
    for _ in range(51):
        Play(scene, text=TEXT).forward()
    client.force_login(scene.cast.focal)
    measure("inbox of 50 rows", lambda: client.get("/en/office/"))


def test_case_page(client: Client, scene: Scene, play: Play) -> None:
    client.force_login(scene.cast.focal)
    measure("case page", lambda: client.get(f"/en/office/cases/{play.number}/"))


def test_a_move(client: Client, scene: Scene, play: Play) -> None:
    client.force_login(scene.cast.case_officer)
    page = f"/en/office/cases/{play.number}/"
    note = {"text": "They called, nobody was there."}
    # The page to which a browser is led says what was done: else that would pile up in the session.
    measure("move", lambda: client.post(f"{page}note/", note), between=lambda: client.get(page))


def test_public_case(client: Client, play: Play) -> None:
    measure("public case", lambda: client.get(f"/en/cases/{play.number}/"))


def test_track_page(client: Client, play: Play) -> None:
    client.post("/en/complaints/track/", {"number": play.number, "secret": play.receipt.secret})
    measure("track page", lambda: client.get(f"/en/complaints/track/{play.number}/"))
