"""The files of cases leave in an archive and come back with them: their contents, checked one by one."""

import hashlib
import json
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client

from complaints.models import Attachment, Case
from complaints.services import casework, files, hearings
from systems.models import Doubt, Import, Reference
from systems.past import archive, writing
from systems.past.mapping import ours
from systems.past.reading import open_source
from systems.past.running import IsDone, Run
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.complaints.uploads import PLAIN_PDF, image, pdf, stored, upload
from tests.systems.archives import PHOTO, a_row, archived, named
from tests.systems.bringing import DHAKA, codes, faults
from tests.systems.taking_out import brought, differences, not_the_same, numbers, rows, written


def added(play: Play, who: str, *contents: bytes) -> list[str]:
    """Keys of files that somebody has just uploaded under telling names."""
    given = [upload(content, f"file of Karim {n}") for n, content in enumerate(contents)]
    return [str(files.store(actor=play.actor(who), upload=one).key) for one in given]


def with_files(scene: Scene) -> Play:
    """A case with a photo and a document from its citizen, and some that only officers read."""
    first = files.store(actor=scene.actor(scene.cast.desk), upload=upload(image("PNG")))
    play = Play(scene, files=[str(first.key)]).forward().accept()
    letter, photo = pdf(b"% from the citizen"), image(size=(60, 20))
    casework.message(
        **play._as("citizen"), text="See.", files=added(play, "citizen", letter, photo)
    )
    note = added(play, "case_officer", pdf(b"% for officers"), image("WEBP"))
    casework.note(**play._as("case_officer"), text="From the store.", files=note)
    return play.answer(files=added(play, "case_officer", image(size=(20, 60)))).appeal()


def kept(number: str) -> list[tuple[int, bool, str, bytes]]:
    """The files of a case: with which step, whether internal, kind and content."""
    found = Attachment.objects.filter(case__number=number).select_related("event").order_by("id")
    return [
        (file.event.seq, file.internal, file.content_type, stored(file))
        for file in found
        if file.event is not None
    ]


def changed(path: Path, *, rows_too: Any = None, **parts: bytes | None) -> Path:
    """An archive with other contents for some hashes; None takes one away."""
    made = path.with_name(f"changed-{path.name}")
    with ZipFile(path) as old, ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == archive.CASES and rows_too is not None:
                lines = [json.loads(line) for line in content.splitlines()]
                content = b"\n".join(json.dumps(rows_too(line)).encode() for line in lines)
            hashed = name.removeprefix("files/").partition(".")[0]
            replaced = parts.get(f"h{hashed}", content)
            if replaced is not None:
                new.writestr(name, replaced)
    return made


# --- What comes back -------------------------------------------------------------------------------------


def test_photos_and_documents_come_back_with_the_step_they_came_with(
    scene: Scene, tmp_path: Path
) -> None:
    play = with_files(scene)
    before, row = kept(play.number), rows(scene.cast.department)[play.number]
    assert [internal for _seq, internal, _kind, _content in before] == [False] * 3 + [True] * 2 + [
        False
    ]

    assert not_the_same(tmp_path, scene.cast.department, "zip", source="back") == []
    again = numbers("back")[play.number]
    assert [file[1:] for file in kept(again)] == [file[1:] for file in before]
    assert len(row["files"]) == 6
    assert row["files"] == rows(scene.cast.department)[again]["files"]
    assert faults() == []


def test_what_was_brought_leaves_as_the_same_archive_again(scene: Scene, tmp_path: Path) -> None:
    play = with_files(scene)
    first = written(tmp_path, scene.cast.department, "zip").rename(tmp_path / "first.zip")
    brought(first, "back")
    Case.objects.filter(number=play.number).update(holder=None)
    play.case.handlings.all().delete()
    second = written(tmp_path, scene.cast.department, "zip")

    with ZipFile(first) as one, ZipFile(second) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())
        for name in one.namelist():
            if name != archive.CASES:
                assert one.read(name) == other.read(name)
        before, after = ({"it": json.loads(zipped.read(archive.CASES))} for zipped in (one, other))
    assert differences(before, after) == []


def test_internal_files_stay_internal_and_others_can_be_read_by_whoever_may(
    scene: Scene, tmp_path: Path, client: Client
) -> None:
    play = with_files(scene)
    brought(written(tmp_path, scene.cast.department, "zip"), "back")
    case = Case.objects.get(number=numbers("back")[play.number])
    internal, public = (
        Attachment.objects.filter(case=case, internal=is_so).earliest("id")
        for is_so in (True, False)
    )
    assert internal.name == "document 2.pdf"
    client.force_login(scene.cast.head)
    for file in (internal, public):
        answer = client.get(f"/en/files/{file.key}/")
        assert b"".join(answer.streaming_content) == stored(file)
    client.force_login(scene.cast.rival_focal)
    assert client.get(f"/en/files/{internal.key}/").status_code == 404


def test_files_that_were_erased_do_not_leave(scene: Scene, tmp_path: Path) -> None:
    play = with_files(scene)
    files.cut_off(Attachment.objects.filter(case=play.case, internal=False))
    path = written(tmp_path, scene.cast.department, "zip")

    with ZipFile(path) as zipped:
        assert len(zipped.namelist()) == 3
    assert [file["name"] for file in rows(scene.cast.department)[play.number]["files"]] == [
        "document 1.pdf",
        "photo 1.webp",
    ]


def test_what_came_within_an_appeal_leaves_once_it_is_decided(scene: Scene, tmp_path: Path) -> None:
    play = Play(scene).forward().accept().answer().appeal()
    photo = added(play, "citizen", image(size=(9, 9)))
    hearings.give_statement(**play._as("citizen"), text="I saw it myself.", files=photo)
    assert "files" not in rows(scene.cast.department)[play.number]
    assert len(rows(scene.cast.ministry, None)) == 1

    play.dismiss()
    assert len(rows(scene.cast.department)[play.number]["files"]) == 1
    assert not_the_same(tmp_path, scene.cast.department, "zip", source="back") == []


def test_a_file_of_a_case_that_is_not_theirs_is_in_no_archive_of_theirs(
    scene: Scene, tmp_path: Path
) -> None:
    play, sensitive = with_files(scene), with_files(scene)
    play.about(user_id=scene.cast.head.pk)
    sensitive.mark_sensitive()
    (only,) = rows(scene.cast.department, scene.actor(scene.cast.head)).values()
    path = written(tmp_path, scene.cast.department, "zip", scene.actor(scene.cast.head))
    with ZipFile(path) as zipped:
        hashes = {name[6:70] for name in zipped.namelist() if name.startswith("files/")}
    assert only["number"] == sensitive.number
    assert hashes == {file["sha256"] for file in only["files"]}
    brought(path, "back")
    again = Case.objects.get(number=numbers("back")[sensitive.number])
    assert again.sensitive
    assert again.attachments.count() == 6


def test_only_an_archive_brings_files(scene: Scene, tmp_path: Path) -> None:
    with_files(scene)
    (outcome,) = brought(written(tmp_path, scene.cast.department, "jsonl"), "back")
    assert codes(outcome) == {"files_not_brought"}
    assert Attachment.objects.count() == 6


# --- What is doubtful ------------------------------------------------------------------------------------


def test_a_file_that_is_missing_or_another_is_a_doubt_and_the_rest_comes(
    scene: Scene, tmp_path: Path
) -> None:
    play = with_files(scene)
    path = written(tmp_path, scene.cast.department, "zip")
    hashes = [file["sha256"] for file in rows(scene.cast.department)[play.number]["files"]]
    path = changed(path, **{f"h{hashes[0]}": None, f"h{hashes[1]}": PLAIN_PDF + b"%%EOF"})

    (outcome,) = brought(path, "back")
    assert codes(outcome) == {"file_missing", "file_damaged"}
    again = Attachment.objects.filter(case__number=numbers("back")[play.number]).order_by("id")
    assert [file.sha256 for file in again] == hashes[2:]
    assert set(Doubt.objects.values_list("code", "column")) == {
        ("file_missing", "files"),
        ("file_damaged", "files"),
    }
    assert faults() == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<script>alert(1)</script>", "file_refused"),
        (pdf(b"/JavaScript (app.alert(1))"), "file_refused"),
        (b"", "file_refused"),
        (image(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"), "file_written_anew"),
    ],
)
def test_files_are_held_to_the_rules_of_uploads(
    scene: Scene, tmp_path: Path, content: bytes, code: str
) -> None:
    path = archived(
        tmp_path / "odd.zip", a_row(named(content), named(PHOTO)), jpg=content, jpeg=PHOTO
    )
    (outcome,) = brought(path, "odd")
    assert codes(outcome) == {code}
    hashes = list(Attachment.objects.order_by("id").values_list("sha256", flat=True))
    assert hashes[-1] == hashlib.sha256(PHOTO).hexdigest()
    assert hashlib.sha256(content).hexdigest() not in hashes
    assert len(hashes) == (2 if code == "file_written_anew" else 1)
    assert faults() == []


def test_one_larger_than_an_upload_is_left_out_unless_it_was_kept_before(
    scene: Scene, tmp_path: Path, settings: Any
) -> None:
    large = pdf(b"%" + b"x" * 5000)
    settings.FILES_MAX_BYTES = 600
    assert len(PHOTO) > 600
    path = archived(tmp_path / "large.zip", a_row(named(large), named(PHOTO)), pdf=large, jpg=PHOTO)

    (outcome,) = brought(path, "large")
    assert codes(outcome) == {"file_refused"}
    assert [file.content_type for file in Attachment.objects.all()] == ["image/jpeg"]


def test_one_that_unfolds_without_end_is_read_no_further_than_is_kept(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("systems.past.contents.MOST_BYTES", 1000)
    endless = PLAIN_PDF[:-6] + b"%" * 5_000_000 + b"\n%%EOF\n"
    path = archived(tmp_path / "endless.zip", a_row(named(endless)), pdf=endless)
    assert path.stat().st_size < 20_000

    (outcome,) = brought(path, "endless")
    assert codes(outcome) == {"file_refused"}


@pytest.mark.parametrize(
    "entry",
    [
        "photo.jpg",
        None,
        {"name": "a.jpg", "sha256": "../../etc/passwd", "step": 0},
        {"name": "a.jpg", "sha256": "0" * 63, "step": 0},
        {"name": 5, "sha256": "0" * 64, "step": 0},
        named(PHOTO, step=-1),
        named(PHOTO, step=1),
        named(PHOTO, step=True),
        named(PHOTO, step="0"),
        {"name": "a.jpg", "sha256": "0" * 64},
    ],
)
def test_an_entry_that_names_no_file_or_step_is_a_doubt(
    scene: Scene, tmp_path: Path, entry: Any
) -> None:
    path = archived(tmp_path / "odd.zip", a_row(entry, named(PHOTO)), jpg=PHOTO)
    (outcome,) = brought(path, "odd")
    assert codes(outcome) == {"file_unread"}
    assert Attachment.objects.filter(case=Case.objects.get()).count() == 1


def test_of_more_files_than_come_with_a_step_the_others_are_left_out(
    scene: Scene, tmp_path: Path
) -> None:
    many = [named(PHOTO) for _each in range(settings.FILES_A_MOVE + 2)]
    (outcome,) = brought(archived(tmp_path / "many.zip", a_row(*many), jpg=PHOTO), "many")
    assert codes(outcome) == {"files_too_many"}
    assert Attachment.objects.count() == settings.FILES_A_MOVE


def test_names_are_cleaned_as_those_of_uploads(scene: Scene, tmp_path: Path) -> None:
    odd = named(PHOTO, "../../\u202egpj.exe\0" + "x" * 500)
    brought(archived(tmp_path / "odd.zip", a_row(odd), jpg=PHOTO), "odd")
    assert Attachment.objects.get().name == "gpj.jpg"


# --- Again, tried out, and cut short ---------------------------------------------------------------------


def test_trying_out_checks_the_files_and_keeps_none(scene: Scene, tmp_path: Path) -> None:
    path = archived(tmp_path / "a.zip", a_row(named(PHOTO), named(b"gone")), jpg=PHOTO)
    by = ours("dry", DHAKA)
    run = Run(open_source(path), by, "0" * 64, dry=True)
    ((outcome,),) = list(run.batches())
    assert codes(outcome) == {"file_missing"}
    assert not Attachment.objects.exists()
    assert not Case.objects.exists()


def test_the_same_archive_again_brings_nothing_twice(scene: Scene, tmp_path: Path) -> None:
    path = archived(tmp_path / "a.zip", a_row(named(PHOTO)), jpg=PHOTO)
    brought(path, "once")
    with pytest.raises(IsDone):
        brought(path, "once")
    more = archived(
        tmp_path / "b.zip", a_row(named(PHOTO)), a_row(named(PHOTO), external_id="A-2"), jpg=PHOTO
    )
    assert [one.result for one in brought(more, "once")] == ["known", "made"]
    assert Attachment.objects.count() == Case.objects.count() == 2


def test_an_import_that_died_between_files_and_rows_brings_both_when_it_goes_on(
    scene: Scene,
    clock: time_machine.Traveller,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = archived(tmp_path / "a.zip", a_row(named(PHOTO)), jpg=PHOTO)

    def dies(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(writing, "_count", dies)
        with pytest.raises(KeyboardInterrupt):
            brought(path, "killed")
    left = Attachment.objects.get()
    assert left.case is None
    assert not Case.objects.exists()

    brought(path, "killed")
    assert Attachment.objects.filter(case=Case.objects.get()).count() == 1
    clock.shift(files.LOOSE_FOR)
    assert files.erase_loose() == 1
    assert not default_storage.exists(str(left.file.name))
    assert Import.objects.get().made == 1


def test_a_limit_stops_between_rows_and_the_rest_comes_with_its_files(
    scene: Scene, tmp_path: Path
) -> None:
    given = [a_row(named(PHOTO), external_id=f"A-{n}") for n in range(5)]
    path = archived(tmp_path / "a.zip", *given, jpg=PHOTO)
    said = list[str]()
    for limit in ("2", "0"):
        out = StringIO()
        call_command("import_cases", str(path), "--source=some", "--limit", limit, stdout=out)
        said += [line for line in out.getvalue().splitlines() if "along" in line]
    assert said == ["2 files came along.", "3 files came along."]
    assert Reference.objects.filter(source="some").count() == 5
    assert Attachment.objects.exclude(case=None).values("case").distinct().count() == 5


def test_more_files_than_an_archive_holds_are_said_before_any_is_written(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_files(scene)
    monkeypatch.setattr("systems.export.writing.MOST_FILES", 2)
    with pytest.raises(CommandError, match="more files than an archive"):
        call_command("export_cases", "grid", "--out", str(tmp_path / "a.zip"))
    assert list(tmp_path.iterdir()) == []
