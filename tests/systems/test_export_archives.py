"""What is no archive of a portal's, or could fill memory or disk, is refused before anything is made."""

import codecs
import hashlib
import json
import random
from collections import Counter
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pytest
from django.core.management import CommandError, call_command

from complaints.models import Case
from systems.past import archive
from tests.complaints.conftest import Scene
from tests.systems.archives import a_row, archived
from tests.systems.bringing import codes
from tests.systems.taking_out import brought


def refused(path: Path) -> str:
    """What the command says against the archive; nothing is made."""
    with pytest.raises(CommandError) as said:
        call_command("import_cases", str(path), "--source=bad", stdout=StringIO())
    assert not Case.objects.exists()
    return str(said.value)


def odd_part(name: str, flags: int = 0) -> Any:
    part = ZipInfo("x")
    part.filename, part.flag_bits = name, flags
    return part


@pytest.mark.parametrize(
    "name", ["../cases.jsonl", "files/../../etc/cron.d/x", "/etc/passwd", "files\\..\\x"]
)
def test_a_name_that_leads_out_is_refused(db: None, tmp_path: Path, name: str) -> None:
    path = archived(tmp_path / "a.zip", a_row())
    with ZipFile(path, "a") as zipped:
        zipped.writestr(odd_part(name), b"x")
    assert "a name in it leads out of it" in refused(path)


def test_what_is_no_archive_or_lacks_the_cases_is_refused(db: None, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    for content in (b"", b"no archive", archived(path, a_row()).read_bytes()[:-30]):
        path.write_bytes(content)
        assert "no ZIP archive, or it is damaged" in refused(path)
    with ZipFile(path, "w") as zipped:
        zipped.writestr("other.jsonl", b"{}")
    assert "there is no cases.jsonl in it" in refused(path)
    assert "No such file" in refused(tmp_path / "nowhere.zip")


def test_one_with_a_password_is_refused(db: None, tmp_path: Path) -> None:
    path = archived(tmp_path / "a.zip", a_row())
    content = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    path.write_bytes(content)
    assert "it has a password" in refused(path)


def test_more_parts_than_a_list_in_memory_should_have_are_refused_before_they_are_read(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archived(tmp_path / "a.zip", a_row(), **{f"j{n}": bytes([n]) for n in range(9)})
    monkeypatch.setattr(archive, "MOST_PARTS", 9)
    monkeypatch.setattr(archive, "ZipFile", None)
    assert "more than 9 files" in refused(path)


def test_parts_that_lie_over_each_other_are_refused(db: None, tmp_path: Path) -> None:
    path = archived(tmp_path / "a.zip", a_row(), jpg=b"x" * 90, pdf=b"y" * 90)
    with ZipFile(path, "a") as zipped:
        zipped.NameToInfo[archive.CASES].compress_size = 10_000
        zipped._didModify = True
    assert "lie over each other" in refused(path)


def test_cases_that_unfold_to_more_than_can_be_are_refused(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "UNASKED", 1000)
    path = tmp_path / "bomb.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as zipped:
        zipped.writestr(archive.CASES, b"\n" * 5_000_000)
    assert "unfold to more" in refused(path)


def test_a_line_without_end_is_refused(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "LONGEST_LINE", 1 << 20)
    path = archived(tmp_path / "a.zip", a_row(text="word " * 300_000))
    assert "a line is longer than 1 MB" in refused(path)


def test_a_line_that_is_no_utf_8_or_no_json_is_refused_and_the_others_come(
    scene: Scene, tmp_path: Path
) -> None:
    path = tmp_path / "a.zip"
    with ZipFile(path, "w") as zipped:
        good = json.dumps(a_row()).encode()
        odd = good.replace(b"A-1", b"A-2").replace(b"lamp", b"l\xffmp")
        # A program may have set a mark before the first one.
        lines = [codecs.BOM_UTF8 + good.replace(b"A-1", b"A-3"), odd, b"no", b"", good]
        zipped.writestr(archive.CASES, b"\r\n".join(lines))
    outcomes = brought(path, "odd")
    assert [one.result for one in outcomes] == ["made", "refused", "refused", "made"]
    assert codes(outcomes[1]) == codes(outcomes[2]) == {"not_json"}
    assert outcomes[3].judged.row == 5


def test_cases_that_are_damaged_on_the_way_are_said(scene: Scene, tmp_path: Path) -> None:
    path = archived(tmp_path / "a.zip", *[a_row(external_id=f"A-{n}") for n in range(90)])
    content = bytearray(path.read_bytes())
    content[60:70] = b"\xff" * 10
    path.write_bytes(content)
    assert "cannot be unpacked" in refused(path)


def test_whatever_is_broken_in_an_archive_is_said_and_nothing_else_happens(tmp_path: Path) -> None:
    contents = {"jpg": b"x" * 300, "pdf": bytes(range(256)) * 3}
    good = archived(tmp_path / "a.zip", *[a_row() for _each in range(20)], **contents).read_bytes()
    chance, found = random.Random(7), Counter[str]()
    for _each in range(800):
        broken = bytearray(good)
        for _flip in range(chance.choice((1, 1, 2, 5))):
            # Mostly in the list at the end, where an archive says what is in it.
            near_the_end = len(good) - chance.randrange(1, 330)
            broken[chance.choice((near_the_end, chance.randrange(len(good))))] = chance.randrange(
                256
            )
        found[_read(tmp_path / "b.zip", bytes(broken), contents)] += 1
    assert set(found) == {"refused", "damaged", "read"}


def _read(path: Path, content: bytes, contents: dict[str, bytes]) -> str:
    """What comes of reading all of it. Nothing but its own refusals is raised."""
    path.write_bytes(content)
    try:
        with closing(archive.Archive(path)) as opened:
            list(opened.lines())
            for one in contents.values():
                opened.content(hashlib.sha256(one).hexdigest(), 1000)
    except archive.Damaged:
        return "refused"
    except archive.Gone:
        return "damaged"
    return "read"
