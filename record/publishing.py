"""The published record as files: the folder that the web serves, written for a mirror.

A day's files never change once its head is signed, so only days that are not there yet are written; each
folder appears whole or not at all. A folder that was published before holds what the database says now, or
nothing more is written into it: whoever writes another history and has it signed is found out here.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from record import documents, signing
from record.models import TreeHead
from record.selectors import all_keys, first_day, last_head, leaves_of

#: The stand-alone program with which anybody checks a receipt.
SCRIPT = Path(__file__).with_name("check_receipt.py")


class Differs(Exception):
    """What was published for a day (the argument, ISO) is not what the database has for it."""


def leaf_lines(head: TreeHead) -> Iterator[str]:
    """`<day>/leaves.txt`: the day's leaf hashes in hexadecimal, one a line, in the log's order."""
    return (f"{leaf.hex()}\n" for leaf in leaves_of(head))


def as_text(value: dict[str, Any]) -> str:
    """A machine's file for people to look at too."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def publish(folder: Path) -> int:
    """Bring a folder up to date; says how many days were written. Safe to repeat.

    Raises Differs, before anything is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    days = _published(folder)
    for head in TreeHead.objects.order_by("day").iterator(chunk_size=100):
        before = days.pop(head.day.isoformat(), None)
        # The signature is over size and root: another history cannot have the same.
        if before is not None and before != signing.text(bytes(head.signature)):
            raise Differs(head.day.isoformat())
    if days:
        raise Differs(min(days))
    written = 0
    for head in TreeHead.objects.order_by("day").iterator(chunk_size=100):
        if not (folder / head.day.isoformat()).exists():
            _write_day(folder, head)
            written += 1
    shutil.copyfile(SCRIPT, folder / SCRIPT.name)
    _replace(folder / "keys.json", as_text(documents.keys_json(all_keys())))
    # Last, so that whoever reads it finds every day that it names.
    _replace(folder / "index.json", as_text(documents.index_json(first_day(), last_head())))
    return written


def _published(folder: Path) -> dict[str, str]:
    """The days that are in a folder already, with the signatures of their heads."""
    heads = folder.glob("[0-9]*-[0-9]*-[0-9]*/head.json")
    return {
        path.parent.name: str(json.loads(path.read_text(encoding="utf-8")).get("signature"))
        for path in heads
    }


def _write_day(folder: Path, head: TreeHead) -> None:
    draft = folder / f".{head.day.isoformat()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    (draft / "head.json").write_text(as_text(documents.head_json(head)), encoding="utf-8")
    with (draft / "leaves.txt").open("w", encoding="ascii") as file:
        file.writelines(leaf_lines(head))
    draft.rename(folder / head.day.isoformat())


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
