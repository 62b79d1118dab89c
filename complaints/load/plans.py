"""Which cases there are to be: a plan is a day, a story and some dozens of cases that share it.

The same seed over the same registry draws the same plans, whichever process asks for them.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from complaints import clocks, tracking
from complaints.load import life
from complaints.load.binary import TEXT_LENGTHS, pack_eight
from complaints.load.country import Both, Country, Seat, Shape
from complaints.load.life import STORIES, STUCK, Story
from complaints.load.marks import (
    CASE,
    CATEGORY,
    DESK,
    DESK_OFFICE,
    LEAD,
    LEAD_NUMBER,
    MOMENTS,
    MOST_MOMENTS,
    OF_SEAT,
    OPERATOR,
    OPERATOR_OFFICE,
    OTHER_SECRET,
    OVERSEER,
    OVERSEER_OFFICE,
    PLACE,
    SEATS,
    SWEPT,
    TEXT,
)
from complaints.load.numbers import number_of
from complaints.load.stage import Filing, Stage
from complaints.load.telling import tell
from complaints.load.verbs import drawn
from complaints.load.weaving import CONSTANTS, PACKED
from complaints.load.words import Words
from complaints.load.writing import Sheet

#: Cases of a plan, at the most; in a small load fewer, so that it has many stories.
LEAST_A_PLAN, MOST_A_PLAN, PLANS_AT_LEAST = 4, 1024, 500
#: Offices of a plan: its cases go around them. So few are at hand in the processor's cache.
OFFICES_A_PLAN = 64
_TIMES = 1 << 13
_PACKED_PLACE, _PACKED_CATEGORY, _PACKED_LEAD = PACKED + PLACE, PACKED + CATEGORY, PACKED + LEAD
#: Of each seat the first and the end of its slots, then of those that are packed.
_SEATS = {
    name: (first, first + OF_SEAT, PACKED + first, PACKED + first + OF_SEAT)
    for name, first in SEATS.items()
}


@dataclass(frozen=True, slots=True)
class Burst:
    """Much is filed about one thing with one office for some days."""

    office: int
    category: Both


@dataclass(frozen=True, slots=True)
class Wanted:
    """The load as it was asked for. `first` is the id of the first case; `now` in UTC."""

    number: int
    seed: int
    years: int
    first: int
    now: datetime
    #: Ids whose number somebody has already: they get another.
    taken: frozenset[int] = frozenset()

    @property
    def a_plan(self) -> int:
        """Cases of a plan; some at least, so that there is one to join others with."""
        return max(LEAST_A_PLAN, min(MOST_A_PLAN, self.number // PLANS_AT_LEAST))

    @property
    def plans(self) -> int:
        """How many plans there are."""
        return -(-self.number // self.a_plan)


@dataclass
class Plan:
    """A story told, and the cases that are stamped from it: `first` is the id of the first of them."""

    first: int
    #: One a case: the same for all, but that a case with which the others are joined comes first.
    sheets: list[Sheet]
    #: The offices they are with, one after the other and again from the first.
    seats: list[Seat]
    language: str
    burst: Burst | None
    rng: Random

    @property
    def number(self) -> int:
        """How many cases it has."""
        return len(self.sheets)


class Times:
    """Times within an hour: as they are written after the hour, and in microseconds."""

    def __init__(self, times: Iterable[tuple[int, int, int]]) -> None:
        there = list(times)
        self.written = [b"%02d:%02d.%06d" % time for time in there]
        self.lengths = [(minute * 60 + second) * 10**6 + micro for minute, second, micro in there]


class Planner:
    """Draws plans, and the values of each case in them."""

    def __init__(self, country: Country, wanted: Wanted) -> None:
        self.country, self.wanted = country, wanted
        zone = country.registry.default_calendar.zone
        last = clocks.day_of(wanted.now, zone) - timedelta(days=1)
        length = 365 * wanted.years
        self.days = [last - timedelta(days=back) for back in range(length - 1, -1, -1)]
        rng = _random("days", wanted.seed)
        self.bursts = self._draw_bursts(rng)
        self.sums = list(accumulate(self._weight(day) for day in self.days))
        languages = life.LANGUAGES.get(country.registry.country, {"en": 1})
        self.languages = languages
        self.words = {
            language: Words(language, _random("words", language)) for language in languages
        }
        times = _random("times", wanted.seed)
        self.times = Times(
            (times.randrange(60), times.randrange(60), times.randrange(10**6))
            for _ in range(_TIMES + MOST_MOMENTS)
        )
        # The sweep comes some seconds after the full hour.
        self.swept = Times((0, 5 + n % 50, n * 997 % 10**6) for n in range(_TIMES + MOST_MOMENTS))
        self.wrong = _wrong_offices(country)

    def _draw_bursts(self, rng: Random) -> dict[date, Burst]:
        found: dict[date, Burst] = {}
        for _each in range(life.BURSTS_A_YEAR * self.wanted.years):
            office = self.country.draw_office(self.country.draw_shape(rng), rng)
            category = self.country.draw_category(self.country.at(office), rng)
            burst = Burst(office, category)
            begun = rng.randrange(len(self.days))
            for day in self.days[begun : begun + life.BURST_DAYS]:
                found[day] = burst
        return found

    def _weight(self, day: date) -> float:
        grown = life.GROWTH ** ((day - self.days[0]).days / 365)
        times = life.BURST_TIMES if day in self.bursts else 1.0
        return float(grown * life.WEEK[day.weekday()] * times)

    def values(self, plan: Plan) -> list[bytes]:
        """Values for the cases of a plan, one after the other; those are in that all cases share."""
        values, centre = [b""] * CONSTANTS, self.country.centre
        values[LEAD_NUMBER] = self._number(plan.first)
        ids = zip(
            (LEAD, DESK, DESK_OFFICE, OVERSEER, OVERSEER_OFFICE, OPERATOR, OPERATOR_OFFICE),
            (plan.first, *centre.desk, *centre.overseer, *centre.operator),
            strict=True,
        )
        for slot, number in ids:
            values[slot], values[PACKED + slot] = b"%d" % number, pack_eight(number)
        return values

    # --- Plans -----------------------------------------------------------------------------------

    def plan(self, index: int) -> Plan:
        """The plan of that index (from 0); days go on with the index."""
        wanted = self.wanted
        rng = _random("plan", f"{wanted.seed} {wanted.first} {index}")
        at = (index + rng.random()) / wanted.plans * self.sums[-1]
        day = self.days[min(bisect_left(self.sums, at), len(self.days) - 1)]
        burst = self.bursts.get(day)
        if burst is not None and rng.random() < 1 / life.BURST_TIMES:
            burst = None
        first = index * wanted.a_plan
        number = min(wanted.a_plan, wanted.number - first)
        if burst is None:
            shape = self.country.draw_shape(rng)
        else:
            shape = self.country.shape_of(self.country.offices[burst.office])
        filing, story = self._draw(day, shape, rng)
        sheets = [self._told(shape, filing, story, rng)] * number
        if "merge" in story.moves:
            lead = replace(filing, merged_count=number - 1)
            sheets[0] = self._told(shape, lead, life.LEAD, rng)
        seats = self._seats(shape, burst, min(number, OFFICES_A_PLAN), rng)
        return Plan(wanted.first + first, sheets, seats, filing.language, burst, rng)

    def _seats(self, shape: Shape, burst: Burst | None, number: int, rng: Random) -> list[Seat]:
        country = self.country
        if burst is not None:
            return [country.at(burst.office)]
        return [country.at(country.draw_office(shape, rng)) for _each in range(number)]

    def _draw(self, day: date, shape: Shape, rng: Random) -> tuple[Filing, Story]:
        sensitive = rng.random() < life.SENSITIVE
        story = self._story(shape, rng, sensitive=sensitive)
        published = "publish" in story.moves
        channel = drawn(life.CHANNELS, rng)
        anonymous = channel not in life.WRITTEN and rng.random() < life.ANONYMOUS
        filing = Filing(
            day=day,
            hour=drawn(life.HOURS, rng),
            channel=channel,
            kind=drawn(life.KINDS, rng),
            language=drawn(self.languages, rng),
            sensitive=sensitive,
            anonymous=anonymous,
            share_contact=not anonymous and rng.random() < life.SHARES_CONTACT,
            publish_consent=published or rng.random() < life.MAY_BE_PUBLISHED,
        )
        return filing, story

    def _story(self, shape: Shape, rng: Random, *, sensitive: bool) -> Story:
        if rng.random() < shape.manner.never:
            return rng.choice(STUCK)
        possible = [story for story in STORIES if self._is_possible(story, shape, sensitive)]
        return rng.choices(possible, [story.share for story in possible])[0]

    def _is_possible(self, story: Story, shape: Shape, sensitive: bool) -> bool:
        if sensitive and not {"merge", "publish"}.isdisjoint(story.moves):
            return False
        return {"": True, "above": shape.has_above, "wrong": bool(self.wrong)}[story.needs]

    def _told(self, shape: Shape, filing: Filing, story: Story, rng: Random) -> Sheet:
        stage = Stage(self.country.registry, shape, filing, self.wanted.now, rng)
        return Sheet(tell(stage, story.moves), rng)

    # --- Cases -----------------------------------------------------------------------------------

    def put(self, values: list[bytes], plan: Plan, place: int, sheet: Sheet) -> list[int]:
        """Put what a case has of its own into the values. `place` is its place in the plan.

        Says when things happened, in microseconds after the hour: of people, then of the sweep.
        """
        rng, case = plan.rng, plan.first + place
        text = self.words[plan.language].text(rng)
        drawn_once = rng.randbytes(80)
        hexadecimal = drawn_once.hex().encode()
        # As `chain.commitment` does it.
        words = b'%b{"text":"%b"}' % (drawn_once[:16], text)
        commitment = hashlib.sha256(words).hexdigest().encode()
        values[CASE : OTHER_SECRET + 1] = (
            *(b"%d" % case, self._number(case), text, hexadecimal[:32], commitment),
            *(hexadecimal[32:96], hexadecimal[96:]),
        )
        values[PACKED + CASE], values[PACKED + TEXT] = pack_eight(case), TEXT_LENGTHS[len(text)]
        at, times, swept = int(rng.random() * _TIMES), self.times, self.swept
        last, last_sweep = at + sheet.moments, at + sheet.sweeps
        values[MOMENTS : MOMENTS + sheet.moments] = times.written[at:last]
        values[SWEPT : SWEPT + sheet.sweeps] = swept.written[at:last_sweep]
        self._put_offices(values, plan, place, sheet)
        return times.lengths[at:last] + swept.lengths[at:last_sweep]

    def _number(self, case: int) -> bytes:
        if case in self.wanted.taken:
            return tracking.new_number().encode()
        return number_of(case, self.wanted.seed).encode()

    def _put_offices(self, values: list[bytes], plan: Plan, at: int, sheet: Sheet) -> None:
        country, rng, burst = self.country, plan.rng, plan.burst
        seat = plan.seats[at % len(plan.seats)]
        category = country.draw_category(seat, rng) if burst is None else burst.category
        place = country.draw_place(seat, rng)
        values[PLACE:CATEGORY], values[_PACKED_PLACE:_PACKED_CATEGORY] = place
        values[CATEGORY:LEAD], values[_PACKED_CATEGORY:_PACKED_LEAD] = category
        _sit(values, "holder", seat)
        if sheet.has_above:
            _sit(values, "above", country.at(seat.above))
        if sheet.has_wrong:
            wrong = int(rng.random() * len(self.wrong))
            while self.wrong[wrong] in (seat.office, seat.above):
                wrong -= 1
            _sit(values, "wrong", country.at(self.wrong[wrong]))


def _sit(values: list[bytes], name: str, seat: Seat) -> None:
    first, last, packed, last_packed = _SEATS[name]
    values[first:last], values[packed:last_packed] = seat.values


def _wrong_offices(country: Country) -> list[int]:
    """Offices to which a case may be sent by mistake: of no calendar or numbers of their own, below one."""
    found = [
        pk
        for shape, offices in country.shapes.items()
        if shape.calendar_id is None and shape.policies_of is None and shape.has_told
        for pk in offices.pks
    ]
    # The right one and the one above it are not among them.
    return found if len(found) > 2 else []


def _random(what: str, seed: object) -> Random:
    return Random(f"{what} {seed}")  # noqa: S311 - nothing secret is drawn
