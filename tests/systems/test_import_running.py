"""An import from the beginning to its end: again, changed, stopped, killed, twice at once, tried out."""

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
from django.core.management import CommandError
from django.db import connection

from complaints.models import Case, Event, Notice
from complaints.services import importing
from systems.models import Doubt, Import, Reference
from systems.past import running
from systems.past.reading import open_source
from tests.complaints.conftest import Scene
from tests.conftest import eventually, worker_environment
from tests.factories.agencies import RegistryCast
from tests.systems.bringing import MAPPING, Bench, case_of, codes, counted, faults

#: What a second connection needs of the first one's parameters.
LOGIN = ("dbname", "user", "password", "host", "port")


@pytest.fixture
def bench(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """With batches of three rows."""
    monkeypatch.setattr(running, "BATCH", 3)
    return Bench(tmp_path)


def read(report: Path) -> list[dict[str, str]]:
    with report.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def seven(bench: Bench, **last: str) -> Path:
    return bench.csv(*[{}] * 6, last)


def test_the_same_file_again_makes_nothing(bench: Bench) -> None:
    path = seven(bench)
    bench.bring(path)

    with pytest.raises(running.IsDone):
        bench.bring(path)

    assert Case.objects.count() == 7
    assert counted() == (7, 7, 0, 0)


def test_a_file_with_more_rows_brings_the_new_ones_alone(bench: Bench) -> None:
    bench.bring(bench.csv({}, {}))

    outcomes = bench.bring(bench.csv({}, {}, {}, name="more.csv"))

    assert [outcome.result for outcome in outcomes] == ["known", "known", "made"]
    assert [codes(outcome) for outcome in outcomes] == [set(), set(), set()]
    assert Case.objects.count() == 3


def test_a_row_that_has_changed_since_is_said_and_nothing_of_it_is_taken(bench: Bench) -> None:
    bench.bring(bench.csv({}))

    (outcome,) = bench.bring(bench.csv({"Complaint": "It says something else by now."}))

    assert (outcome.result, codes(outcome)) == ("known", {"changed"})
    assert case_of("G-1").text == "The transformer in our lane burns each evening."


def test_the_same_id_of_another_source_is_another_case(bench: Bench) -> None:
    path = bench.csv({})
    bench.bring(path)
    bench.mapping.write_text(MAPPING.replace("grid-2017", "water-2017"), "utf-8")

    bench.bring(path)

    assert case_of("G-1") != case_of("G-1", "water-2017")


def test_a_run_goes_on_where_the_last_one_stopped(bench: Bench) -> None:
    path = seven(bench)
    bench.bring(path, limit=3)
    assert (Import.objects.get().ended_at, counted()) == (None, (3, 3, 0, 0))

    rest = bench.bring(path)

    assert [outcome.judged.external_id for outcome in rest] == ["G-4", "G-5", "G-6", "G-7"]
    assert counted() == (7, 7, 0, 0)
    assert Import.objects.get().ended_at is not None


def test_an_id_that_repeats_one_of_an_earlier_run_is_noticed(bench: Bench) -> None:
    path = seven(bench, Ticket="G-1", Complaint="Another matter altogether.")
    bench.bring(path, limit=3)

    rest = bench.bring(path)

    assert codes(rest[-1]) == {"id_repeats"}
    assert counted() == (7, 6, 0, 1)


def test_a_batch_that_fails_leaves_nothing_behind_and_the_next_run_makes_it(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, write = seven(bench), importing.write

    def fails(brought: list[importing.Brought]) -> None:
        write(brought)
        if Import.objects.get().rows == 3:
            raise OSError("the disk is full")

    monkeypatch.setattr(importing, "write", fails)
    with pytest.raises(OSError, match="full"):
        bench.bring(path)
    assert (Case.objects.count(), Reference.objects.count(), counted()) == (3, 3, (3, 3, 0, 0))

    monkeypatch.setattr(importing, "write", write)
    bench.bring(path)

    assert (Case.objects.count(), counted()) == (7, (7, 7, 0, 0))
    assert faults() == []


def test_a_number_that_was_just_taken_is_given_up_for_another(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.bring(bench.csv({}))
    taken, free = case_of("G-1").number, importing.free_numbers
    given = iter([[taken], free(1)])
    monkeypatch.setattr(importing, "free_numbers", lambda _count: next(given))

    bench.bring(bench.csv({"Ticket": "G-2"}, name="next.csv"))

    assert Case.objects.count() == 2


def test_numbers_that_cases_have_are_not_free(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = scene.file().number
    drawn = iter([taken, "1111-1111-1111-X", "2222-2222-2222-X"])
    monkeypatch.setattr("complaints.tracking.new_number", lambda: next(drawn))

    assert importing.free_numbers(2) == ["1111-1111-1111-X", "2222-2222-2222-X"]


def test_tried_out_nothing_is_changed(bench: Bench) -> None:
    outcomes = bench.bring(seven(bench, Status="Hmm"), dry=True)

    assert [outcome.result for outcome in outcomes] == ["made"] * 6 + ["refused"]
    for table in (Case, Event, Reference, Import, Doubt, Notice):
        assert not table.objects.exists()


def test_tried_out_it_says_the_same_as_in_earnest(bench: Bench) -> None:
    path = bench.csv(
        {}, {"Ticket": "G-1"}, {"Filed": "?"}, {"Agency": "?"}, {"Ticket": "G-1", "Mark": "1"}
    )

    tried = bench.bring(path, dry=True)
    done = bench.bring(path)

    assert [(one.result, one.doubts) for one in tried] == [(one.result, one.doubts) for one in done]
    noted = Doubt.objects.values_list("row", "code", "column", "is_refusal")
    assert set(noted) == {
        (one.judged.row, doubt.code, doubt.column, doubt.is_refusal)
        for one in done
        for doubt in one.doubts
    }


@pytest.mark.django_db(transaction=True)
def test_two_at_once_one_does_it_and_the_other_says_so(scene: Scene, tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    path, settings = bench.csv({}), connection.get_connection_params()
    other = psycopg2.connect(**{name: settings[name] for name in LOGIN if settings.get(name)})
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [running.LOCK, "grid-2017"])

    with pytest.raises(CommandError, match="Another process is bringing in cases as grid-2017"):
        bench.command(path)
    assert not Case.objects.exists()
    other.close()

    # The server lets go of a lock in its own time.
    eventually(lambda: "1 cases made" in _said(bench, path))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_and_makes_nothing_twice(
    cast: RegistryCast, tmp_path: Path
) -> None:
    bench, rows = Bench(tmp_path), 2_500
    path = bench.csv(*[{}] * rows)
    command = [
        sys.executable,
        "manage.py",
        "import_cases",
        str(path),
        "--mapping",
        str(bench.mapping),
    ]
    process = subprocess.Popen(command, env=worker_environment(), stdout=subprocess.DEVNULL)
    eventually(lambda: Import.objects.filter(rows__gte=500).exists(), seconds=120)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    stopped = Import.objects.get()
    assert stopped.rows < rows
    assert Case.objects.count() == Reference.objects.count() == stopped.made

    # The server lets go of the dead one's lock in its own time.
    eventually(lambda: "cases made" in _said(bench, path), seconds=30)

    assert counted() == (rows, rows, 0, 0)
    assert Case.objects.count() == rows
    assert faults() == []


def _said(bench: Bench, path: Path) -> str:
    try:
        return bench.command(path)
    except CommandError as error:
        return str(error)


def test_the_command_says_counts_by_code_first_and_then_row_by_row(
    bench: Bench, tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"

    said = bench.command(
        bench.csv({}, {"Agency": "?"}, {"Agency": "?"}, {"Status": "Hmm"}, {"Ticket": "=1+1"}),
        "--dry-run",
        "--report",
        str(report),
    )

    assert "4 cases would be made; 0 known already; 1 rows refused." in said
    assert "1  status_unknown: The mapping does not say what its status means. (rows 5)" in said
    assert (
        "2  agency_unknown: No office of that code, name or alias is in the registry. (rows 3, 4)"
        in said
    )
    rows = [row for row in read(report) if row["result"] != "word"]
    assert [row["row"] for row in rows] == ["2", "3", "3", "4", "4", "5", "6"]
    assert rows[0]["what"].startswith(
        "complaint, closed/confirmed/resolved, grid, filed 2017-02-03"
    )
    assert (rows[2]["result"], rows[2]["code"], rows[2]["column"]) == (
        "doubtful",
        "agency_unknown",
        "holder",
    )
    assert rows[-1]["external_id"] == "'=1+1"
    assert "transformer" not in report.read_text("utf-8-sig")
    assert not Case.objects.exists()


def test_the_command_lists_the_words_that_nothing_here_knows_with_their_counts(
    bench: Bench, tmp_path: Path
) -> None:
    report = tmp_path / "report.csv"
    rows = [{"Agency": "PDB"}, {"Agency": "PDB"}, {"Agency": "=Depot"}, {"Status": "Hm\x1b[2Jm"}]
    more = [{"District": "Nowhere", "Upazila": "At all"}, {"Subject": "Odd"}, {"Way": "Pigeon"}]

    said = bench.command(bench.csv({}, *rows, *more), "--dry-run", "--report", str(report))

    assert (
        "  holder (agency_unknown):\n"
        "          2  PDB (first in row 3)\n"
        "          1  =Depot (first in row 5)\n"
    ) in said
    assert "\x1b" not in said
    words = [row for row in read(report) if row["result"] == "word"]
    assert [(row["code"], row["row"], row["what"], row["rows"]) for row in words] == [
        ("agency_unknown", "3", "PDB", "2"),
        ("agency_unknown", "5", "'=Depot", "1"),
        ("status_unknown", "6", "Hm[2Jm", "1"),
        ("place_unknown", "7", "Nowhere / At all", "1"),
        ("category_unknown", "8", "Odd", "1"),
        ("word_unknown", "9", "Pigeon", "1"),
    ]


def test_such_words_are_not_kept_in_the_database(bench: Bench, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"

    bench.command(bench.csv({"Agency": "PDB"}), "--report", str(report))

    assert [row["what"] for row in read(report)][-1:] == ["PDB"]
    assert "PDB" not in str(list(Doubt.objects.values()))


def test_days_of_the_report_are_those_of_the_capital(bench: Bench, tmp_path: Path) -> None:
    report = tmp_path / "report.csv"
    path = bench.csv({"Filed": "01/01/2017"})

    said = bench.command(path, "--dry-run", "--report", str(report))

    assert "filed 2017-01-01;" in read(report)[0]["what"]
    assert "by year filed: 2017 1\n" in said


def test_the_report_of_an_import_holds_what_all_its_runs_doubted(
    bench: Bench, tmp_path: Path
) -> None:
    path, report = seven(bench, Status="Hmm"), tmp_path / "report.csv"
    bench.command(path, "--limit", "3")

    said = bench.command(path, "--report", str(report))

    assert "Going on after row 3." in said
    row, word = read(report)
    assert (row["row"], row["result"], row["code"]) == ("8", "refused", "status_unknown")
    assert (word["row"], word["result"], word["what"]) == ("8", "word", "Hmm")


def test_brought_in_before_the_command_says_when(bench: Bench) -> None:
    path = bench.csv({})
    bench.command(path)

    assert "This file was brought in on 2026-11-2" in bench.command(path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "--source"),
        ("[columns", "mapping.toml cannot be read"),
    ],
)
def test_a_mistake_in_the_mapping_is_said_in_a_sentence(
    bench: Bench, words: str, said: str
) -> None:
    bench.mapping.write_text(words, "utf-8")

    with pytest.raises(CommandError, match=said):
        bench.command(bench.csv({}))


def test_a_file_that_is_not_there_is_said_in_a_sentence(bench: Bench) -> None:
    with pytest.raises(CommandError, match="No such file"):
        bench.command(bench.folder / "none.csv")


def test_a_column_that_the_file_has_not_is_said_before_anything_is_made(bench: Bench) -> None:
    bench.mapping.write_text(MAPPING.replace('"Complaint"', '"Complaints"'), "utf-8")

    with pytest.raises(CommandError, match="has no column 'complaints'"):
        bench.command(bench.csv({}))
    assert not Case.objects.exists()


def test_how_far_it_has_come_is_written_with_what_was_made(bench: Bench) -> None:
    run = running.Run(open_source(seven(bench)), bench.meanings(), "0" * 64)

    seen = [(Case.objects.count(), Import.objects.get().rows) for _batch in run.batches()]

    assert seen == [(3, 3), (6, 6), (7, 7)]
