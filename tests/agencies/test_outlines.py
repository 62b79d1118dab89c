"""Outlines for a small map: neighbours keep one border, and `make_map` says what is wrong."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from agencies.loading import outlines
from agencies.loading.outlines import area, inside, make_map, meeting_points, thin, thinned
from agencies.management.commands import make_map as command

POINTS = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=2, max_size=40)


def wavy(x: float, start: float, end: float) -> list[tuple[float, float]]:
    """A border from south to north that is never straight."""
    return [(x + 0.003 * (step % 3), start + (end - start) * step / 40) for step in range(41)]


BORDER = wavy(90.5, 23, 24)
WEST = [(90.0, 23.0), *BORDER, (90.0, 24.0)]
EAST = [*BORDER[::-1], (91.0, 23.0), (91.0, 24.0)]
ISLAND = [(91.4, 23.4), (91.401, 23.4), (91.401, 23.401)]


class TestThin:
    @given(POINTS)
    def test_the_ends_stay_and_no_point_is_added(self, line: list[tuple[int, int]]) -> None:
        found = thin(line)
        assert (found[0], found[-1]) == (line[0], line[-1])
        assert set(found) <= set(line)

    @given(POINTS)
    def test_no_point_is_further_off_than_may_be(self, line: list[tuple[int, int]]) -> None:
        found = thin(line)
        stretches = list(pairwise(found))
        for point in line:
            assert min(outlines._off(point, *ends) for ends in stretches) <= outlines.MOVED

    def test_a_point_on_the_way_goes_and_one_far_off_stays(self) -> None:
        assert thin([(0, 0), (50, 1), (100, 0)]) == [(0, 0), (100, 0)]
        assert thin([(0, 0), (50, 60), (100, 0)]) == [(0, 0), (50, 60), (100, 0)]


class TestBorders:
    def test_three_borders_meet_in_a_point(self) -> None:
        left, right = [(0, 0), (10, 0), (10, 10), (0, 10)], [(10, 0), (20, 0), (20, 10), (10, 10)]
        assert meeting_points([left, right]) == {(10, 0), (10, 10)}

    def test_neighbours_keep_the_same_border(self) -> None:
        left = [(0, 0), *[(100 + at % 3 * 9, at * 10) for at in range(20)], (0, 200)]
        right = [*left[-2:0:-1], (300, 0), (300, 200)]
        meeting = meeting_points([left, right])
        shared = set(left) & set(right)
        assert set(thinned(left, meeting)) & shared == set(thinned(right, meeting)) & shared

    def test_an_island_is_thinned_too(self) -> None:
        ring = [(at, 0) for at in range(0, 100, 10)] + [(at, 90) for at in range(100, 0, -10)]
        assert 3 <= len(thinned(ring, set())) < len(ring)


class TestPlaces:
    def test_inside_and_outside(self) -> None:
        square = [(0, 0), (10, 0), (10, 10), (0, 10)]
        hole = [(4, 4), (6, 4), (6, 6), (4, 6)]
        assert inside((2, 2), [square, hole])
        assert not inside((5, 5), [square, hole])
        assert not inside((11, 5), [square])

    def test_area(self) -> None:
        assert area([(0, 0), (10, 0), (10, 5), (0, 5)]) == 50


class TestMap:
    def test_it_is_as_wide_as_asked_and_true_in_the_middle(self) -> None:
        drawn = make_map({"west": [WEST], "east": [EAST]}, 200)
        assert drawn.width == 200
        assert drawn.height == pytest.approx(200 / 0.917, abs=4), "a degree north is longer"

    def test_a_small_island_is_left_out_and_a_district_never(self) -> None:
        drawn = make_map({"west": [WEST, ISLAND], "east": [EAST]}, 300)
        assert drawn.outlines["west"].way.count("M") == 1

    def test_a_district_too_small_to_be_seen_is_said(self) -> None:
        with pytest.raises(ValueError, match="speck has no outline"):
            make_map({"west": [WEST], "speck": [ISLAND]}, 100)

    def test_marks_lie_within(self) -> None:
        drawn = make_map({"west": [WEST], "east": [EAST]}, 200)
        assert drawn.outlines["west"].mark[0] < 100 < drawn.outlines["east"].mark[0]


class TestCommand:
    @pytest.fixture
    def pack(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A country of two districts."""
        monkeypatch.setattr(command, "PACKS", tmp_path)
        folder = tmp_path / "xx"
        folder.mkdir()
        self.places(folder, ["1,,district,23.5,90.2", "2,,district,23.5,90.8", "3,1,union,,"])
        return folder

    def places(self, folder: Path, rows: list[str]) -> None:
        with command.gzip.open(folder / "places.csv.gz", "wt", encoding="utf-8") as file:
            file.write("\n".join(["code,parent,level,lat,lon", *rows]))

    def boundaries(self, folder: Path, *rings: list[tuple[float, float]]) -> str:
        """A GeoJSON file, a feature a ring; the last one in several parts."""
        features: list[dict[str, Any]] = [
            {"geometry": {"type": "Polygon", "coordinates": [ring]}} for ring in rings[:-1]
        ]
        last = {"type": "MultiPolygon", "coordinates": [[rings[-1]]]}
        path = folder / "boundaries.geojson"
        path.write_text(json.dumps({"features": [*features, {"geometry": last}]}))
        return str(path)

    def test_each_district_gets_the_boundary_that_its_point_lies_in(self, pack: Path) -> None:
        path = self.boundaries(pack, EAST, WEST)
        call_command("make_map", "xx", "district", path, source="A survey, CC0")
        told = json.loads((pack / "map/district.json").read_text())
        assert told["source"] == "A survey, CC0"
        assert told["areas"].keys() == {"1", "2"}
        assert told["areas"]["1"]["mark"][0] < told["areas"]["2"]["mark"][0]

    def test_the_same_file_gives_the_same_map(self, pack: Path) -> None:
        path = self.boundaries(pack, EAST, WEST)
        call_command("make_map", "xx", "district", path, source="A")
        first = (pack / "map/district.json").read_bytes()
        call_command("make_map", "xx", "district", path, source="A")
        assert (pack / "map/district.json").read_bytes() == first

    def test_a_boundary_without_a_place_or_two_places_in_one_are_said(self, pack: Path) -> None:
        self.places(pack, ["1,,district,23.5,90.2", "2,,district,23.6,90.3"])
        with pytest.raises(CommandError, match="none or two for: \\['2'\\]"):
            call_command(
                "make_map", "xx", "district", self.boundaries(pack, EAST, WEST), source="A"
            )
        assert not (pack / "map").exists()

    @pytest.mark.parametrize(
        "text",
        ["", "{}", "[]", '{"features": [{"geometry": {"type": "Point", "coordinates": [1, 2]}}]}'],
    )
    def test_what_is_no_geojson_of_polygons_is_said(self, pack: Path, text: str) -> None:
        path = pack / "wrong.geojson"
        path.write_text(text)
        with pytest.raises(CommandError, match="can't be read as GeoJSON"):
            call_command("make_map", "xx", "district", str(path), source="A")

    def test_a_file_that_is_not_there_is_said(self, pack: Path) -> None:
        with pytest.raises(CommandError, match="can't be read"):
            call_command("make_map", "xx", "district", str(pack / "none"), source="A")
