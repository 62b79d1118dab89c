"""However long a file is, reading and bringing it in takes the same memory."""

import gc
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from systems.past import running
from systems.past.reading import open_source
from systems.past.repeats import Repeats
from tests.complaints.conftest import Scene
from tests.systems.bringing import Bench, rows_of

#: Rows between two looks, and bytes that may be left of these: a list of them would hold ten times as many.
ROWS, LEFT = 600, 150_000


@pytest.fixture
def bench(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(running, "BATCH", 100)
    return Bench(tmp_path)


def grown(steps: Iterator[object], warm: int, more: int) -> int:
    """Bytes that are left when so many steps more are done, after the first ones."""
    tracemalloc.start()
    try:
        for _step in range(warm):
            next(steps)
        gc.collect()
        before, _peak = tracemalloc.get_traced_memory()
        for _step in range(more):
            next(steps)
        gc.collect()
        after, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return after - before


def run(bench: Bench, path: Path, *, dry: bool) -> running.Run:
    return running.Run(open_source(path), bench.meanings(), "0" * 64, dry=dry)


@pytest.mark.parametrize("dry", [True, False])
@pytest.mark.parametrize("kind", ["csv", "lines"])
def test_a_run_keeps_nothing_of_the_rows_behind_it(bench: Bench, dry: bool, kind: str) -> None:
    words = ({"Complaint": f"The lamp number {n} is dark. " * 30} for n in range(ROWS + 500))
    rows = rows_of(list(words))
    path = bench.csv(*rows) if kind == "csv" else bench.lines(*rows)
    del rows

    assert grown(run(bench, path, dry=dry).batches(), 4, ROWS // 100) < LEFT


def test_a_million_ids_are_remembered_on_disk() -> None:
    repeats = Repeats()

    def seen() -> Iterator[None]:
        for n in range(200_000):
            repeats.seen(f"G-{n}", "f" * 64)
            yield

    assert grown(seen(), 1_000, 100_000) < LEFT
    assert repeats.seen("G-7", "0") == "f" * 64
    assert repeats.seen("G-190000", "0") is None
    repeats.close()
