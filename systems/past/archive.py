"""An archive of the portal's own: the cases as JSON Lines, and each file once under its hash. A stream.

Nothing of it is ever written under a name that it gives. What could be made to fill memory or disk is
refused when it is opened: too many parts, parts that lie over each other, more cases than can have been
packed so small, a password.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from systems.past.lines import LONGEST_LINE

#: Names within it.
CASES, MISSING = "cases.jsonl", "files/MISSING.txt"
_FILE = re.compile(r"files/([0-9a-f]{64})\.[a-z0-9]{1,5}\Z")
#: Parts of one archive: their list is held in memory. So an export has no more, either.
MOST_PARTS = 200_000
#: What so many bytes of cases are at least packed into, in bytes; of few cases nothing is asked.
PACKED_AT_MOST, UNASKED = 400, 100 * 1024 * 1024
#: Read at once.
CHUNK = 1 << 20
#: The end of an archive's list, and of one with more than 65,535 parts: mark, and place of their number.
_END, _END_64 = b"PK\x05\x06", b"PK\x06\x06"
_LONGEST_END = 22 + 0xFFFF + 20 + 56
#: Marks of a part: it has a password, or is packed in a way that nobody uses.
_HAS_PASSWORD, _STRANGE = 0x1, 0x60
#: What a broken archive is noticed by.
BROKEN = (BadZipFile, NotImplementedError, ValueError, EOFError, struct.error, zlib.error)


class Damaged(Exception):
    """It is no such archive; the sentence says why."""


class Gone(Exception):
    """A file is not in the archive (`missing`), or cannot be read out of it (`damaged`)."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Archive:
    """An open archive. Close it. Raises Damaged, OSError."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        try:
            _check_number(self._file)
            self._zip = ZipFile(self._file)
            size = self._file.seek(0, 2)
            self._parts = dict(_checked(self._zip, size))
            if CASES not in self._zip.NameToInfo:
                raise Damaged(f"there is no {CASES} in it")
        except BROKEN as error:
            self._file.close()
            raise Damaged("it is no ZIP archive, or it is damaged") from error
        except Damaged:
            self._file.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._zip.close()
        self._file.close()

    def lines(self) -> Iterator[bytes]:
        """The lines of the cases, without their ends. Raises Damaged."""
        try:
            with self._zip.open(CASES) as packed, BufferedReader(cast(Any, packed), CHUNK) as cases:
                while line := cases.readline(LONGEST_LINE):
                    if len(line) >= LONGEST_LINE:
                        raise Damaged(f"a line is longer than {LONGEST_LINE >> 20} MB")
                    yield line.rstrip(b"\r\n")
        except BROKEN as error:
            raise Damaged("its cases cannot be unpacked") from error

    def content(self, sha256: str, most: int) -> bytes:
        """A file by its hash; of one that is longer than `most`, one byte more than that. Raises Gone."""
        part = self._parts.get(sha256)
        if part is None:
            raise Gone("missing")
        try:
            with self._zip.open(part) as file:
                return file.read(most + 1)
        except BROKEN as error:
            raise Gone("damaged") from error


def _check_number(file: BinaryIO) -> None:
    """Raises Damaged where the list would be too long to be read. Before anything reads it."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END))
    end = file.read()
    number, at = 0, end.rfind(_END)
    if at >= 0:
        (number,) = struct.unpack_from("<H", end, at + 10)
    at = end.rfind(_END_64)
    if at >= 0:
        (number,) = struct.unpack_from("<Q", end, at + 32)
    if number > MOST_PARTS:
        raise Damaged(f"there are more than {MOST_PARTS:,} files in it")


def _checked(archive: ZipFile, size: int) -> Iterator[tuple[str, ZipInfo]]:
    """Files by their hashes. Raises Damaged for what no export would hold."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise Damaged(f"there are more than {MOST_PARTS:,} files in it")
    if sum(part.compress_size for part in parts) > size:
        raise Damaged("its parts lie over each other")
    for part in parts:
        name = part.filename
        if name.startswith("/") or "\\" in name or ".." in name.split("/"):
            raise Damaged("a name in it leads out of it")
        if part.flag_bits & _HAS_PASSWORD:
            raise Damaged("it has a password")
        if not 0 <= part.header_offset < size:
            raise Damaged("it is no ZIP archive, or it is damaged")
        if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or part.flag_bits & _STRANGE:
            raise Damaged("it is packed in a way that is not read here")
        if name == CASES and part.file_size > max(UNASKED, PACKED_AT_MOST * part.compress_size):
            raise Damaged("its cases would unfold to more than can have been packed")
        if found := _FILE.match(name):
            yield found[1], part
