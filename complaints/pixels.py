"""Whether an image is nothing but its pixels, as the portal writes them: no place, no camera, no profile, no
second file. Pure.

So is every image that the portal has written anew (`filetypes`); it would only lose by being written once
more. What cannot be followed from its first byte to its last, or is packed otherwise, is something else.
Only behind the last pixel of a JPEG, where none but its reader knows that it was the last, something may lie.
"""

import re
import struct
import zlib
from collections.abc import Callable

#: How the pixels of a JPEG are packed: tables, of which two of each kind are enough, with bytes of all of
#: them; its measures (SOF0), its pixels (SOS) and its head (APP0) come once.
_TABLES = {0xDB: 2 * 65, 0xC4: 2 * (17 + 12) + 2 * (17 + 162)}
_MEASURES, _SCAN, _HEAD, _END = 0xC0, 0xDA, 0xE0, 0xD9
#: The first byte that is no pixel's any more: FF, unless it is followed by 00 or a restart.
_BEHIND_PIXELS = re.compile(rb"\xff[^\x00\xd0-\xd7]")
#: JFIF without a small image of its own.
_PLAIN_HEAD = re.compile(rb"JFIF\0.{7}\0\0\Z", re.S)
#: Bytes of a pixel by the colours of a PNG: with eight bits each, and in lines from top to bottom.
_PIXEL = {(8, 2, 0, 0, 0): 3, (8, 6, 0, 0, 0): 4}
#: Unfolded at once, and at most: more than any that is kept here.
_PIECE, _MOST_UNFOLDED = 1 << 20, 1 << 27
#: The parts of a WebP, with transparency or without.
_WEBP_PARTS = ([b"VP8 "], [b"VP8L"], [b"VP8X", b"ALPH", b"VP8 "], [b"VP8X", b"VP8L"])
#: What the head of a WebP says to be in it: of these nothing but transparency.
_WEBP_ALPHA = 0x10


def only(content: bytes, content_type: str) -> bool:
    """Whether the file holds pixels only. False for kinds of files that are no images."""
    look = _KINDS.get(content_type)
    try:
        return look is not None and look(content)
    except (IndexError, struct.error, zlib.error):
        return False


def _jpeg(content: bytes) -> bool:
    at, tables, once = 2, dict.fromkeys(_TABLES, 0), {_MEASURES, _SCAN, _HEAD}
    while content[at] == 0xFF:
        part = content[at + 1]
        if part == _END:
            return at + 2 == len(content) and _SCAN not in once
        (length,) = struct.unpack_from(">H", content, at + 2)
        inside = content[at + 4 : at + 2 + length]
        if part in tables:
            tables[part] += len(inside)
            if tables[part] > _TABLES[part]:
                return False
        elif part not in once or (part == _HEAD and not _PLAIN_HEAD.match(inside)):
            return False
        once.discard(part)
        at += 2 + length
        if part == _SCAN:
            behind = _BEHIND_PIXELS.search(content, at)
            if behind is None:
                return False
            at = behind.start()
    return False


def _png(content: bytes) -> bool:
    length, part, width, height, *packed = struct.unpack_from(">I4sII5B", content, 8)
    size = height * (1 + width * _PIXEL.get(tuple(packed), 0))
    if (length, part) != (13, b"IHDR") or tuple(packed) not in _PIXEL or size > _MOST_UNFOLDED:
        return False
    at, pixels = 33, list[bytes]()
    while True:
        length, part = struct.unpack_from(">I4s", content, at)
        at += 12 + length
        if part == b"IEND":
            return length == 0 and at == len(content) and _unfolds_to(b"".join(pixels), size)
        if part != b"IDAT":
            return False
        pixels.append(content[at - 4 - length : at - 4])


def _unfolds_to(packed: bytes, size: int) -> bool:
    """Whether it unfolds to so many bytes, and nothing is left of it."""
    unfolding, left = zlib.decompressobj(), size
    while left >= 0 and not unfolding.eof:
        piece = unfolding.decompress(packed, _PIECE)
        if not piece and not unfolding.eof:
            return False
        packed, left = unfolding.unconsumed_tail, left - len(piece)
    return left == 0 and not unfolding.unused_data


def _webp(content: bytes) -> bool:
    (size,) = struct.unpack_from("<I", content, 4)
    at, parts = 12, list[bytes]()
    while at < len(content):
        part, length = struct.unpack_from("<4sI", content, at)
        parts.append(part)
        if part == b"VP8X" and (length != 10 or content[at + 8] & ~_WEBP_ALPHA):
            return False
        at += 8 + length + length % 2
    return parts in _WEBP_PARTS and at == len(content) == size + 8


_KINDS: dict[str, Callable[[bytes], bool]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
}
