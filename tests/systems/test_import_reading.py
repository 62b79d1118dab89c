"""Files as rows: how they are parted and encoded, what is said of broken ones. No database."""

import codecs
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from random import Random
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import time_machine
from openpyxl import Workbook

from systems.past.reading import Form, Row, Unreadable, open_source


def rows_of(path: Path, form: Form | None = None) -> list[Row]:
    return list(open_source(path, form).rows())


def written(folder: Path, content: str | bytes, name: str = "old.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_sign_between_cells_is_found_in_the_heading(tmp_path: Path, sign: str) -> None:
    path = written(tmp_path, f'id{sign}"a;b,c|d\te"{sign}text\n1{sign}x{sign}y\n')

    assert rows_of(path)[0].cells == {"id": "1", "a;b,c|d e": "x", "text": "y"}


@pytest.mark.parametrize(
    "content",
    [
        "id;নাম\n1;ঢাকা\n".encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + "id;নাম\n1;ঢাকা\n".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "id;নাম\n1;ঢাকা\n".encode("utf-16-be"),
        "id;নাম\r\n1;ঢাকা\r\n".encode(),
    ],
)
def test_marks_of_encodings_are_read(tmp_path: Path, content: bytes) -> None:
    assert rows_of(written(tmp_path, content)) == [Row(2, {"id": "1", "নাম": "ঢাকা"})]


def test_another_encoding_is_never_guessed_and_read_where_it_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "id,text\n1,café\n".encode("cp1252"))

    with pytest.raises(Unreadable, match=r'not utf-8 \(near byte 1[0-9]\).*encoding = "cp1252"'):
        open_source(path)
    assert rows_of(path, Form(encoding="cp1252"))[0].cells["text"] == "café"


def test_letters_that_are_cut_off_at_the_end_are_noticed(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="not utf-8"):
        open_source(written(tmp_path, "id,text\n1,ঢাকা".encode()[:-1]))


def test_a_cell_may_go_over_lines_and_the_row_keeps_its_number(tmp_path: Path) -> None:
    path = written(tmp_path, 'id,text\n1,"one\ntwo"\n\n2,three\n')

    assert [(row.number, row.cells["text"]) for row in rows_of(path)] == [
        (2, "one\ntwo"),
        (4, "three"),
    ]


def test_cells_too_many_or_too_few_are_marked(tmp_path: Path) -> None:
    path = written(tmp_path, "id,text\n1,a,b\n2\n3,c,\n")

    assert [row.wrong for row in rows_of(path)] == ["cells_too_many", "cells_missing", ""]
    assert rows_of(path)[1].cells == {"id": "2", "text": ""}


def test_null_bytes_are_left_out(tmp_path: Path) -> None:
    assert rows_of(written(tmp_path, "id,text\n1,a\0b\n"))[0].cells["text"] == "ab"


def test_a_quotation_mark_that_is_never_closed_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("systems.past.reading.LONGEST_CELL", 1000)
    path = written(tmp_path, 'id,text\n1,"open\n' + "2,more\n" * 500)

    with pytest.raises(Unreadable, match="quotation mark"):
        rows_of(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "no heading"), ("\n\n", "no heading"), ("id,Text, text \n", "same name: text")],
)
def test_a_heading_has_to_be_there_and_to_say_one_thing(
    tmp_path: Path, content: str, said: str
) -> None:
    with pytest.raises(Unreadable, match=said):
        rows_of(written(tmp_path, content))


def test_other_kinds_of_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"only \.csv"):
        open_source(written(tmp_path, "", "old.ods"))


# --- XLSX ------------------------------------------------------------------------------------------------


def workbook(folder: Path, *rows: Sequence[object], sheet: str = "") -> Path:
    book = Workbook()
    page = book.active
    assert page is not None
    if sheet:
        page.append(["a cover"])
        page = book.create_sheet(sheet)
    for row in rows:
        page.append(row)
    book.save(folder / "old.xlsx")
    return folder / "old.xlsx"


def test_numbers_and_dates_of_a_workbook_keep_their_kind(tmp_path: Path) -> None:
    at = datetime(2017, 2, 3, 9, 30)
    path = workbook(
        tmp_path, ["Id", "Filed", "Mark", "Yes"], [1234.0, at, 4.5, True], [], [2, None, 5, False]
    )

    first, second = rows_of(path)
    assert first == Row(2, {"id": "1234", "filed": at, "mark": "4.5", "yes": "yes"})
    assert second == Row(4, {"id": "2", "filed": "", "mark": "5", "yes": "no"})


def test_a_number_of_more_digits_than_a_workbook_keeps_is_marked(tmp_path: Path) -> None:
    (row,) = rows_of(workbook(tmp_path, ["Id", "Phone"], [3271046108900001, 123456789012345]))

    assert row.rounded == ("id",)


def test_a_sheet_is_taken_by_its_name(tmp_path: Path) -> None:
    path = workbook(tmp_path, ["id"], [1], sheet="Cases")

    assert rows_of(path, Form(sheet="Cases"))[0].cells == {"id": "1"}
    with pytest.raises(Unreadable, match="no sheet 'Nothing'"):
        rows_of(path, Form(sheet="Nothing"))


def test_what_only_calls_itself_a_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="no XLSX file"):
        rows_of(written(tmp_path, "id,text\n", "old.xlsx"))


def packed_anew(path: Path, part: str, changed: Mapping[str, str]) -> Path:
    """The workbook with words of one of its parts changed."""
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts[part].decode()
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in (parts | {part: text.encode()}).items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("part", "changed", "said"),
    [
        ("xl/worksheets/sheet1.xml", {"</sheetData>": "<"}, "is damaged behind row 301"),
        ("xl/worksheets/sheet1.xml", {"<v>149</v>": "<v>x</v>"}, "is damaged behind row 149"),
        ("xl/worksheets/sheet1.xml", {"<sheetData>": "<"}, "is no XLSX file, or it is damaged"),
        ("[Content_Types].xml", {"<": ""}, "is no XLSX file, or it is damaged"),
        ("xl/workbook.xml", {"<sheets>": "<sheets/><x>", "</sheets>": "</x>"}, "has no sheet"),
    ],
)
def test_a_workbook_that_is_damaged_is_read_until_there_and_then_said_to_be(
    tmp_path: Path, part: str, changed: dict[str, str], said: str
) -> None:
    rows = [["id", "n"], *([f"G-{n}", n] for n in range(1, 301))]
    path = packed_anew(workbook(tmp_path, *rows), part, changed)

    with pytest.raises(Unreadable, match=f"old.xlsx {said}"):
        rows_of(path)


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_wrong_with_a_workbook_is_said_in_words(tmp_path: Path, seed: int) -> None:
    with time_machine.travel(datetime(2026, 11, 22), tick=False):
        whole = workbook(tmp_path, ["id"], *([f"G-{n}"] for n in range(50))).read_bytes()
    rng, spoilt = Random(seed), bytearray(whole)
    for _ in range(rng.randint(1, 8)):
        spoilt[rng.randrange(len(whole))] = rng.randrange(256)
    path = written(
        tmp_path, bytes(spoilt[: rng.choice([None, rng.randrange(len(whole))])]), "b.xlsx"
    )

    with suppress(Unreadable):
        rows_of(path)


def test_a_workbook_of_more_words_than_can_be_held_at_once_is_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("systems.past.workbook.MOST_WORDS", 3 << 20)
    path = workbook(tmp_path, ["id"], [1])
    assert rows_of(path) == [Row(2, {"id": "1"})]
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/SharedStrings.xml", b" " * (4 << 20))

    with pytest.raises(Unreadable, match=r"holds 4 MB of words.*and 3 MB is the most\. Save it"):
        rows_of(path)


# --- JSON Lines ------------------------------------------------------------------------------------------


def test_values_within_objects_are_named_by_both(tmp_path: Path) -> None:
    line = (
        '{"Id": 7, "Where": {"Lat": 23.5, "Named": null}, "ok": true, "history": [{"at": "x"}]}\n'
    )

    (row,) = rows_of(written(tmp_path, "\n" + line, "old.jsonl"))

    assert row == Row(
        2,
        {"id": "7", "where.lat": "23.5", "where.named": "", "ok": "yes", "history": [{"at": "x"}]},
    )


@pytest.mark.parametrize("line", ["{", "[1]", '"text"', '{"a": "\\ud800"}', "[" * 100_000])
def test_a_line_that_is_no_object_is_one_row_that_is_refused(tmp_path: Path, line: str) -> None:
    rows = rows_of(written(tmp_path, line + '\n{"id": 1}\n', "old.jsonl"))

    assert [(row.wrong, row.cells) for row in rows] == [("not_json", {}), ("", {"id": "1"})]
