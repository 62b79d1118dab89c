import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.usefixtures("in_force")


def route(*arguments, **options):
    out, err = io.StringIO(), io.StringIO()
    call_command("route", *map(str, arguments), country="bd", stdout=out, stderr=err, **options)
    return out.getvalue()


def write(path, rows, columns=("id", "text", "place", "category")):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_one_text_is_explained():
    answer = route("--text", "No electricity here")
    assert answer.startswith("grid  Grid Department")
    assert "power (80): About power." in answer


def test_a_place_may_be_a_code_or_names():
    for place in ("3.47.1", "Dhaka/Gazipur", "Gazipur"):
        assert route("--text", "meter", "--place", place).startswith("grid-district-3.47")
    assert route("--text", "meter").startswith("To the desk: place_needed")


def test_one_text_as_json():
    answer = json.loads(route("--text", "No electricity", "--json"))
    assert answer["agency"] == answer["target"] == "grid"
    assert answer["agency_name"] == "Grid Department"
    assert answer["reasons"][0]["found"] == ["no electricity"]


def test_a_file_comes_back_row_by_row_in_order(tmp_path):
    given = write(
        tmp_path / "in.csv",
        [
            ["7", 'No electricity,\nsince "yesterday"', "", ""],
            ["x", "", "", ""],
            ["7", "meter", "Dhaka/Gazipur", ""],
            ["9", "বিদ্যুৎ নেই 😀", "nowhere", "nonsense"],
            ["10", "the engineer wants a bribe for no electricity", "", ""],
        ],
    )
    out = tmp_path / "out.csv"
    route("--csv", given, "--out", out)
    rows = read(out)
    assert [row["id"] for row in rows] == ["7", "x", "7", "9", "10"]
    assert [row["agency"] for row in rows] == ["grid", "", "grid-district-3.47", "", ""]
    assert rows[0]["agency_name"] == "Grid Department"
    assert rows[0]["text"] == 'No electricity,\nsince "yesterday"'
    assert rows[1]["agency_name"] == rows[1]["suggested"] == ""
    assert (rows[4]["suggested"], rows[4]["desk_because"]) == ("grid", "misconduct")
    assert all(0 <= float(row["confidence"]) <= 1 for row in rows)
    assert json.loads(rows[0]["reasons"])[0]["rule"] == "power"


def test_only_the_text_is_needed_and_other_columns_stay(tmp_path):
    given = write(tmp_path / "in.csv", [["No electricity", "keep"]], ["text", "extra"])
    out = tmp_path / "out.csv"
    route("--csv", given, "--out", out)
    assert read(out)[0]["extra"] == "keep"


def test_a_file_as_json_lines(tmp_path):
    given = write(tmp_path / "in.csv", [["1", "No electricity", "", ""]])
    out = tmp_path / "out.jsonl"
    route("--csv", given, "--out", out, "--json")
    assert json.loads(out.read_text())["agency"] == "grid"


def test_a_file_with_a_byte_order_mark_and_a_huge_cell(tmp_path):
    given = tmp_path / "in.csv"
    given.write_text("\ufeffid,text\n1," + "long " * 300_000 + "\n2,no electricity\n")
    out = tmp_path / "out.csv"
    route("--csv", given, "--out", out)
    assert [row["agency"] for row in read(out)] == ["", "grid"]


def test_mistaken_use_is_told(tmp_path):
    bare = write(tmp_path / "bare.csv", [["1"]], ["id"])
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"id,text\n1,\xff\xfe\n")
    for arguments, message in (
        ([], "either --text or --csv"),
        (["--text", "a", "--csv", bare], "either --text or --csv"),
        (["--csv", tmp_path / "none.csv"], "no such file"),
        (["--csv", bare], "no column “text”"),
        (["--csv", binary], "not UTF-8"),
    ):
        with pytest.raises(CommandError, match=message):
            route(*arguments)


def test_without_rules_it_says_what_to_do(in_force):
    in_force.delete()
    with pytest.raises(CommandError, match="load_country bd"):
        route("--text", "a")


def test_evaluation_counts_with_denominators(tmp_path, in_force):
    columns = ["nid", "subject", "agency_label", "agency_level_guess", "text", "sector", "city"]
    test = write(
        tmp_path / "test.csv",
        [
            ["1", "", "Grid Department", "national ministry/agency/unit", "No electricity", "other",
             ""],
            ["2", "", "Ministry of Roads", "regional office", "no electricity here", "land", ""],
            ["3", "", "Nobody", "other", "Hello", "other", ""],
            ["4", "", "Ministry of Roads", "other", "seen before", "other", ""],
        ],
        columns,
    )  # fmt: skip
    train = write(
        tmp_path / "train.csv", [["4", "", "Ministry of Roads", "other", "Seen  before", "other", ""]],
        columns,
    )  # fmt: skip
    out = io.StringIO()
    call_command("evaluate_routing", test=test, train=train, json=True, country="bd", stdout=out)
    report = json.loads(out.getvalue())
    assert report["rows"] == {"train": 1, "test": 4, "test_not_in_train": 3}
    found = report["runs"][0]["figures"]
    assert (found["rows"], found["sent"]) == (3, 2)
    assert found["desk"] == {"no_rule": 1}
    assert found["when_sent"]["sector"] == {"right": 1, "of": 2, "share": 0.5}
    assert found["when_sent"]["exact agency, where the registry has one"]["right"] == 1
    assert found["guess"]["level"] == {"right": 1, "of": 3, "share": 0.3333}
    out = io.StringIO()
    call_command("evaluate_routing", test=test, train=train, country="bd", stdout=out)
    assert "1 of 2 (50.0%)" in out.getvalue()


def test_evaluation_needs_its_columns(tmp_path):
    with pytest.raises(CommandError, match="no column agency_label"):
        call_command("evaluate_routing", test=write(tmp_path / "a.csv", []), country="bd")
