"""A line without end: refused where it stands, the next one read, and no memory filled."""

import json
import tracemalloc
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from systems.models import Doubt, Import
from systems.past import lines, reading
from systems.past.lines import lines_of
from systems.past.reading import Row, Unreadable, open_source
from tests.complaints.conftest import Scene
from tests.systems.bringing import Bench, case_of, codes, counted, rows_of

LONGEST = 5_000
#: Bytes that reading may take: much less than the long line has, more than what is read at once.
MOST_MEMORY, LONG = 8 * 1024 * 1024, 40 * 1024 * 1024


@pytest.fixture(autouse=True)
def _not_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", LONGEST)
    monkeypatch.setattr(reading, "LONGEST_LINE", LONGEST)
    monkeypatch.setattr(lines, "PIECE", 1_000)


def a_line(length: int, external_id: str) -> str:
    """A good row of so many characters, its end not counted."""
    short = json.dumps({"id": external_id, "text": ""}, ensure_ascii=False)
    return json.dumps({"id": external_id, "text": "ক" * (length - len(short))}, ensure_ascii=False)


def read(path: Path) -> list[Row]:
    return list(open_source(path).rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_the_longest_line_is_read_and_one_letter_more_is_refused(
    tmp_path: Path, encoding: str, end: str
) -> None:
    path = tmp_path / "old.jsonl"
    wanted = [a_line(LONGEST, "1"), a_line(LONGEST + 1, "2"), "", a_line(90, "3")]
    path.write_bytes((end or "\n").join(wanted).encode(encoding))
    told = [(row.number, row.wrong, row.cells.get("id")) for row in read(path)]
    assert told == [(1, "", "1"), (2, "line_too_long", None), (4, "", "3")]


@pytest.mark.parametrize("over", [1, 2, 999, 1_000, 1_001, 5_000])
def test_wherever_a_long_line_ends_the_next_one_is_whole(over: int) -> None:
    file = StringIO(f"a\n{'x' * (LONGEST + over)}\nb\n{'y' * (LONGEST + over)}")
    assert list(lines_of(file)) == ["a\n", None, "b\n", None]


def test_its_memory_is_not_that_of_the_line(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    with path.open("w") as file:
        for _part in range(LONG // 1024):
            file.write("x" * 1024)
        file.write('\n{"id": 7}\n')
    tracemalloc.start()
    try:
        rows = read(path)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [row.wrong for row in rows] == ["line_too_long", ""]
    assert most < MOST_MEMORY


def test_an_import_refuses_the_line_with_its_number_and_goes_on(
    scene: Scene, tmp_path: Path
) -> None:
    bench = Bench(tmp_path)
    long = {"Complaint": "It is dark. " * 1_000}
    path = bench.lines(*rows_of([{}, long, {}]))

    told = bench.command(path)
    assert "line_too_long: The line has more than 64 million characters" in told
    assert "(rows 2)" in told
    assert counted() == (3, 2, 0, 1)
    (doubt,) = Doubt.objects.all()
    assert (doubt.row, doubt.code, doubt.external_id) == (2, "line_too_long", "")
    assert case_of("G-3").text == case_of("G-1").text


def test_an_import_that_was_stopped_behind_it_goes_on_there(scene: Scene, tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    path = bench.lines(*rows_of([{"Complaint": "It is dark. " * 1_000}, {}, {}]))
    first = bench.bring(path, limit=2)
    assert [codes(outcome) for outcome in first] == [{"line_too_long"}, set()]
    bench.bring(path)
    assert counted() == (3, 2, 0, 1)
    assert Import.objects.get().ended_at is not None


def tables() -> Iterator[str]:
    yield f"id,text\n1,short\n2,{'x' * (LONGEST + 1)}\n"
    # Many cells, none of them too long.
    yield "id,text\n1,short\n2" + ",x" * LONGEST + "\n"


@pytest.mark.parametrize("table", list(tables()))
def test_a_table_with_such_a_line_is_none(tmp_path: Path, table: str) -> None:
    path = tmp_path / "old.csv"
    path.write_text(table)
    rows = open_source(path).rows()
    assert next(rows).cells == {"id": "1", "text": "short"}
    with pytest.raises(Unreadable, match=r"old\.csv: line 3 has more than 64 million characters"):
        next(rows)


def test_a_table_whose_heading_has_no_end_is_none(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("id," * LONGEST)
    with pytest.raises(Unreadable, match="line 1 has more than 64 million"):
        read(path)
