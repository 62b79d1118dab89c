"""What an uploaded file really is, and what of it is kept. Pure: bytes in, bytes out.

Only what can be looked at without harm is let in: photos, which are decoded and written anew (so
that nothing of the camera, the place or a hidden second file is left), and PDFs without scripts,
programs to start, other files inside, or a password. The name of a file proves nothing.
"""

import io
import re
import unicodedata
import zlib
from dataclasses import dataclass

import puremagic
from PIL import Image, ImageOps

from complaints import pixels

#: Content type → ending of the stored name.
ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "application/pdf": ".pdf",
}
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
#: Pixels a side of a kept image.
LONGEST_SIDE = 4096
#: Pixels of an image before it is decoded: what the largest usual telephone cameras make.
MOST_PIXELS = 65_000_000
#: Bytes of object streams that are looked through in one PDF, as they lie there and unfolded.
MOST_UNFOLDED = 32 * 1024 * 1024
LONGEST_STEM = 80

#: Joiners that Bangla spelling needs; other invisible characters are taken out of names.
JOINERS = "\u200c\u200d"
UNSAFE_IN_NAMES = re.compile(r'[<>:"/\\|?*%]')

ACTIVE_IN_PDF = re.compile(
    rb"/(?:JavaScript|Launch|Encrypt|EmbeddedFiles?|RichMedia|Rendition)\b|/XFA[\s\[\d(]"
)
ESCAPED_IN_PDF = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM_IN_PDF = re.compile(rb"\bstream\r?\n")


class NotKept(Exception):
    """A file that is not let in. `why`: empty, type, damaged, pixels, active."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of a file, and what it is."""

    content: bytes
    content_type: str


def kept(content: bytes) -> Kept:
    """What is stored of an upload. Raises NotKept."""
    if not content:
        raise NotKept("empty")
    kind = _kind(content)
    if kind == "application/pdf":
        check_pdf(content)
        return Kept(content, kind)
    return Kept(written_anew(content, FORMATS[kind]), kind)


def kept_again(content: bytes) -> Kept:
    """What is stored of a file that a portal like this one kept before: the same bytes, if they are such.

    An image that holds anything but pixels, or more of them than are kept here, is written anew like an
    upload. Raises NotKept.
    """
    if content:
        kind = _kind(content)
        if pixels.only(content, kind) and _is_small_enough(content, FORMATS[kind]):
            return Kept(content, kind)
    return kept(content)


def _is_small_enough(content: bytes, wanted: str) -> bool:
    """Whether all of an image can be read, and is within the sides that are kept. Raises NotKept."""
    try:
        with Image.open(io.BytesIO(content), formats=[wanted]) as image:
            if max(image.size) > LONGEST_SIDE:
                return False
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotKept("pixels") from error
    except (OSError, SyntaxError, ValueError, zlib.error, EOFError) as error:
        raise NotKept("damaged") from error
    return True


def _kind(content: bytes) -> str:
    try:
        kind = puremagic.from_string(content, mime=True)
    except (puremagic.PureError, ValueError) as error:
        raise NotKept("type") from error
    if kind not in ENDINGS:
        raise NotKept("type")
    return kind


def written_anew(content: bytes, wanted: str) -> bytes:
    """The pixels of an image, upright and not too large, in a fresh file. Raises NotKept."""
    try:
        with Image.open(io.BytesIO(content), formats=[wanted]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NotKept("pixels")
            # Smaller first: it spares memory, and the turn is known from the EXIF data either way.
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image)
            has_alpha = upright.has_transparency_data and wanted != "JPEG"
            plain = upright.convert("RGBA" if has_alpha else "RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotKept("pixels") from error
    except (OSError, SyntaxError, ValueError, zlib.error, EOFError) as error:
        raise NotKept("damaged") from error
    plain.info.clear()
    out = io.BytesIO()
    plain.save(out, wanted, **({} if wanted == "PNG" else {"quality": 85}))
    return out.getvalue()


def check_pdf(content: bytes) -> None:
    """Refuse a PDF that is cut off, encrypted, or can do more than be looked at. Raises NotKept.

    Names are looked for in the file as it lies there, with their escapes undone, and in its object
    streams unfolded. What cannot be unfolded, or is more than `MOST_UNFOLDED`,
    is refused.
    """
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
        raise NotKept("damaged")
    if ACTIVE_IN_PDF.search(content):
        raise NotKept("active")
    readable = ESCAPED_IN_PDF.sub(_unescaped, content) if b"#" in content else content
    if ACTIVE_IN_PDF.search(readable):
        raise NotKept("active")
    room = MOST_UNFOLDED
    for begin in STREAM_IN_PDF.finditer(content):
        before = content[max(0, begin.start() - 2048) : begin.start()]
        described = before[before.rfind(b" obj") :]
        if b"/ObjStm" in ESCAPED_IN_PDF.sub(_unescaped, described):
            room -= _check_objects(content, begin.end(), described, room)


def _check_objects(content: bytes, start: int, described: bytes, room: int) -> int:
    """Look through one object stream, if that is no more work than `room` bytes; says how much it was."""
    packed = objects = content[start : content.find(b"endstream", start)]
    if len(packed) >= room:
        raise NotKept("active")
    if b"/Filter" in described:
        unfolding = zlib.decompressobj()
        try:
            objects = unfolding.decompress(packed, room)
        except zlib.error as error:
            raise NotKept("active") from error
        if not unfolding.eof:
            raise NotKept("active")
    if ACTIVE_IN_PDF.search(ESCAPED_IN_PDF.sub(_unescaped, objects)):
        raise NotKept("active")
    return len(packed) + len(objects)


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)])


def name_given(name: str) -> str:
    """The name that somebody gave a file, ending and all, to be read by them; what is unseen is left out.

    Of a very long one the beginning and the end. "file" if nothing is left.
    """
    seen = _seen(name).strip() or "file"
    return seen if len(seen) <= LONGEST_STEM else f"{seen[: LONGEST_STEM - 20]}…{seen[-20:]}"


def _seen(name: str) -> str:
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    return "".join(c for c in last if c in JOINERS or not unicodedata.category(c).startswith("C"))


def clean_name(name: str, content_type: str) -> str:
    """A name to show and to download under: never a path, with the ending that is true.

    Text direction marks and other invisible characters are taken out, so that `gpj.exe` cannot be
    made to look like `exe.jpg`.
    """
    seen = _seen(name)
    stem = seen.rpartition(".")[0] if "." in seen.strip(".") else seen
    stem = UNSAFE_IN_NAMES.sub("_", stem).strip(" ._" + JOINERS)[:LONGEST_STEM].strip()
    return (stem or "file") + ENDINGS[content_type]
