"""import(export(x)) = x: in each kind of file, for each story that a case can have."""

from pathlib import Path

import time_machine
from hypothesis import given
from hypothesis import strategies as st

from complaints.models import Case
from systems.past.columns import (
    CELL,
    as_cells,
    comparable_row,
    guarded,
    joined,
    spelled,
    unguarded,
    unspelled,
)
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.systems.bringing import faults
from tests.systems.taking_out import brought, differences, later, lived, numbers, rows, written

#: Any text that the database holds.
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


def test_what_was_taken_out_comes_back_as_it_was(
    scene: Scene, clock: time_machine.Traveller, tmp_path: Path
) -> None:
    heard = next(play for play in lived(scene) if play.moves[-1] == "set_hearing")
    later(scene, clock, 12)
    heard.hold_hearing().uphold()
    ministry = scene.cast.ministry
    before = rows(ministry)
    files = [written(tmp_path, ministry, form) for form in ("jsonl", "csv", "xlsx")]

    for path in files:
        source = path.suffix
        assert [o.doubts for o in brought(path, source) if o.result != "made"] == []
        known, after = numbers(source), rows(ministry)
        assert set(known) == set(before)
        assert differences(before, {old: after[new] for old, new in known.items()}) == []
        assert Case.objects.filter(imported_from=source).count() == len(before)
    assert faults() == []


@given(TEXTS)
def test_no_text_of_a_csv_file_is_a_formula_and_each_comes_back(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert unguarded(guarded(text)) == text


@given(TEXTS)
def test_any_text_is_spelled_for_a_spreadsheet_and_read_again(text: str) -> None:
    assert unspelled(spelled(text)) == text
    assert "\r" not in spelled(text)


@given(st.text(st.sampled_from("ab🔥"), min_size=1, max_size=9), st.integers(-3, 3))
def test_a_text_longer_than_a_cell_goes_on_in_the_next_and_comes_back(
    piece: str, more: int
) -> None:
    text = (piece * CELL)[: CELL + more]
    cells = as_cells({"text": text})
    assert all(len(cell.encode("utf-16-le")) // 2 <= CELL for cell in cells.values())
    assert joined(cells)["text"] == text


def test_a_story_longer_than_a_cell_comes_back_from_a_workbook(
    scene: Scene, tmp_path: Path
) -> None:
    play = Play(scene).forward()
    Case.objects.update(text="It hums, day and night. " * 1500 + "🔥")
    row = rows(scene.cast.department)[play.number]
    brought(written(tmp_path, scene.cast.department, "xlsx"), "long")

    after = rows(scene.cast.department)[numbers("long")[play.number]]
    assert comparable_row(after) == comparable_row(row)
