"""The record as a folder: the same files as on the web, for a mirror."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from record.models import Entry, Node, TreeHead
from record.services import writing
from tests.owner import owner
from tests.record.conftest import DAY, LogScene


def publish(folder: Path) -> str:
    out = StringIO()
    call_command("publish_record", "--out", str(folder), stdout=out)
    return out.getvalue()


def test_the_folder_holds_the_same_as_the_web(
    log: LogScene, client: Client, tmp_path: Path
) -> None:
    log.days(3, 0, 40)
    assert publish(tmp_path / "copy") == f"3 days written to {tmp_path / 'copy'}\n"
    files = [path for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert len(files) == 2 * 3 + 3
    for path in files:
        response = client.get(f"/record/{path.relative_to(tmp_path / 'copy')}")
        body = response.getvalue() if response.streaming else response.content
        assert body == path.read_bytes(), path


def test_only_what_is_new_is_written(log: LogScene, tmp_path: Path) -> None:
    log.days(3)
    publish(tmp_path)
    kept = tmp_path / DAY.isoformat() / "leaves.txt"
    before = kept.stat().st_mtime_ns
    assert publish(tmp_path).startswith("0 days")
    log.events(2)
    log.clock.shift(86_400)
    writing.write()
    assert publish(tmp_path).startswith("1 days")
    assert kept.stat().st_mtime_ns == before


def test_a_day_that_was_half_written_is_written_anew(log: LogScene, tmp_path: Path) -> None:
    log.days(3)
    draft = tmp_path / f".{DAY}"
    draft.mkdir()
    (draft / "leaves.txt").write_text("half")
    publish(tmp_path)
    assert not draft.exists()
    assert len((tmp_path / DAY.isoformat() / "leaves.txt").read_text().split()) == 3


def test_an_empty_record_is_published_too(log: LogScene, tmp_path: Path) -> None:
    assert publish(tmp_path).startswith("0 days")
    assert {path.name for path in tmp_path.iterdir()} == {
        "index.json",
        "keys.json",
        "check_receipt.py",
    }


def another_history(log: LogScene) -> None:
    """All that was logged is taken out and put in anew, a little different; the writer signs it."""
    with owner():
        for model in (TreeHead, Node, Entry):
            model.objects.all().delete()
    log.events(4)
    writing.write()
    log.clock.shift(86_400)
    writing.write()
    assert TreeHead.objects.exists()


def test_another_history_is_not_published_over_the_first(log: LogScene, tmp_path: Path) -> None:
    log.days(3, 2)
    publish(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    another_history(log)
    with pytest.raises(CommandError, match=f"published for {DAY} is not what the database has now"):
        publish(tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_head_that_was_signed_again_is_found_beside_the_published_one(
    log: LogScene, tmp_path: Path
) -> None:
    log.days(3, 2)
    publish(tmp_path)
    with owner():
        TreeHead.objects.filter(day=DAY).update(signature=bytes(64))
    with pytest.raises(CommandError, match=f"published for {DAY}"):
        publish(tmp_path)


def test_a_file_is_no_folder(log: LogScene, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="is a file"):
        publish(tmp_path / "file")
