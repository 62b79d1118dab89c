"""Odd rows: each is refused for a reason, or made with a doubt, and the import goes on behind it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import DataError, OperationalError

from complaints.models import Case, Event
from complaints.services import importing
from systems.models import Doubt, Import, Reference
from systems.past import mapping, running
from systems.past.reading import Unreadable, open_source
from systems.past.writing import Outcome
from tests.complaints.conftest import Scene
from tests.systems.bringing import DHAKA, Bench, case_of, codes, counted, faults

GOOD: dict[str, Any] = {
    "status": "closed",
    "text": "The lamp at the corner has been dark for a month.",
    "holder": "grid",
    "filed_at": "2019-03-01T08:30:00Z",
    "closed_at": "2019-03-15T08:30:00Z",
}
FILED = {"at": GOOD["filed_at"], "move": "submit", "to": "received"}
CLOSED = {"at": GOOD["closed_at"], "move": "lapse", "to": "closed"}


def step(**more: Any) -> dict[str, Any]:
    """A row whose history has one odd step."""
    middle = {"at": "2019-03-02T08:30:00Z", "move": "message", "to": "received"}
    return {"history": [FILED, {**middle, **more}, CLOSED]}


def bring(folder: Path, lines: Sequence[str]) -> list[Outcome]:
    """What becomes of lines of the portal's own format."""
    path = folder / "odd.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    run = running.Run(open_source(path), mapping.ours("odd", DHAKA), "0" * 64)
    return [outcome for batch in run.batches() for outcome in batch]


def line(number: int, row: dict[str, Any]) -> str:
    return json.dumps({**GOOD, "external_id": f"G-{number}", **row})


#: Values as JSON has them, and the code for which each is refused.
REFUSED: list[tuple[dict[str, Any], str]] = [
    (step(data=[]), "history_unread"),
    (step(data=None), "history_unread"),
    (step(said=[]), "history_unread"),
    (step(said={"text": None}), "history_unread"),
    (step(said={"te\0xt": "x"}), "history_unread"),
    (step(said={"x" * 41: "x"}), "history_unread"),
    (step(internal=None), "history_unread"),
    (step(internal="false"), "history_unread"),
    (step(internal=0), "history_unread"),
    (step(office="a\0b"), "history_unread"),
    (step(move="x" * 201), "history_unread"),
    (step(colour="red"), "history_unread"),
    (step(at="0001-01-01T00:00:00Z"), "history_unread"),
    (step(at="9999-12-31T23:59:59-14:00"), "history_unread"),
    ({"history": [[]]}, "history_unread"),
    ({"history": {}}, ""),
    ({"history": "[NaN]"}, "history_unread"),
    ({"history": "[" * 5_000}, "history_unread"),
    ({"history": [FILED] * 5_001}, "history_unread"),
    ({"history": [[[[[[[[[[[1]]]]]]]]]]]}, "too_deep"),
    (step(data={"at": float("nan")}), "not_json"),
    ({"latitude": float("inf")}, "not_json"),
    ({"latitude": 91, "longitude": 0}, "value_unread"),
    ({"latitude": 0, "longitude": -181}, "value_unread"),
    ({"text": "\ud800"}, "not_json"),
    ({"rating": 4.5}, "value_unread"),
    ({"filed_at": "0001-01-01T00:00:00Z"}, "value_unread"),
    ({"external_id": "x" * 201}, "no_id"),
    ({"external_id": "\0"}, "no_id"),
]


def test_each_odd_row_is_refused_with_its_reason_and_the_others_are_made(
    scene: Scene, tmp_path: Path
) -> None:
    lines = [line(2 * n, row) for n, (row, _code) in enumerate(REFUSED)]
    mixed = [one for n, odd in enumerate(lines) for one in (odd, line(2 * n + 1, {}))]

    outcomes = bring(tmp_path, mixed)

    for (row, code), odd in zip(REFUSED, outcomes[::2], strict=True):
        assert codes(odd) == ({code} if code else set()), row
    assert {outcome.result for outcome in outcomes[1::2]} == {"made"}
    assert faults() == []


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"ok": 2**53, "much": 2**53 + 1}, {"ok": 2**53}),
        ({"half": 0.5, "huge": 1e300, "tiny": 1e-300, "none": -0.0}, {"half": 0.5}),
        ({"level": 100_000}, {}),
        ({"rating": True}, {}),
        ({"word": "x" * 201, "nul": "a\0b"}, {}),
        ({"what": ["x"] * 101}, {}),
        ({"at": 7}, {}),
    ],
)
def test_codes_out_of_range_are_left_out_and_said(
    scene: Scene, tmp_path: Path, data: dict[str, Any], kept: dict[str, Any]
) -> None:
    (outcome,) = bring(tmp_path, [line(1, step(data=data))])

    assert outcome.result == "made"
    assert codes(outcome) & {"code_unread", "rating_unread"}
    event = Event.objects.get(move="history", data__as="message")
    assert {name: v for name, v in event.data.items() if name != "as"} == kept
    assert faults() == []


def test_what_is_wrong_with_a_history_is_said_in_words(scene: Scene, tmp_path: Path) -> None:
    (outcome,) = bring(tmp_path, [line(1, step(internal="false"))])

    (doubt,) = outcome.doubts
    assert doubt.word == "internal is not true or false"


def test_words_without_end_are_no_name_of_an_office(scene: Scene, tmp_path: Path) -> None:
    (outcome,) = bring(tmp_path, [line(1, {"holder": "grid " * 1000})])

    assert codes(outcome) == {"agency_unknown"}


# --- What no check foresaw -------------------------------------------------------------------


def odd(value: Any, rng: Random) -> Any:
    """Something else in its place."""
    nested: dict[str, Any] = {"a": [{"b": rng.choice([[], {}, None])}]}
    return rng.choice(
        [
            *(None, True, False, -1, 0, 10**30, 1e308, -0.0, "", "\0", " \n ", "false", "-1"),
            *("0", "\u202e", "9" * 400, "x" * 70_000, "{", "[]", "{}", [], {}, [None], [[]]),
            *(
                [{}],
                [value],
                {"at": value},
                nested,
                str(value),
                f"{value}\0",
                ["\ufffe"],
                "\U0010ffff",
            ),
            *("0000-00-00", "9999-12-31T23:59:59Z", "2019-02-29", "0001-01-01", "24:00"),
        ]
    )


def spoiled(row: dict[str, Any], rng: Random) -> dict[str, Any]:
    """A row with one to three odd values, in its columns or in one of its steps."""
    row = json.loads(json.dumps(row))
    for _time in range(rng.randint(1, 3)):
        where = rng.choice([row, *row["history"]]) if isinstance(row["history"], list) else row
        if isinstance(where, dict):
            name = rng.choice([*where, *("rating", "data", "said", "internal", "channel", "place")])
            where[name] = odd(where.get(name), rng)
    return row


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_stands_in_a_row_nothing_ends_the_import(
    scene: Scene, tmp_path: Path, seed: int
) -> None:
    rng, whole = Random(seed), {**GOOD, **step(data={"level": 1}, said={"text": "Well."})}
    rows = [spoiled({"external_id": f"O-{n}", **whole}, rng) for n in range(120)]
    lines = [json.dumps(row) for row in rows]
    lines += [text[: rng.randint(1, len(text))] for text in lines[:10]]

    outcomes = bring(tmp_path, [*lines, line(1, {})])

    assert len(outcomes) == len(lines) + 1
    assert outcomes[-1].result == "made"
    assert all(outcome.doubts for outcome in outcomes if outcome.result == "refused")
    # Each was foreseen: none needed what is there for others.
    assert not [d for o in outcomes for d in o.doubts if d.word.endswith("Error")]
    made = [outcome for outcome in outcomes if outcome.result == "made"]
    assert Case.objects.count() == len(made) == Reference.objects.count()
    assert faults() == []


def test_a_row_that_the_database_refuses_is_refused_alone(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = importing.write

    def fails(brought: list[importing.Brought]) -> None:
        write(brought)
        if any("badly" in one.case.text for one in brought):
            raise DataError("some value is out of range")

    monkeypatch.setattr(importing, "write", fails)
    bench = Bench(tmp_path)

    outcomes = bench.bring(bench.csv({}, {"Complaint": "It burns badly."}, {}))

    assert [outcome.result for outcome in outcomes] == ["made", "refused", "made"]
    assert codes(outcomes[1]) == {"value_unread"}
    assert counted() == (3, 2, 0, 1)
    assert Doubt.objects.get().row == 3
    assert faults() == []


def test_a_row_that_cannot_be_judged_is_refused_alone(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_self: object, text: str) -> bool:
        return {"It burns badly.": False}[text]

    monkeypatch.setattr("systems.past.finding.Finder.is_about_misconduct", fails)
    bench = Bench(tmp_path)

    outcomes = bench.bring(bench.csv({}, {"Complaint": "It burns badly."}))

    assert [outcome.result for outcome in outcomes] == ["refused", "made"]
    assert codes(outcomes[0]) == {"value_unread"}


def test_what_is_wrong_with_the_database_itself_refuses_no_row(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_brought: list[importing.Brought]) -> None:
        raise OperationalError("the server is away")

    monkeypatch.setattr(importing, "write", fails)
    bench = Bench(tmp_path)

    with pytest.raises(OperationalError):
        bench.bring(bench.csv({}, {}))

    assert counted() == (0, 0, 0, 0)
    assert Import.objects.get().ended_at is None


# --- Ids that come twice ---------------------------------------------------------------------


def test_a_good_row_behind_a_refused_one_of_the_same_id_is_made(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    bench = Bench(tmp_path)
    path = bench.csv({"Ticket": "7", "Status": "?"}, {"Ticket": "7"}, {"Ticket": "7"})

    outcomes = bench.bring(path)

    assert [outcome.result for outcome in outcomes] == ["refused", "made", "known"]


@pytest.mark.parametrize("first", [1, 2])
def test_the_same_when_the_import_was_stopped_between(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    bench = Bench(tmp_path)
    path = bench.csv({"Ticket": "7", "Status": "?"}, {"Ticket": "7"}, {"Ticket": "7"})
    bench.bring(path, limit=first)

    rest = bench.bring(path)

    assert [outcome.result for outcome in rest] == ["made", "known"][first - 1 :]
    assert counted() == (3, 1, 1, 1)


def test_a_good_row_behind_one_that_the_database_refused_is_made(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = importing.write

    def fails(brought: list[importing.Brought]) -> None:
        if any("badly" in one.case.text for one in brought):
            raise DataError("some value is out of range")
        write(brought)

    monkeypatch.setattr(importing, "write", fails)
    monkeypatch.setattr(running, "BATCH", 1)
    bench = Bench(tmp_path)

    outcomes = bench.bring(
        bench.csv({"Ticket": "7", "Complaint": "It burns badly."}, {"Ticket": "7"})
    )

    assert [outcome.result for outcome in outcomes] == ["refused", "made"]


def test_a_stopped_import_of_our_own_csv_knows_equal_rows_again(
    scene: Scene, tmp_path: Path
) -> None:
    path = tmp_path / "ours.csv"
    row = '7,closed,"\'=The lamp is dark.",2019-03-01T08:30:00Z,2019-03-15T08:30:00Z'
    path.write_text(f"external_id,status,text,filed_at,closed_at\n{row}\n{row}\n", "utf-8")

    def run(limit: int = 0) -> list[Outcome]:
        by = mapping.ours("ours", DHAKA)
        batches = running.Run(open_source(path), by, "0" * 64, limit=limit).batches()
        return [outcome for batch in batches for outcome in batch]

    (made,) = run(limit=1)
    (again,) = run()

    assert (made.result, again.result, codes(again)) == ("made", "known", {"repeated"})
    assert case_of("7", "ours").text == "=The lamp is dark."


# --- CSV -------------------------------------------------------------------------------------


def test_rows_that_lie_in_one_cell_of_another_are_refused_with_their_lines(
    scene: Scene, tmp_path: Path
) -> None:
    bench = Bench(tmp_path)
    path = bench.csv({}, {"Complaint": "QUOTE"}, {}, {"Complaint": "It says, this, that."}, {})
    path.write_text(path.read_text("utf-8").replace("QUOTE", '"It began here'), "utf-8")

    outcomes = bench.bring(path)

    assert [outcome.result for outcome in outcomes] == ["made", "refused", "made"]
    (doubt,) = outcomes[1].doubts
    assert (doubt.code, doubt.word) == ("quote_open", "lines 3 to 5")


def test_a_quotation_mark_without_end_is_said_with_its_line_and_what_was_before_it_stays(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 1)
    bench = Bench(tmp_path)
    path = bench.csv({"Complaint": "One line\nand another."}, {"Complaint": "QUOTE"}, *[{}] * 5)
    path.write_text(path.read_text("utf-8").replace("QUOTE", '"It began here'), "utf-8")

    with pytest.raises(Unreadable, match=r"in row 3, which begins in line 4, is never closed"):
        bench.bring(path)

    assert counted() == (1, 1, 0, 0)
    assert Import.objects.get().ended_at is None


def test_cells_over_several_lines_with_quotation_marks_are_read(
    scene: Scene, tmp_path: Path
) -> None:
    bench = Bench(tmp_path)
    words = 'They said "tomorrow",\nand then, again, nothing.\n"Tomorrow"'

    (outcome,) = bench.bring(bench.csv({"Complaint": words}))

    assert codes(outcome) == set()
    assert case_of("G-1").text == words


@pytest.mark.parametrize("cell", ["1.23457E+15", "1,23457E+15", " 3.3E+10 "])
def test_a_number_that_a_spreadsheet_cut_is_said_of_csv_too(
    scene: Scene, tmp_path: Path, cell: str
) -> None:
    bench = Bench(tmp_path)

    cut, whole = bench.bring(bench.csv({"Ticket": cell}, {"Ticket": "E+10 1.5E+x"}))

    assert codes(cut) == {"number_rounded"}
    assert codes(whole) == set()


# --- Where it stands -------------------------------------------------------------------------


def test_what_waits_at_the_desk_is_with_no_office_and_what_an_office_has_waits_there(
    scene: Scene, tmp_path: Path
) -> None:
    waiting = {"status": "waiting", "waiting_from": "received", "closed_at": ""}

    named, nobody = bring(tmp_path, [line(1, waiting), line(2, {**waiting, "holder": ""})])

    first, second = case_of("G-1", "odd"), case_of("G-2", "odd")
    assert codes(named) == {"goes_to_agency"}
    assert (first.waiting_from, first.holder) == ("in_progress", scene.cast.department)
    assert codes(nobody) == set()
    assert (second.waiting_from, second.holder) == ("received", None)
    assert faults() == []


def test_a_case_of_ours_that_came_without_steps_ends_nowhere_else(
    scene: Scene, tmp_path: Path
) -> None:
    (outcome,) = bring(tmp_path, [line(1, {"history": [FILED]})])

    assert codes(outcome) == set()
    case = case_of("G-1", "odd")
    assert (case.status, case.closed_at) == ("closed", datetime(2019, 3, 15, 8, 30, tzinfo=UTC))
    assert Event.objects.filter(case=case).count() == 1
    assert faults() == []
