"""Which files a row names, and with which step each came. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from complaints.services.importing import PastFile
from systems.past.cells import Cells

_HASH = re.compile(r"[0-9a-f]{64}\Z")
LONGEST_NAME = 400
#: Files by the place of their step in the history, in their order.
Attached = Mapping[int, Sequence[PastFile]]


def attached(cells: Cells, steps: int) -> Attached:
    """The column `files` of a row with so many steps (0: only the filing is known); doubts are noted.

    Raises cells.Refused where it is no list.
    """
    found = dict[int, list[PastFile]]()
    for value in cells.listed("files"):
        file = _file(value)
        place = value.get("step") if file is not None else None
        if file is None or type(place) is not int or not 0 <= place < max(steps, 1):
            cells.note("file_unread", "files")
        elif len(found.setdefault(place, [])) >= settings.FILES_A_MOVE:
            cells.note("files_too_many", "files")
        else:
            found[place].append(file)
    return found


def _file(value: Any) -> PastFile | None:
    if not isinstance(value, dict):
        return None
    name, sha256 = value.get("name"), value.get("sha256")
    if not isinstance(name, str) or not isinstance(sha256, str) or not _HASH.match(sha256):
        return None
    return PastFile(name[:LONGEST_NAME], sha256)
