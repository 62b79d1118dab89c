"""A ZIP archive made while it is sent: never whole in memory, never on the disk (no database)."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.core.serializers.json import DjangoJSONEncoder

CHUNK = 64 * 1024
#: What the archive says as the time of each part: nothing (ZIP begins with 1980).
NO_TIME = (1980, 1, 1, 0, 0, 0)


class _Pipe(io.RawIOBase):
    """What is written into it is taken out piece by piece; nobody can go back in it."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.pieces.append(bytes(piece))
        return len(piece)

    def take(self) -> bytes:
        taken, self.pieces = b"".join(self.pieces), []
        return taken


def as_json(data: Mapping[str, Any]) -> str:
    """Data as JSON that people can read as well; moments in ISO 8601, UTC."""
    return json.dumps(data, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)


def zipped(texts: Mapping[str, str], files: Iterable[tuple[str, IO[bytes]]]) -> Iterator[bytes]:
    """The archive in pieces: texts packed, then files (photos and PDF, packed already) as they are.

    Each file is opened by whoever iterates over `files`, and closed here.
    """
    pipe = _Pipe()
    with ZipFile(pipe, "w") as archive:
        for name, text in texts.items():
            archive.writestr(_part(name, ZIP_DEFLATED), text)
            yield pipe.take()
        for name, content in files:
            with content, archive.open(_part(name, ZIP_STORED), "w") as to:
                while piece := content.read(CHUNK):
                    to.write(piece)
                    yield pipe.take()
    yield pipe.take()


def _part(name: str, how: int) -> ZipInfo:
    part = ZipInfo(name, NO_TIME)
    part.compress_type = how
    part.external_attr = 0o600 << 16
    return part
