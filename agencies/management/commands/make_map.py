"""`manage.py make_map bd district FILE`: a pack's map of districts, out of official boundaries."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.loading.outlines import Degrees, inside, make_map
from agencies.loading.reading import PACKS

Rings = list[list[Degrees]]
WIDTH = 320


class Command(BaseCommand):
    """Writes `agencies/packs/<country>/map/<level>.json`; the database is not asked."""

    help = "Make the small map of a country's districts out of a GeoJSON file of boundaries."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("country")
        parser.add_argument("level", help="the level of the pack's places, such as district")
        parser.add_argument("boundaries", type=Path, help="GeoJSON, in degrees (WGS 84)")
        parser.add_argument("--source", required=True, help="whom to name, and the licence")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = PACKS / options["country"]
        shapes = boundaries(options["boundaries"])
        drawn = make_map(by_code(places(folder, options["level"]), shapes), WIDTH)
        told = {
            "source": options["source"],
            "width": drawn.width,
            "height": drawn.height,
            "areas": {
                code: {"way": outline.way, "mark": outline.mark}
                for code, outline in drawn.outlines.items()
            },
        }
        target = folder / "map" / f"{options['level']}.json"
        target.parent.mkdir(exist_ok=True)
        target.write_text(json.dumps(told, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
        self.stdout.write(f"{len(drawn.outlines)} places, {target.stat().st_size} bytes")


def boundaries(path: Path) -> list[Rings]:
    """The rings of each feature. CommandError if this is no GeoJSON of polygons."""
    try:
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        return [_rings(feature["geometry"]) for feature in features]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{path} can't be read as GeoJSON with polygons: {error}") from error


def _rings(shape: dict[str, Any]) -> Rings:
    polygons = {"Polygon": [shape["coordinates"]], "MultiPolygon": shape["coordinates"]}
    return [
        [(float(point[0]), float(point[1])) for point in ring]
        for polygon in polygons[shape["type"]]
        for ring in polygon
    ]


def places(folder: Path, level: str) -> dict[str, Degrees]:
    """Code → east and north of the pack's places of a level."""
    with gzip.open(folder / "places.csv.gz", "rt", encoding="utf-8") as file:
        return {
            row["code"]: (float(row["lon"]), float(row["lat"]))
            for row in csv.DictReader(file)
            if row["level"] == level and row["lat"]
        }


def by_code(there: dict[str, Degrees], shapes: list[Rings]) -> dict[str, Rings]:
    """Each place's boundaries: the one shape that its point lies in. CommandError if not one."""
    found: dict[str, Rings] = {}
    wrong = []
    for code, point in there.items():
        around = [shape for shape in shapes if inside(point, shape)]
        if len(around) == 1 and around[0] not in found.values():
            found[code] = around[0]
        else:
            wrong.append(code)
    if wrong or len(found) != len(shapes):
        raise CommandError(
            f"{len(found)} of {len(shapes)} boundaries have a place; none or two for: {wrong}"
        )
    return found
