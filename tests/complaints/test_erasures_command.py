"""A backup that is brought back does not bring back what people had erased."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from complaints.models import Case, Contact, DataKey, Event, Statement
from complaints.services import erasing, forgetting
from complaints.services.verifying import Verification
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day


def run(*words: str) -> str:
    out = StringIO()
    call_command("erasures", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "erasures.csv"


def test_the_list_names_cases_and_no_one(scene: Scene) -> None:
    play = Play(scene)
    erasing.erase(actor=play.actor("citizen"), number=play.number)
    assert run("list").splitlines() == [
        "number,what,at",
        f"{play.number},person,2026-11-22T04:00:00+00:00",
    ]


def test_it_goes_back_so_many_days(scene: Scene, clock: Any) -> None:
    play = Play(scene)
    erasing.erase(actor=play.actor("citizen"), number=play.number)
    clock.move_to(day(61))
    assert len(run("list").splitlines()) == 1
    assert len(run("list", "--days", "62").splitlines()) == 2


def test_what_retention_erased_is_not_in_it(scene: Scene, clock: Any) -> None:
    Play(scene).decline()
    clock.move_to(day(731))
    assert forgetting.by_retention()["contact"] == 1
    assert len(run("list").splitlines()) == 1


def test_played_again_it_erases_what_a_backup_brought_back(
    scene: Scene, clock: Any, file: Path
) -> None:
    whole, person = Play(scene).decline(), Play(scene)
    clock.move_to(day(40))
    # What a list of the lost days says; the database knows nothing of it.
    file.write_text(
        "number,what,at\n"
        f"{whole.number},person words,2026-12-30T00:00:00+00:00\n"
        f"{person.number},person,2026-12-30T00:00:00+00:00\n"
        "0000-0000-0000-T,person,2026-12-30T00:00:00+00:00\n"
    )
    assert run("replay", str(file)) == "3 listed, 2 erased again, 1 not there\n"
    assert (whole.case.text, bool(person.case.text)) == ("", True)
    assert not DataKey.objects.exists()
    assert Contact.objects.exclude(erased_at=None).count() == 2
    assert Event.objects.filter(move="erase", data__because="replayed").count() == 2
    assert list(Verification().faults()) == []
    assert run("replay", str(file)) == "3 listed, 0 erased again, 1 not there\n"


@pytest.mark.parametrize(("asked", "is_left"), [(timedelta(days=1), False), (timedelta(0), True)])
def test_of_words_it_erases_those_that_were_there_when_it_was_asked_for(
    scene: Scene, clock: Any, file: Path, asked: timedelta, is_left: bool
) -> None:
    play = Play(scene).decline()
    clock.move_to(day(40))
    erasing.erase(actor=play.actor("citizen"), number=play.number, words=True)
    at = play.last.recorded_at + asked
    clock.move_to(day(40) + timedelta(hours=1))
    play.message(by="citizen")
    file.write_text(f"number,what,at\n{play.number},person words,{at.isoformat()}\n")
    run("replay", str(file))
    said = Statement.objects.filter(event__move="message").exclude(body={})
    assert said.exists() is is_left


@pytest.mark.parametrize("at", ["", "yesterday", "2026-12-30T00:00:00"])
def test_a_list_without_the_moment_of_asking_is_none(scene: Scene, file: Path, at: str) -> None:
    file.write_text(f"number,what,at\n{Play(scene).number},person,{at}\n")
    with pytest.raises(CommandError, match="no list of erasures"):
        run("replay", str(file))


def test_what_a_restore_had_to_empty_is_recorded_as_well(scene: Scene, file: Path) -> None:
    """Its key was not in the newest dump of the keys: docs/operations.md."""
    play = Play(scene)
    Contact.objects.update(data_key=None, sealed=b"", erased_at=play.case.filed_at)
    file.write_text(f"number,what,at\n{play.number},person,2026-12-30T00:00:00+00:00\n")
    assert run("replay", str(file)) == "1 listed, 1 erased again, 0 not there\n"
    assert play.last.data == {"what": ["person"], "because": "replayed"}


def test_a_list_can_be_read_by_the_same_portal(scene: Scene, file: Path) -> None:
    play = Play(scene)
    erasing.erase(actor=play.actor("citizen"), number=play.number)
    file.write_text(run("list"))
    assert run("replay", str(file)) == "1 listed, 0 erased again, 0 not there\n"


@pytest.mark.parametrize("text", ["name\nRahima\n", "number,what,at\nno number,person,now\n"])
def test_what_is_no_list_is_refused_and_nothing_happens(
    scene: Scene, file: Path, text: str
) -> None:
    Play(scene)
    file.write_text(text)
    with pytest.raises(CommandError, match="no list"):
        run("replay", str(file))
    assert not Case.objects.exclude(person_erased_at=None).exists()


def test_a_list_that_is_not_there_is_an_error(db: None, file: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run("replay", str(file))
