"""Where the districts of a country lie, as its pack draws them: outlines, or a square for each.

Files: `agencies/packs/<country>/map/<level>.json`, made by `manage.py make_map` or by hand, read
once a process. No database.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

#: Named here and not imported from the loader, which knows the database.
PACKS = Path(__file__).resolve().parents[2] / "agencies" / "packs"


@dataclass(frozen=True, slots=True)
class Shape:
    """A district: its outline as an SVG path, and the place for a mark in it; or its square."""

    way: str
    x: float
    y: float
    short: str = ""


@dataclass(frozen=True, slots=True)
class Geometry:
    """A country's districts by their code, in a box of `width` × `height` units."""

    width: int
    height: int
    #: Squares of one size instead of outlines; its side in units, 0 for outlines.
    square: float
    shapes: dict[str, Shape]
    #: Whom to name under the map, and under which licence.
    source: str


def has_map(country: str, level: str) -> bool:
    """Whether there is a map of this level of places ("district", "province")."""
    return geometry(country, level) is not None


@lru_cache(maxsize=8)
def geometry(country: str, level: str) -> Geometry | None:
    """The geometry of a country's level; None where its pack has none."""
    folder = (PACKS / country / "map").resolve()
    path = (folder / f"{level}.json").resolve()
    if path.parent != folder or not path.is_file():
        return None
    return _read(json.loads(path.read_text(encoding="utf-8")))


def _read(told: dict[str, Any]) -> Geometry:
    if "square" in told:
        return _squares(told)
    shapes = {
        code: Shape(area["way"], *area["mark"]) for code, area in sorted(told["areas"].items())
    }
    return Geometry(told["width"], told["height"], 0.0, shapes, told.get("source", ""))


def _squares(told: dict[str, Any]) -> Geometry:
    side = float(told["square"])
    shapes = {}
    for code, (column, row, short) in sorted(told["areas"].items()):
        x, y = column * side, row * side
        way = f"M{x + 1:g} {y + 1:g}h{side - 2:g}v{side - 2:g}h-{side - 2:g}Z"
        shapes[code] = Shape(way, x + side / 2, y + side / 2, short)
    columns = max(column for column, _row, _short in told["areas"].values()) + 1
    rows = max(row for _column, row, _short in told["areas"].values()) + 1
    width, height = round(columns * side), round(rows * side)
    return Geometry(width, height, side, shapes, told.get("source", ""))
