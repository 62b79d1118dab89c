"""Maps: every district is there by its code, shades say what the key says, nothing leads astray."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils.translation import override

from agencies.loading.outlines import inside
from oversight import charts
from oversight.charts import Area, Chart, Frame, Unit
from oversight.charts.geometry import PACKS, geometry, has_map
from oversight.charts.shades import SHADES

FRAME = Frame("late", "Late now", "Dhaka has most.", "District", "en")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Words are read in English, whatever the language of the country."""
    with override("en"):
        yield


def places(country: str, level: str) -> dict[str, dict[str, str]]:
    """The places of a pack's level by their code."""
    with gzip.open(PACKS / country / "places.csv.gz", "rt", encoding="utf-8") as file:
        return {row["code"]: row for row in csv.DictReader(file) if row["level"] == level}


def shapes(chart: Chart) -> dict[str, str]:
    """What is said of each area with words → its filling."""
    assert chart.wide is not None
    return {
        title.text or "": path.attrib["fill"]
        for path in chart.wide.root.iter("path")
        for title in path.findall("title")
    }


@pytest.mark.parametrize(("country", "level"), [("bd", "district"), ("id", "province")])
class TestPacks:
    def test_a_map_has_each_place_of_its_level_and_no_other(self, country: str, level: str) -> None:
        found = geometry(country, level)
        assert found is not None
        assert found.shapes.keys() == places(country, level).keys()

    def test_a_mark_lies_in_the_box(self, country: str, level: str) -> None:
        found = geometry(country, level)
        assert found is not None
        for shape in found.shapes.values():
            assert 0 < shape.x < found.width
            assert 0 < shape.y < found.height

    def test_a_phone_loads_it_at_once(self, country: str, level: str) -> None:
        path = PACKS / country / "map" / f"{level}.json"
        assert len(gzip.compress(path.read_bytes())) < 20_000


class TestOutlines:
    def test_marks_lie_in_their_districts(self) -> None:
        found = geometry("bd", "district")
        assert found is not None
        rings = {code: rings_of(shape.way) for code, shape in found.shapes.items()}
        for code, shape in found.shapes.items():
            here = [other for other in rings if inside((shape.x, shape.y), rings[other])]
            assert here == [code]

    def test_districts_lie_as_on_the_ground(self) -> None:
        found = geometry("bd", "district")
        assert found is not None
        there = places("bd", "district")
        for a in there:
            for b in there:
                if float(there[a]["lat"]) > float(there[b]["lat"]) + 1:
                    assert found.shapes[a].y < found.shapes[b].y
                if float(there[a]["lon"]) > float(there[b]["lon"]) + 1:
                    assert found.shapes[a].x > found.shapes[b].x


def rings_of(way: str) -> list[list[tuple[float, float]]]:
    """A path's rings, as the pack's maps write them: one move, then steps."""
    rings = []
    for part in way.removeprefix("M").removesuffix("Z").split("ZM"):
        start, steps = part.split("l")
        x, y = numbers(start)
        ring = [(x, y)]
        told = numbers(steps)
        for dx, dy in zip(told[::2], told[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        rings.append(ring)
    return rings


def numbers(text: str) -> list[float]:
    """Numbers that a space or a minus parts."""
    return [float(word) for word in text.replace("-", " -").split()]


class TestSquares:
    def test_no_square_lies_on_another_and_each_has_letters_of_its_own(self) -> None:
        found = geometry("id", "province")
        assert found is not None
        shapes = list(found.shapes.values())
        assert len({(shape.x, shape.y) for shape in shapes}) == len(shapes) == 38
        assert len({shape.short for shape in shapes}) == 38

    def test_a_square_is_as_large_as_a_finger_needs(self) -> None:
        found = geometry("id", "province")
        assert found is not None
        assert found.square * 330 / found.width >= 24

    def test_it_is_said_what_they_are(self) -> None:
        chart = charts.district_map(
            FRAME, "id", [Area("31", "Jakarta", 3)], unit=Unit.COUNT, level="province"
        )
        assert "square" in chart.frame.note


class TestGeometry:
    @pytest.mark.parametrize(
        ("country", "level"),
        [("id", "district"), ("xx", "district"), ("..", "packs"), ("bd", "../country")],
    )
    def test_there_is_none_of_what_no_pack_has(self, country: str, level: str) -> None:
        assert not has_map(country, level)

    def test_without_a_map_the_table_stands_alone(self) -> None:
        chart = charts.district_map(
            FRAME, "id", [Area("32.73", "Bandung", 3)], unit=Unit.COUNT, level="regency"
        )
        assert chart.wide is None
        assert chart.table.rows[0].cells == ("3",)


class TestMap:
    AREAS = (
        Area("6.47", "Dhaka", 0.4, "1,234 open, 40% late", "/places/6.47/"),
        Area("1.8", "Chattogram", 0.1),
        Area("5.36", "Sylhet", None, link="/places/5.36/"),
        Area("9.99", "Not on the map", 0.2),
    )

    def draw(self, **options: object) -> Chart:
        return charts.district_map(FRAME, "bd", self.AREAS, unit=Unit.SHARE, **options)

    def test_more_is_darker_and_nothing_known_is_hatched(self) -> None:
        found = shapes(self.draw())
        assert found["Dhaka: 1,234 open, 40% late"] == SHADES[-1]
        assert found["Chattogram: 10%"] == SHADES[0]
        assert found["Sylhet: no figures"].startswith("url(#")

    def test_each_area_with_a_link_leads_there_by_a_name(self) -> None:
        chart = self.draw()
        assert chart.wide is not None
        links = [(one.get("href"), one.get("aria-label")) for one in chart.wide.root.iter("a")]
        assert ("/places/6.47/", "Dhaka: 1,234 open, 40% late") in links
        assert ("/places/5.36/", "Sylhet: no figures") in links
        assert len(links) == 2

    def test_the_key_has_numbers_and_how_many_places_have_them(self) -> None:
        chart = self.draw()
        assert chart.key is not None
        words = [one.text for one in chart.key.root.iter("text")]
        assert words[:2] == ["40%", "1 place"]
        assert "62 places" in words, "61 of which nothing is told, and Sylhet"
        assert words[words.index("Highest") + 1 :] == [
            "1",
            "Dhaka",
            "40%",
            "2",
            "Chattogram",
            "10%",
        ]

    def test_what_the_map_lacks_is_in_the_table_and_not_among_the_highest(self) -> None:
        chart = self.draw()
        assert chart.table.rows[-1].name == "Not on the map"
        assert chart.key is not None
        assert "Not on the map" not in [one.text for one in chart.key.root.iter("text")]

    def test_whose_boundaries_it_shows_is_said(self) -> None:
        assert "Bangladesh Bureau of Statistics" in self.draw().frame.note
        assert "CC BY 3.0 IGO" in self.draw().frame.note

    def test_zero_everywhere_is_one_class(self) -> None:
        told = [Area(code, code, 0) for code in places("bd", "district")]
        chart = charts.district_map(FRAME, "bd", told, unit=Unit.COUNT)
        assert set(shapes(chart).values()) == {SHADES[2]}
        assert chart.key is not None
        assert "Highest" not in [one.text for one in chart.key.root.iter("text")]

    def test_the_key_is_in_the_readers_language(self) -> None:
        with override("bn"):
            frame = Frame("late", "Late", "Dhaka.", "District", "bn")
            chart = charts.district_map(frame, "bd", self.AREAS, unit=Unit.SHARE)
        assert chart.key is not None
        assert "৪০%" in [one.text for one in chart.key.root.iter("text")]

    def test_the_heavy_part_is_on_the_page_once(self) -> None:
        chart = self.draw()
        assert chart.single
        assert len(gzip.compress(str(chart.wide).encode())) < 25_000


def test_packs_with_a_map_say_where_it_is_from() -> None:
    for folder in PACKS.glob("*/map"):
        notice = (Path(folder).parent / "NOTICE.md").read_text(encoding="utf-8")
        for path in folder.glob("*.json"):
            assert f"map/{path.name}" in notice
