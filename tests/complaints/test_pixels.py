"""Which images are nothing but their pixels: those that the portal wrote, and no other."""

import io
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from complaints import filetypes, pixels
from tests.complaints.uploads import PLAIN_PDF, image, pdf

KINDS = ("image/jpeg", "image/png", "image/webp")
FORMS = [
    ("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"),
    ("WEBP", "RGB"), ("WEBP", "RGBA"),
]  # fmt: skip


def drawn(form: str, mode: str = "RGB", **more: Any) -> bytes:
    """A picture with many colours in it."""
    out = io.BytesIO()
    Image.effect_noise((90, 70), 60).convert("RGB").convert(mode).save(out, form, **more)
    return out.getvalue()


def exif() -> Image.Exif:
    """Where it was taken."""
    data = Image.Exif()
    data[0x010E] = "At the house of Karim"
    return data


@pytest.mark.parametrize(("form", "mode"), FORMS)
def test_what_was_written_anew_is_pixels_only_and_is_not_written_again(
    form: str, mode: str
) -> None:
    once = filetypes.kept(drawn(form, mode, exif=exif()))
    assert pixels.only(once.content, once.content_type)
    assert filetypes.kept_again(once.content) == once


@pytest.mark.parametrize("kind", KINDS)
def test_what_says_more_than_its_pixels_is_written_anew(kind: str) -> None:
    form = filetypes.FORMATS[kind]
    said = drawn(form, exif=exif())
    assert not pixels.only(said, kind)
    anew = filetypes.kept_again(said)
    assert anew.content != said
    assert pixels.only(anew.content, kind)
    assert not pixels.only(anew.content + b"a second file", kind)
    assert not pixels.only(anew.content[:-1], kind)


def test_words_beside_the_pixels_are_found_in_each_place() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "Karim")
    assert not pixels.only(drawn("PNG", pnginfo=words), "image/png")
    assert not pixels.only(drawn("JPEG", comment=b"Karim"), "image/jpeg")
    assert not pixels.only(drawn("WEBP", xmp=b"Karim"), "image/webp")
    plain = filetypes.kept(drawn("JPEG")).content
    small_one = plain.replace(b"\0\0\xff\xdb", b"\1\1\xff\xdb", 1)
    assert small_one != plain
    assert not pixels.only(small_one, "image/jpeg")


def part(name: bytes, words: bytes) -> bytes:
    """A part of a PNG."""
    return (
        struct.pack(">I4s", len(words), name) + words + struct.pack(">I", zlib.crc32(name + words))
    )


SECRET = b"the house of Karim " * 20
#: What would lie in a picture beside its pixels, and be passed over by whoever shows it.
HIDDEN: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("image/png", lambda plain: plain[:-12] + part(b"IDAT", SECRET) + plain[-12:]),
    ("image/png", lambda plain: plain[:33] + part(b"PLTE", SECRET[:300]) + plain[33:]),
    ("image/png", lambda plain: _with_more_pixels(plain)),
    ("image/jpeg", lambda plain: plain[:2] + b"\xff\xdb\0\x43\3" + SECRET[:64] + plain[2:]),
    ("image/jpeg", lambda plain: plain[:2] + b"\xff\xc4\0\x43\3" + SECRET[:64] + plain[2:]),
    ("image/jpeg", lambda plain: plain[:20] + plain[2:20] + plain[20:]),
    ("image/webp", lambda plain: _sized(plain + struct.pack("<4sI", b"VP8 ", 380) + SECRET)),
]


def _with_more_pixels(plain: bytes) -> bytes:
    at = plain.index(b"IDAT")
    (length,) = struct.unpack_from(">I", plain, at - 4)
    rows = zlib.decompress(plain[at + 4 : at + 4 + length])
    return plain[: at - 4] + part(b"IDAT", zlib.compress(rows + SECRET)) + plain[-12:]


def _sized(content: bytes) -> bytes:
    return content[:4] + struct.pack("<I", len(content) - 8) + content[8:]


@pytest.mark.parametrize(("kind", "hide"), HIDDEN)
def test_what_lies_hidden_among_its_parts_is_gone(
    kind: str, hide: Callable[[bytes], bytes]
) -> None:
    plain = filetypes.kept(image(filetypes.FORMATS[kind])).content
    assert pixels.only(plain, kind)
    odd = hide(plain)
    assert not pixels.only(odd, kind)
    # Some of them no reader of pictures takes.
    with suppress(filetypes.NotKept):
        assert pixels.only(filetypes.kept_again(odd).content, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_large_one_in_many_parts_is_followed_to_its_end(kind: str) -> None:
    out = io.BytesIO()
    Image.effect_noise((700, 500), 90).convert("RGBA").save(out, "PNG")
    form = filetypes.FORMATS[kind]
    kept = filetypes.written_anew(out.getvalue(), "PNG")
    assert kept.count(b"IDAT") > 1
    with Image.open(io.BytesIO(kept)) as large:
        other = io.BytesIO()
        large.convert("RGB" if form == "JPEG" else "RGBA").save(other, form)
    assert pixels.only(filetypes.kept(other.getvalue()).content, kind)


def test_a_picture_larger_than_is_kept_is_made_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = filetypes.kept(image(size=(40, 30))).content
    monkeypatch.setattr(filetypes, "LONGEST_SIDE", 20)
    with Image.open(io.BytesIO(filetypes.kept_again(plain).content)) as smaller:
        assert max(smaller.size) == 20


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"<html>", "type"),
        (pdf(b"/JavaScript"), "active"),
        (PLAIN_PDF[:-8], "damaged"),
        (image("PNG")[:60] + b"\0" * 30, "damaged"),
    ],
)
def test_what_is_not_kept_of_an_upload_is_not_kept_again(content: bytes, why: str) -> None:
    with pytest.raises(filetypes.NotKept) as refusal:
        filetypes.kept_again(content)
    assert refusal.value.why == why


def test_one_whose_pixels_cannot_be_read_is_not_kept_though_its_parts_fit() -> None:
    content = filetypes.kept(drawn("PNG")).content
    at = content.index(b"IDAT") + 4
    broken = content[:at] + b"\xff" * 20 + content[at + 20 :]
    with pytest.raises(filetypes.NotKept):
        filetypes.kept_again(broken)


def test_a_document_stays_as_it_is() -> None:
    assert filetypes.kept_again(PLAIN_PDF).content == PLAIN_PDF
    assert not pixels.only(PLAIN_PDF, "application/pdf")


@given(st.sampled_from(KINDS), st.binary(max_size=60), st.integers(0, 400))
def test_whatever_the_bytes_there_is_an_answer(kind: str, odd: bytes, cut: int) -> None:
    form = filetypes.FORMATS[kind]
    plain = filetypes.kept(image(form)).content
    assert pixels.only(plain[:cut] + odd, kind) in (True, False)
    assert pixels.only(odd, kind) is False
