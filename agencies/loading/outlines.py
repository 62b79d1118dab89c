"""Outlines of districts for a small map: neighbours keep one border, however few points it has.

Boundaries for surveyors have a million points; a map of a hand's width shows a few thousand. Each
border between two districts is thinned once, from where three of them meet to the next such
point, so that no gap opens and nothing overlaps. Pure: rings in, SVG paths out.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

#: A point on the map's grid, in tenths of a unit; east and north in degrees before that.
Point = tuple[int, int]
Degrees = tuple[float, float]
Ring = list[Point]

#: How far a border may move, and the smallest island that is drawn, in tenths of a unit.
MOVED, ISLAND = 9.0, 250.0


@dataclass(frozen=True, slots=True)
class Outline:
    """A district on the map: its path, and the place in it that is furthest from its border."""

    way: str
    mark: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Map:
    """All districts by code, in a box of so many units."""

    width: int
    height: int
    outlines: dict[str, Outline]


def make_map(districts: dict[str, list[list[Degrees]]], width: int) -> Map:
    """A map so many units wide. Each district is given as its rings, in degrees east and north.

    The projection is the plain one (plate carrée) true at the middle, good for a country of a
    few degrees. ValueError for a district without a ring that is seen at this size.
    """
    points = [point for rings in districts.values() for ring in rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrower = math.cos(math.radians((south + north) / 2))
    unit = (width - 2) * 10 / ((east - west) * narrower)

    def on_grid(ring: Iterable[Degrees]) -> Ring:
        places = [
            (round((x - west) * narrower * unit) + 10, round((north - y) * unit) + 10)
            for x, y in ring
        ]
        return _without_repeats(places)

    rings = {code: [on_grid(ring) for ring in found] for code, found in districts.items()}
    rings = {code: [ring for ring in found if len(ring) > 2] for code, found in rings.items()}
    meeting = meeting_points(ring for found in rings.values() for ring in found)
    outlines = {code: _outline(code, found, meeting) for code, found in sorted(rings.items())}
    return Map(width, math.ceil((north - south) * unit / 10) + 2, outlines)


def _without_repeats(ring: Iterable[Point]) -> Ring:
    """Without points that follow themselves; the last is not the first again."""
    found: Ring = []
    for point in ring:
        if not found or point != found[-1]:
            found.append(point)
    while len(found) > 1 and found[0] == found[-1]:
        found.pop()
    return found


def meeting_points(rings: Iterable[Ring]) -> set[Point]:
    """Points where borders part: not every ring through them goes on to the same two points."""
    seen: dict[Point, frozenset[Point]] = {}
    meeting = set()
    for ring in rings:
        for place, point in enumerate(ring):
            beside = frozenset((ring[place - 1], ring[(place + 1) % len(ring)]))
            if seen.setdefault(point, beside) != beside:
                meeting.add(point)
    return meeting


def thinned(ring: Ring, meeting: set[Point]) -> Ring:
    """The ring with fewer points, each of its borders as its neighbour has it."""
    cuts = [place for place, point in enumerate(ring) if point in meeting]
    if not cuts:
        start = ring.index(min(ring))
        return _thin_closed([*ring[start:], *ring[:start]])
    found: Ring = []
    for first, last in zip(cuts, [*cuts[1:], cuts[0] + len(ring)], strict=True):
        border = [ring[place % len(ring)] for place in range(first, last + 1)]
        found += _thin_border(border)[:-1]
    return _without_repeats(found)


def _thin_border(border: Ring) -> Ring:
    """A border in the same way from either end."""
    turned = border[::-1]
    return thin(border) if border <= turned else thin(turned)[::-1]


def _thin_closed(ring: Ring) -> Ring:
    """A ring that nobody shares, an island: thinned as two halves."""
    far = max(range(len(ring)), key=lambda place: math.dist(ring[0], ring[place]))
    return _without_repeats([*thin(ring[: far + 1]), *thin([*ring[far:], ring[0]])[1:]])


def thin(line: Ring) -> Ring:
    """Douglas and Peucker's way: a point stays where the line without it would be too far off."""
    keep = {0, len(line) - 1}
    pending = [(0, len(line) - 1)]
    while pending:
        first, last = pending.pop()
        if last - first < 2:
            continue
        between = range(first + 1, last)
        far = max(between, key=lambda place: _off(line[place], line[first], line[last]))
        if _off(line[far], line[first], line[last]) > MOVED:
            keep.add(far)
            pending += [(first, far), (far, last)]
    return [line[place] for place in sorted(keep)]


def _off(point: Point, first: Point, last: Point) -> float:
    """How far a point is from the stretch between two others."""
    (x, y), (ax, ay), (bx, by) = point, first, last
    long = (bx - ax) ** 2 + (by - ay) ** 2
    along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long if long else 0.0
    along = min(max(along, 0.0), 1.0)
    return math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))


def area(ring: Sequence[tuple[float, float]]) -> float:
    """The area inside a ring."""
    twice = sum(
        ax * by - bx * ay for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True)
    )
    return abs(twice) / 2


def inside(point: tuple[float, float], rings: Iterable[Sequence[tuple[float, float]]]) -> bool:
    """Whether a point is inside: an odd number of borders lies to its east."""
    x, y = point
    odd = False
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                odd = not odd
    return odd


def _outline(code: str, rings: list[Ring], meeting: set[Point]) -> Outline:
    drawn = [thinned(ring, meeting) for ring in sorted(rings, key=area, reverse=True)]
    drawn = [ring for ring in drawn if len(ring) > 2]
    if not drawn:
        raise ValueError(f"{code} has no outline at this size")
    kept = [drawn[0], *(ring for ring in drawn[1:] if area(ring) >= ISLAND)]
    return Outline("".join(_way(ring) for ring in kept), _middle(kept[0]))


def _way(ring: Ring) -> str:
    """A ring as a path, each point from the one before it, in units with a tenth."""
    x, y = ring[0]
    steps = (f"{_unit(bx - ax)} {_unit(by - ay)}" for (ax, ay), (bx, by) in pairwise(ring))
    return f"M{_unit(x)} {_unit(y)}l{' '.join(steps)}Z".replace(" -", "-")


def _unit(tenths: int) -> str:
    return f"{tenths / 10:.1f}".removesuffix(".0").replace("-0.", "-.").removeprefix("0") or "0"


def _middle(ring: Ring) -> tuple[float, float]:
    """About the place that is furthest from the border, sought on a grid."""
    best, most = ring[0], -1.0
    for point in _grid(ring):
        room = min(
            _off(point, first, last) for first, last in zip(ring, [*ring[1:], ring[0]], strict=True)
        )
        if room > most and inside(point, [ring]):
            best, most = point, room
    return (best[0] / 10, best[1] / 10)


def _grid(ring: Ring, steps: int = 24) -> Iterator[Point]:
    west, east = min(x for x, _ in ring), max(x for x, _ in ring)
    north, south = min(y for _, y in ring), max(y for _, y in ring)
    for across in range(1, steps):
        for down in range(1, steps):
            yield (
                west + (east - west) * across // steps,
                north + (south - north) * down // steps,
            )
