"""Files: what is let in, and what is left of it."""

import hashlib
import io
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import translation
from PIL import Image

from complaints import filetypes
from complaints.errors import Invalid
from complaints.services import files
from tests.complaints.uploads import CITIZEN, PLAIN_PDF, image, pdf, refused, stored, upload


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "files"
    with translation.override("en"):
        yield


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


@pytest.mark.parametrize("filtered", [True, False])
def test_a_pdf_that_is_endless_work_is_refused_at_once(
    db: None, monkeypatch: pytest.MonkeyPatch, filtered: bool
) -> None:
    monkeypatch.setattr(filetypes, "MOST_UNFOLDED", 100_000)
    objects = zlib.compress(b"3 0 << /Type /Page >>" * 1_500) if filtered else b"<< >> " * 5_000
    head = b"2 0 obj << /Type /ObjStm " + (b"/Filter /FlateDecode " if filtered else b"")
    one = head + b">>\nstream\n" + objects + b"\nendstream endobj\n"
    assert filetypes.kept(pdf(one))
    with pytest.raises(filetypes.NotKept):
        filetypes.kept(pdf(one * 4))


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


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("w.py", "w.py"),
        (".htaccess", ".htaccess"),
        ("C:\\Users\\Rahim\\রাস্তা ১.DOCX", "রাস্তা ১.DOCX"),
        ("archive.tar.gz", "archive.tar.gz"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("two\nlines.txt", "twolines.txt"),
        ("\x07", "file"),
        ("x" * 100 + ".pages", "x" * 60 + "…" + "x" * 14 + ".pages"),
    ],
)
def test_a_refusal_names_a_file_as_whoever_added_it_does(db: None, given: str, shown: str) -> None:
    with translation.override("en"):
        assert refused(b"just words", given).startswith(f"“{shown}” is not a photo")


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
    assert sentence.startswith("“প্রমাণ.jpg” ছবি (JPEG, PNG, WebP) বা PDF নয়")
