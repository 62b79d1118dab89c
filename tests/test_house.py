"""docs/house.md tells the truth about the tree."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOUSE = (ROOT / "docs/house.md").read_text(encoding="utf-8")
ROOMS = (
    *("accounts", "agencies", "routing", "record", "complaints"),
    *("channels", "console", "fairplay", "oversight", "grs"),
)
#: Folders that are made, not written.
MADE = {"node_modules", "var"}
#: Nothing in them has a thought of its own.
UNTOLD = {"__init__.py", "__pycache__", "migrations"}


def paths_on_the_map() -> Iterator[str]:
    """Every path of the code blocks, put together by indentation: `complaints/models/case.py`."""
    for block in re.findall(r"```\n(.*?)```", HOUSE, re.DOTALL):
        above: list[str] = []
        for line in filter(str.strip, block.splitlines()):
            depth = (len(line) - len(line.lstrip())) // 2
            name = line.split()[0]
            above = [*above[:depth], name.rstrip("/")]
            yield "/".join(above)


ON_THE_MAP = list(paths_on_the_map())


def written(folder: Path) -> set[str]:
    """Files and folders of code in a folder."""
    return {
        path.relative_to(ROOT).as_posix()
        for path in folder.iterdir()
        if path.name not in UNTOLD
        and (path.suffix == ".py" or (path.is_dir() and holds_files(path)))
    }


def holds_files(folder: Path) -> bool:
    """Whether there is more in a folder than what Python left behind."""
    return any(p.is_file() for p in folder.rglob("*") if "__pycache__" not in p.parts)


def test_every_top_level_folder_is_on_the_map():
    folders = {p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith(".")} - MADE
    told = {path for path in ON_THE_MAP if "/" not in path}
    assert folders - told == set(), "not on the map"
    assert told - folders == set(), "on the map, but not there"


def test_every_file_of_every_room_is_on_the_map():
    there = set().union(*(written(ROOT / room) for room in ROOMS))
    told = {path for path in ON_THE_MAP if path.count("/") == 1}
    assert there - told == set(), "not on the map"


def test_every_module_of_complaints_is_on_the_map():
    told = {path for path in ON_THE_MAP if path.startswith("complaints/")}
    opened = {path.rsplit("/", 1)[0] for path in told if path.count("/") > 1}
    there = set().union(*(written(ROOT / folder) for folder in opened))
    assert {"complaints/models", "complaints/selectors", "complaints/services"} <= opened
    assert there - told == set(), "not on the map"


def test_nothing_on_the_map_is_missing():
    assert [path for path in ON_THE_MAP if not (ROOT / path).exists()] == []


def test_nothing_is_on_the_map_twice():
    places = [path for path in ON_THE_MAP if "/" in path]
    assert sorted(places) == sorted(set(places))


def test_every_line_of_the_big_room_says_what_the_file_is_for():
    block = next(b for b in re.findall(r"```\n(.*?)```", HOUSE, re.DOTALL) if "work.py" in b)
    silent = [line for line in block.splitlines() if len(line.split()) == 1]
    assert [line.strip() for line in silent if line.strip().endswith(".py")] == []
