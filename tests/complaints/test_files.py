"""Files: what is let in, what is left of it, and who gets to see it."""

import hashlib
import io
import stat
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.test import RequestFactory
from django.utils import translation
from PIL import Image

from accounts.actors import Actor
from complaints import filetypes
from complaints.errors import Invalid
from complaints.models import Attachment
from complaints.services import casework, files, intake
from complaints.submission import Submission
from complaints.views.files import attachment as file_view
from tests.complaints.conftest import Scene

PLAIN_PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
CITIZEN = Actor(kind="citizen")


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "files"
    with translation.override("en"):
        yield


def image(form: str = "JPEG", size: tuple[int, int] = (40, 30), **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **more)
    return out.getvalue()


def stored(kept: Attachment) -> bytes:
    with kept.file.open() as file:
        return file.read()


def closed(answer: Any) -> Any:
    """The answer as it was, its file closed; `body` holds what was sent."""
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    for close in answer._resource_closers:  # `close` itself would also end the database connection
        close()
    return answer


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def pdf(extra: bytes) -> bytes:
    return PLAIN_PDF.replace(b"trailer", extra + b"\ntrailer")


def refused(content: bytes, name: str = "photo.jpg") -> str:
    with pytest.raises(Invalid) as refusal:
        files.store(actor=CITIZEN, upload=upload(content, name))
    assert not Attachment.objects.exists()
    return str(refusal.value.fields["files"][0])


@pytest.mark.parametrize(
    ("form", "content_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")],
)
def test_a_photo_is_kept_with_its_checksum(db: None, form: str, content_type: str) -> None:
    kept = files.store(actor=CITIZEN, upload=upload(image(form)))
    content = stored(kept)
    assert kept.content_type == content_type
    assert (kept.size, kept.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert Image.open(io.BytesIO(content)).format == form


def test_a_pdf_is_kept_as_it_is(db: None) -> None:
    kept = files.store(actor=CITIZEN, upload=upload(PLAIN_PDF, "দলিল.pdf"))
    assert stored(kept) == PLAIN_PDF
    assert kept.name == "দলিল.pdf"


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" + b"\0" * 200,
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"just words",
        image("GIF"),
        b"PK\x03\x04" + b"\0" * 60,
    ],
)
def test_the_content_decides_and_not_the_name(db: None, content: bytes) -> None:
    sentence = refused(content, "photo.jpg")
    assert "photo" in sentence
    assert "JPEG, PNG, WebP" in sentence


def test_the_ending_is_made_true(db: None) -> None:
    kept = files.store(actor=CITIZEN, upload=upload(image("PNG"), "virus.exe"))
    assert kept.name == "virus.png"


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0abcdef", image()[:200], PLAIN_PDF[:40]])
def test_a_damaged_file_is_refused(db: None, content: bytes) -> None:
    assert "cannot be read" in refused(content)


def test_an_empty_file_is_refused(db: None) -> None:
    assert "empty" in refused(b"")


def test_a_file_that_is_too_large_is_refused_unread(db: None, settings: Any) -> None:
    settings.FILES_MAX_BYTES = 1024 * 1024
    large: Any = SimpleNamespace(name="photo.jpg", size=1024 * 1024 + 1)
    with pytest.raises(Invalid) as refusal:
        files.store(actor=CITIZEN, upload=large)
    assert "larger than 1 MB" in str(refusal.value.fields["files"][0])


def test_where_and_with_what_a_photo_was_taken_is_gone(db: None) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (23.0, 48.0, 37.0)
    original = image(exif=exif, comment=b"taken by Rahim")
    assert b"SecretCamera" in original
    kept = stored(files.store(actor=CITIZEN, upload=upload(original)))
    assert b"SecretCamera" not in kept
    assert b"Rahim" not in kept
    assert b"Exif" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_a_turned_photo_stands_upright(db: None) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = files.store(actor=CITIZEN, upload=upload(image(size=(40, 30), exif=exif)))
    assert Image.open(io.BytesIO(stored(kept))).size == (30, 40)


def test_a_second_file_behind_a_photo_is_gone(db: None) -> None:
    kept = files.store(actor=CITIZEN, upload=upload(image("PNG") + b"<script>alert(1)</script>"))
    assert b"script" not in stored(kept)


def test_a_large_photo_is_made_smaller(db: None) -> None:
    kept = files.store(actor=CITIZEN, upload=upload(image(size=(5000, 100))))
    assert Image.open(io.BytesIO(stored(kept))).size == (4096, 82)


def test_a_picture_with_transparency_keeps_it(db: None) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (8, 8), (1, 2, 3, 0)).save(out, "PNG")
    assert Image.open(io.BytesIO(filetypes.kept(out.getvalue()).content)).mode == "RGBA"


def test_a_decompression_bomb_is_refused_before_it_is_unpacked(db: None) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")
        )

    size = (60_000).to_bytes(4, "big")
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size + size + b"\x08\x02\x00\x00\x00")
        + chunk(b"IDAT", zlib.compress(b"\0" * 10_000_000))
        + chunk(b"IEND", b"")
    )
    assert "pixels" in refused(bomb, "bomb.png")


@pytest.mark.parametrize(
    "extra",
    [
        b"2 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj",
        b"2 0 obj << /S /J#61vaScript >> endobj",
        b"2 0 obj << /S /Launch /F (cmd.exe) >> endobj",
        b"<< /Encrypt 5 0 R >>",
        b"2 0 obj << /Type /EmbeddedFile >> endobj",
        b"2 0 obj << /XFA [1 0 R] >> endobj",
        b"2 0 obj << /Type /ObjStm /Filter /FlateDecode >>\nstream\n"
        + zlib.compress(b"3 0 << /S /JavaScript >>")
        + b"\nendstream endobj",
        b"2 0 obj << /Type /ObjStm /Filter /LZWDecode >>\nstream\nxxxx\nendstream endobj",
        b"2 0 obj << /Type /ObjStm >>\nstream\n3 0 << /S /Launch >>\nendstream endobj",
    ],
)
def test_a_pdf_that_can_do_something_is_refused(db: None, extra: bytes) -> None:
    assert "password, or a script" in refused(pdf(extra), "form.pdf")


def test_a_pdf_with_packed_plain_objects_is_kept(db: None) -> None:
    packed = zlib.compress(b"3 0 << /Type /Page /MediaBox [0 0 10 10] >>")
    extra = b"2 0 obj << /Type /ObjStm /Filter /FlateDecode >>\nstream\n" + packed
    assert files.store(actor=CITIZEN, upload=upload(pdf(extra + b"\nendstream endobj")))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\Rahim\\রাস্তা ১.JPG", "রাস্তা ১.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("a\u202egpj.exe", "agpj.jpg"),
        ("nul\x00l.png", "null.jpg"),
        ('x";filename=y.html', "x_;filename=y.jpg"),
        ("...", "file.jpg"),
        ("", "file.jpg"),
        ("ক" * 300 + ".jpg", "ক" * 80 + ".jpg"),
        ("ক্\u200dত.png", "ক্\u200dত.jpg"),
    ],
)
def test_a_name_is_never_a_path(given: str, shown: str) -> None:
    assert filetypes.clean_name(given, "image/jpeg") == shown


def test_files_lie_under_random_names_that_only_the_portal_reads(db: None) -> None:
    kept = files.store(actor=CITIZEN, upload=upload(image(), "../../../tmp/mine.jpg"))
    path = Path(default_storage.path(kept.file.name))
    assert Path(default_storage.path("")) in path.parents
    assert "mine" not in path.name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_sentence_is_in_the_readers_language(db: None) -> None:
    with translation.override("bn"):
        sentence = refused(b"just words", "প্রমাণ.jpg")
    assert sentence.startswith("“প্রমাণ” ছবি (JPEG, PNG, WebP) বা PDF নয়")


# --- Taken into a case -----------------------------------------------------------------------


def store(content: bytes | None = None, name: str = "photo.jpg") -> Attachment:
    return files.store(actor=CITIZEN, upload=upload(content or image(), name))


def test_a_file_goes_with_the_complaint(scene: Scene) -> None:
    kept = store()
    case = scene.case(scene.file(files=(str(kept.key),)))
    kept.refresh_from_db()
    assert (kept.case, kept.event.move, kept.internal) == (case, "submit", False)


@pytest.mark.parametrize("key", [str(uuid4()), "not-a-key", ""])
def test_a_file_that_is_not_there_stops_the_move(scene: Scene, key: str) -> None:
    with pytest.raises(Invalid, match="invalid") as refusal:
        scene.file(files=(str(store().key), key))
    assert "files" in refusal.value.fields
    assert Attachment.objects.filter(case=None).count() == 1


def test_a_file_belongs_to_one_case_only(scene: Scene) -> None:
    kept = store()
    scene.file(files=(str(kept.key),))
    with pytest.raises(Invalid):
        scene.file(files=(str(kept.key),))


def test_a_move_takes_ten_files_and_no_more(scene: Scene) -> None:
    keys = tuple(str(store().key) for _ in range(11))
    submission = Submission(text="Ten photos of the same road.", language="en", files=keys)
    with pytest.raises(Invalid) as refusal:
        intake.submit(actor=CITIZEN, submission=submission)
    assert "10" in str(refusal.value.fields["files"][0])
    assert scene.file(files=keys[:10])


def test_loose_files_are_erased_after_a_day(scene: Scene, clock: Any) -> None:
    loose, taken = store(), store()
    scene.file(files=(str(taken.key),))
    clock.shift(timedelta(hours=23, minutes=59))
    assert files.erase_loose() == 0
    clock.shift(timedelta(minutes=1))
    assert files.erase_loose() == 1
    assert files.erase_loose() == 0
    assert not default_storage.exists(loose.file.name)
    assert default_storage.exists(taken.file.name)
    assert list(Attachment.objects.all()) == [taken]


def test_erasing_goes_on_where_the_file_is_gone_already(scene: Scene, clock: Any) -> None:
    default_storage.delete(store().file.name)
    clock.shift(timedelta(days=1))
    assert files.erase_loose() == 1


# --- Who sees it -----------------------------------------------------------------------------


def fetch(kept: Attachment, actor: Actor, **headers: str) -> Any:
    """Ask for a file as somebody, who proved the case if they are its citizen."""
    request = RequestFactory().get(f"/files/{kept.key}/", headers=headers)
    user_id = actor.user_id
    request.user = SimpleNamespace(pk=user_id, is_authenticated=user_id is not None)
    request.session = {}
    request.actor = actor
    if actor.case_id:
        case = kept.case
        request.session["proofs"] = {
            case.number: {
                "id": actor.case_id,
                "withdraws": False,
                "hash": case.secret_hash[:16],
                "at": case.filed_at.timestamp(),
            }
        }
        request.actor = CITIZEN
    return closed(file_view(request, kept.key))


@pytest.fixture
def with_files(scene: Scene) -> tuple[Scene, Any, Attachment, Attachment]:
    """A case at the department with a photo of the citizen and an internal one."""
    photo, internal = store(), store(PLAIN_PDF, "নোট.pdf")
    receipt = scene.file(files=(str(photo.key),))
    casework.forward(
        actor=scene.actor(scene.cast.desk),
        number=receipt.number,
        office=scene.cast.department,
        reason="Power meters",
    )
    casework.note(
        actor=scene.actor(scene.cast.focal),
        number=receipt.number,
        text="See the file.",
        files=[str(internal.key)],
    )
    for kept in (photo, internal):
        kept.refresh_from_db()
    return scene, receipt, photo, internal


def test_those_who_see_the_case_see_its_files(with_files: Any) -> None:
    scene, receipt, photo, internal = with_files
    for user in (scene.cast.focal, scene.cast.desk, scene.cast.overseer):
        assert fetch(photo, scene.actor(user)).status_code == 200
        assert fetch(internal, scene.actor(user)).status_code == 200
    answer = fetch(photo, scene.citizen(receipt))
    assert answer.body == stored(photo)


def test_a_file_is_only_looked_at(with_files: Any) -> None:
    scene, _receipt, photo, internal = with_files
    answer = fetch(internal, scene.actor(scene.cast.focal))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E0")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox;")
    assert answer["Cache-Control"] == "private, no-cache"
    shown = fetch(photo, scene.actor(scene.cast.focal))
    assert shown["Content-Disposition"] == 'inline; filename="photo.jpg"'


def test_an_unchanged_file_is_not_sent_again(with_files: Any) -> None:
    scene, _receipt, photo, _internal = with_files
    etag = fetch(photo, scene.actor(scene.cast.focal))["ETag"]
    again = fetch(photo, scene.actor(scene.cast.focal), if_none_match=etag)
    assert (again.status_code, again["ETag"]) == (304, etag)


def test_the_rival_and_the_visitor_get_nothing(with_files: Any) -> None:
    scene, _receipt, photo, _internal = with_files
    etag = f'"{photo.sha256}"'
    for actor in (scene.actor(scene.cast.rival_focal), CITIZEN, scene.actor(scene.cast.registrar)):
        with pytest.raises(Http404):
            fetch(photo, actor)
        with pytest.raises(Http404):
            fetch(photo, actor, if_none_match=etag)


def test_the_citizen_of_another_case_gets_nothing(with_files: Any) -> None:
    scene, _receipt, photo, _internal = with_files
    other = scene.file()
    with pytest.raises(Http404):
        fetch(photo, scene.citizen(other))


def test_a_note_s_file_is_not_for_the_citizen(with_files: Any) -> None:
    scene, receipt, _photo, internal = with_files
    with pytest.raises(Http404):
        fetch(internal, scene.citizen(receipt))


def test_an_owner_with_an_account_gets_no_internal_file(with_files: Any) -> None:
    scene, _receipt, photo, internal = with_files
    citizen = scene.cast.charlie
    case = photo.case
    case.owner = citizen
    case.save(update_fields=["owner"])
    assert fetch(photo, scene.actor(citizen)).status_code == 200
    with pytest.raises(Http404):
        fetch(internal, scene.actor(citizen))


def test_a_loose_file_is_for_nobody(scene: Scene) -> None:
    kept = store()
    for user in (scene.cast.desk, scene.cast.overseer):
        with pytest.raises(Http404):
            fetch(kept, scene.actor(user))


def test_a_file_that_is_lost_on_disk_is_not_found(with_files: Any) -> None:
    scene, _receipt, photo, _internal = with_files
    default_storage.delete(photo.file.name)
    with pytest.raises(Http404):
        fetch(photo, scene.actor(scene.cast.focal))


def test_the_address_answers_by_who_is_signed_in(with_files: Any, client: Any) -> None:
    scene, _receipt, photo, _internal = with_files
    address = f"/files/{photo.key}/"
    assert client.get(address).status_code == 404
    client.force_login(scene.cast.focal)
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Content-Security-Policy"].startswith("sandbox;")
    for close in answer._resource_closers:
        close()
    assert client.post(address).status_code == 405
    client.force_login(scene.cast.rival_focal)
    assert client.get(address).status_code == 404
