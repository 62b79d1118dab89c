"""What a row held is kept as a mark that tells a changed one, and from which nobody guesses words."""

import hashlib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from systems.models import Reference
from systems.past import running
from systems.past.judging import fingerprint
from systems.past.reading import open_source
from tests.complaints.conftest import Scene
from tests.systems.bringing import PLAIN, Bench, codes

#: The row of a first file by its columns, as they are compared.
CELLS = {heading.casefold(): cell for heading, cell in PLAIN.items()}


@pytest.fixture
def bench(scene: Scene, tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def again(bench: Bench, **row: str) -> set[str]:
    """What is doubtful of a row that was brought in before."""
    outcome, _other = bench.bring(bench.csv(row, {"Ticket": f"other {len(row)}"}))
    assert outcome.result == "known"
    return codes(outcome)


def test_nobody_with_the_database_alone_can_try_out_what_a_row_held(bench: Bench) -> None:
    bench.bring(bench.csv({}, {"Ticket": "G-2"}))

    marks = list(Reference.objects.values_list("fingerprint", flat=True))

    bare = fingerprint(CELLS)
    assert bare not in marks
    assert hashlib.sha256(bare.encode()).hexdigest() not in marks
    assert len(set(marks)) == 2


def test_equal_rows_of_two_imports_have_nothing_in_common(bench: Bench) -> None:
    bench.bring(bench.csv({}))
    bench.mapping.write_text(bench.mapping.read_text().replace("grid-2017", "other"), "utf-8")
    bench.bring(bench.csv({}))

    marks = set(Reference.objects.values_list("fingerprint", flat=True))
    assert len(marks) == 2


def test_after_a_change_of_keys_equal_rows_are_still_known(bench: Bench, settings: Any) -> None:
    bench.bring(bench.csv({}))
    settings.TRACKING_KEYS = ["a new key of some length, as keys are", *settings.TRACKING_KEYS]

    assert again(bench, Ticket="G-1") == set()
    assert again(bench, Ticket="G-1", Mark="2") == {"changed"}


def test_bare_hashes_of_before_become_marks_and_are_known(bench: Bench) -> None:
    bench.bring(bench.csv({}))
    Reference.objects.update(fingerprint=fingerprint(CELLS))
    keyed = import_module("systems.migrations.0006_keyed_marks")

    keyed.key_marks(apps, None)

    assert Reference.objects.get().fingerprint != fingerprint(CELLS)
    assert again(bench, Ticket="G-1") == set()
    assert again(bench, Ticket="G-1", Mark="2") == {"changed"}


def test_a_row_that_was_brought_in_without_a_mark_is_known(bench: Bench) -> None:
    bench.bring(bench.csv({}))
    Reference.objects.update(fingerprint="")

    assert again(bench, Ticket="G-1", Mark="2") == set()


def test_rows_that_were_refused_are_told_in_their_order(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    path = bench.csv({"Status": "?", "Way": "?"}, {}, {"Filed": ""}, {})
    run = running.Run(open_source(path), bench.meanings(), "0" * 64)
    list(run.batches())
    assert run.of is not None

    assert list(running.refused_rows(run.of)) == [2, 4]
