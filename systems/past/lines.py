"""Lines of a text file, none longer than memory has room for: a file may be one line from end to end."""

from collections.abc import Iterator
from typing import TextIO

#: Characters of one line (of an archive's lines: bytes): ten thousand long steps of a case are less.
LONGEST_LINE = 64 * 1024 * 1024
#: Of a longer line so much is read, and let go, at a time.
PIECE = 1 << 20


def lines_of(file: TextIO) -> Iterator[str | None]:
    """The lines of a file, each with its end; None in place of one longer than LONGEST_LINE."""
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) <= LONGEST_LINE or line.endswith("\n"):
            yield line
            continue
        # Its end is all that is wanted of the rest.
        while (piece := file.readline(PIECE)) and not piece.endswith("\n"):
            pass
        yield None
