"""Archives as an export makes them, written for a test."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from complaints import filetypes
from systems.past import archive
from tests.complaints.uploads import image


def archived(path: Path, *given: Mapping[str, Any], **contents: bytes) -> Path:
    """An archive with these rows, and files by their names in it."""
    with ZipFile(path, "w", ZIP_DEFLATED) as made:
        made.writestr(archive.CASES, "".join(json.dumps(row) + "\n" for row in given))
        for name, content in contents.items():
            made.writestr(f"files/{hashlib.sha256(content).hexdigest()}.{name}", content)
    return path


def a_row(*named: Any, **more: Any) -> dict[str, Any]:
    """A row that names files."""
    return {
        "external_id": "A-1",
        "status": "received",
        "text": "The lamp is out.",
        "filed_at": "2025-03-01T08:00:00Z",
        "files": list(named),
    } | more


def named(content: bytes, name: str = "photo 1.jpg", step: Any = 0) -> dict[str, Any]:
    return {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "step": step}


PHOTO = filetypes.kept(image()).content
