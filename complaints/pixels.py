"""Whether an image is nothing but its pixels: no place, no camera, no profile, no second file. Pure.

So is every image that the portal has written anew (`filetypes`); it would only lose by being written once
more. What cannot be followed from its first byte to its last is something else.
"""

import re
import struct
from collections.abc import Callable

#: Parts of a JPEG that say how its pixels are packed, beside its head (APP0) and the pixels (SOS).
_JPEG_PARTS = frozenset({0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD})
_SCAN, _HEAD, _END = 0xDA, 0xE0, 0xD9
#: The first byte that is no pixel's any more: FF, unless it is followed by 00 or a restart.
_BEHIND_PIXELS = re.compile(rb"\xff[^\x00\xd0-\xd7]")
#: JFIF without a small image of its own.
_PLAIN_HEAD = re.compile(rb"JFIF\0.{7}\0\0\Z", re.S)
_PNG_PARTS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_WEBP_PARTS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH"})
#: What the head of a WebP says to be in it: of these nothing but transparency.
_WEBP_ALPHA = 0x10


def only(content: bytes, content_type: str) -> bool:
    """Whether the file holds pixels only. False for kinds of files that are no images."""
    look = _KINDS.get(content_type)
    try:
        return look is not None and look(content)
    except (IndexError, struct.error):
        return False


def _jpeg(content: bytes) -> bool:
    at = 2
    while content[at] == 0xFF:
        part = content[at + 1]
        if part == _END:
            return at + 2 == len(content)
        (length,) = struct.unpack_from(">H", content, at + 2)
        inside = content[at + 4 : at + 2 + length]
        if part == _HEAD:
            if not _PLAIN_HEAD.match(inside):
                return False
        elif part not in _JPEG_PARTS and part != _SCAN:
            return False
        at += 2 + length
        if part == _SCAN:
            behind = _BEHIND_PIXELS.search(content, at)
            if behind is None:
                return False
            at = behind.start()
    return False


def _png(content: bytes) -> bool:
    at = 8
    while True:
        length, part = struct.unpack_from(">I4s", content, at)
        at += 12 + length
        if part not in _PNG_PARTS:
            return False
        if part == b"IEND":
            return bool(length == 0 and at == len(content))


def _webp(content: bytes) -> bool:
    (size,) = struct.unpack_from("<I", content, 4)
    at = 12
    while at < len(content):
        part, length = struct.unpack_from("<4sI", content, at)
        if part not in _WEBP_PARTS:
            return False
        if part == b"VP8X" and content[at + 8] & ~_WEBP_ALPHA:
            return False
        at += 8 + length + length % 2
    return bool(at == len(content) == size + 8)


_KINDS: dict[str, Callable[[bytes], bool]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
}
