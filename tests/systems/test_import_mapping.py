"""A mapping is checked whole before any row is read, and each mistake is said with its place."""

import json
from pathlib import Path

import pytest

from complaints.workflow import State
from systems.past.mapping import BadMapping, Meanings, Stands, key, ours, read_mapping
from tests.systems.bringing import DHAKA, MAPPING

NEEDED = '[columns]\nexternal_id = "a"\ntext = "b"\nfiled_at = "c"\n'


def read(folder: Path, words: str, name: str = "mapping.toml", **given: str) -> Meanings:
    path = folder / name
    path.write_text(words, "utf-8")
    return read_mapping(path, zone=DHAKA, **given)


def test_a_mapping_says_what_is_meant(tmp_path: Path) -> None:
    by = read(tmp_path, MAPPING)

    assert (by.source, by.zone, by.publish, by.is_ours) == ("grid-2017", DHAKA, False, False)
    assert by.columns["place"] == ("district", "upazila")
    assert by.statuses[key("SOLVED ")] == Stands(State.CLOSED, "confirmed", "resolved")
    assert by.words["channels"][key("call")] == "hotline"


def test_it_may_be_json(tmp_path: Path) -> None:
    words = {"source": "x", "columns": {"external_id": "a", "text": ["b", "c"], "filed_at": "d"}}

    by = read(tmp_path, json.dumps(words), "mapping.json")

    assert by.columns["text"] == ("b", "c")


def test_the_command_s_name_comes_first(tmp_path: Path) -> None:
    assert read(tmp_path, MAPPING, source="other").source == "other"


def test_a_word_without_letters_is_compared_as_it_is(tmp_path: Path) -> None:
    by = read(tmp_path, 'source = "x"\nempty = ["-", "N/A"]\n' + NEEDED)

    assert by.empty == {"-", "n a"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (NEEDED, "needs a name"),
        ('source = "agency:grid"\n' + NEEDED, "does not begin with"),
        ('source = "' + "x" * 81 + '"\n' + NEEDED, "at most 80"),
        ('source = "x"\n[columns\n', "cannot be read.*line 2"),
        ('source = "x"\ncolour = "red"\n' + NEEDED, "colour is unknown"),
        ('source = "x"\npublish = "yes"\n' + NEEDED, "publish is not a true or false"),
        ('source = "x"\ntime_zone = "Mars/Olympus"\n' + NEEDED, "Mars/Olympus is not the name"),
        ('source = "x"\ndates = ["%d.%m"]\n' + NEEDED, "is not a format"),
        ('source = "x"\ndates = ["dd/mm/yyyy"]\n' + NEEDED, "is not a format"),
        ('source = "x"\ndates = []\n' + NEEDED, "one format"),
        ('source = "x"\nmisconduct = "no"\n' + NEEDED, 'say "sensitive" or "doubt"'),
        ('source = "x"\n[columns]\ntext = "b"\nfiled_at = "c"\n', "external_id is needed"),
        ('source = "x"\n' + NEEDED + 'colour = "red"\n', "columns.colour: there is no such"),
        ('source = "x"\n' + NEEDED + "status = 3\n", "columns.status: give the name"),
        ('source = "x"\n' + NEEDED + "status = []\n", "columns.status: give the name"),
        ('source = "x"\n' + NEEDED + '[statuses]\n"New" = "fresh"\n', "'fresh' is none of"),
        ('source = "x"\n' + NEEDED + '[statuses]\n"New" = {ending = "silent"}\n', "says no status"),
        (
            'source = "x"\n'
            + NEEDED
            + '[statuses]\n"New" = {status = "received", ending = "silent"}\n',
            "only what is closed",
        ),
        (
            'source = "x"\n' + NEEDED + '[statuses]\n"New" = {how = "well"}\n',
            "how is unknown",
        ),
        ('source = "x"\n' + NEEDED + '[statuses]\n"New" = 3\n', "a status, or a table"),
        (
            'source = "x"\n' + NEEDED + '[kinds]\n"Aduan" = "moan"\n',
            "kinds.'Aduan': 'moan' is none of",
        ),
        ('source = "x"\n' + NEEDED + '[agencies]\n"Grid" = 7\n', "agencies.'Grid': a text"),
        ('source = "x"\n' + NEEDED + '[defaults]\nfiled_at = "2017"\n', "no default for this"),
        ('source = "x"\n' + NEEDED + "[defaults]\nkind = []\n", "defaults.kind: a text"),
    ],
)
def test_a_mistake_is_said_with_its_place(tmp_path: Path, words: str, said: str) -> None:
    with pytest.raises(BadMapping, match=said):
        read(tmp_path, words)


def test_a_list_is_no_mapping(tmp_path: Path) -> None:
    with pytest.raises(BadMapping, match="not a table"):
        read(tmp_path, "[1]", "mapping.json")


def test_a_mapping_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadMapping, match="No such file"):
        read_mapping(tmp_path / "none.toml", zone=DHAKA)


def test_our_own_format_needs_a_name_too() -> None:
    assert ours("grid-export", DHAKA).is_ours
    with pytest.raises(BadMapping):
        ours("open311:city", DHAKA)
