"""The country as the load needs it: offices that get cases, their people, places and categories."""

from bisect import bisect, bisect_left
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from accounts.models import User
from accounts.roles import Role
from agencies.models import Category, Office, OfficeArea, Place, Post
from agencies.snapshot import Registry
from complaints.load.binary import TEXT_LENGTHS, pack_eight
from complaints.load.life import MANNERS, Manner

#: Whose name stands in the events where no office up the line has anybody: an account that nobody opens.
STAND_IN = "synthetic-load@example.invalid"

#: Agencies that get most cases: none of them is silent.
FIRST = 5

#: Values of slots that follow each other: as text, and packed for COPY (a text has its length there).
Both = tuple[list[bytes], list[bytes]]


@dataclass(frozen=True, slots=True)
class Shape:
    """What of an office a story depends on: offices of one shape share a story told once."""

    manner: Manner
    calendar_id: int | None
    #: The agency that has numbers of its own, if it has.
    policies_of: int | None
    #: Whether heads of another office hear of level 2; there is an office above, with the same.
    has_told: bool
    has_above: bool
    above_has_told: bool
    #: Whether an office decides appeals (else an overseer does), and one hears of level 2 of those.
    has_decider: bool
    decider_has_told: bool


@dataclass(slots=True)
class Desk:
    """People of the centre, each with the office of their post."""

    desk: tuple[int, int]
    overseer: tuple[int, int]
    operator: tuple[int, int]


@dataclass
class Offices:
    """Offices of one shape with how often each is drawn."""

    pks: list[int] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    #: Running sums of the weights, for drawing.
    sums: list[float] = field(default_factory=list)

    def draw(self, rng: Random) -> int:
        """One of them (its id), as often as it gets cases."""
        return self.pks[bisect(self.sums, rng.random() * self.sums[-1])]


class Country:
    """Offices, people, places and categories, read once. Raises ValueError where one is missing."""

    def __init__(self, registry: Registry, seed: int) -> None:
        self.registry = registry
        country = registry.country
        rows = Office.objects.open().filter(country=country).order_by("pk")
        self.offices = {row.pk: row for row in rows.only(*_OFFICE_FIELDS)}
        self.by_code = {office.code: office for office in self.offices.values()}
        leaves = Place.objects.filter(country=country, children=None)
        places = sorted(leaves.only("path", "pk", "code"), key=lambda place: place.path)
        self.places, self.paths = (
            [_both(place.pk, place.code) for place in places],
            [p.path for p in places],
        )
        categories = Category.objects.filter(country=country, retired_at=None, children=None)
        rows_of_categories = categories.order_by("pk").only("pk", "code")
        self.categories = [_both(row.pk, row.code) for row in rows_of_categories]
        self._check()
        self._read_people()
        self._areas = {
            office_id: (bisect_left(self.paths, path), bisect_left(self.paths, f"{path}~"))
            for office_id, path in OfficeArea.objects.filter(place__country=country).values_list(
                "office_id", "place__path"
            )
        }
        self._ranked: list[int] = []
        self._manners = self._draw_manners(Random(f"manners {seed}"))  # noqa: S311 - no secrets
        self.shapes: dict[Shape, Offices] = {}
        self._weigh(Random(f"offices {seed}"))  # noqa: S311
        self._seats: dict[int, Seat] = {}
        self._liked: dict[int, list[Both]] = {}

    def _check(self) -> None:
        missing = {
            "offices": self.offices,
            "places": self.places,
            "categories": self.categories,
        }
        for name, found in missing.items():
            if not found:
                raise ValueError(f"There are no {name}: run load_country first.")

    def _read_people(self) -> None:
        posts = Post.objects.held_at().filter(
            office__country=self.registry.country, user__is_active=True
        )
        self.people: dict[tuple[int, str], list[int]] = {}
        for user_id, role, office_id in posts.order_by("held_from", "id").values_list(
            "user_id", "role", "office_id"
        ):
            self.people.setdefault((office_id, role), []).append(user_id)
        any_office = min(self.offices)
        stand_in = User.objects.filter(email=STAND_IN).values_list("pk", flat=True).first()
        if stand_in is None:
            stand_in = User.objects.create_user(
                STAND_IN, None, name="Synthetic load", is_active=False
            ).pk
        self.stand_in = stand_in

        def of(role: str) -> tuple[int, int]:
            found = (
                (users[0], office) for (office, its), users in self.people.items() if its == role
            )
            return next(found, (stand_in, any_office))

        self.centre = Desk(of(Role.DESK), of(Role.OVERSEER), of(Role.OPERATOR))
        self._central = {
            office for office, role in self.people if role in (Role.DESK, Role.OVERSEER)
        }

    def _draw_manners(self, rng: Random) -> dict[int, Manner]:
        """How each agency works; none of the five that get most is silent."""
        self._ranked = sorted({self._agency(office) for office in self.offices.values()})
        rng.shuffle(self._ranked)
        weights = [manner.agencies for manner in MANNERS]
        drawn = {}
        for rank, agency in enumerate(self._ranked):
            known = MANNERS[:-1] if rank < FIRST else MANNERS
            drawn[agency] = rng.choices(known, weights[: len(known)])[0]
        return drawn

    def _weigh(self, rng: Random) -> None:
        """Zipf over agencies; of an agency's cases most go to its field offices, some to itself."""
        below: dict[int, list[int]] = {}
        for office in self.offices.values():
            if office.pk not in self._central:
                below.setdefault(self._agency(office), []).append(office.pk)
        agencies = [agency for agency in self._ranked if agency in below]
        for rank, agency in enumerate(agencies, start=1):
            shares = {pk: rng.uniform(0.3, 1.7) for pk in below[agency]}
            if len(shares) > 1 and agency in shares:
                shares[agency] = 0.25 * sum(shares.values())
            whole = sum(shares.values())
            for pk, share in shares.items():
                offices = self.shapes.setdefault(self.shape_of(self.offices[pk]), Offices())
                offices.pks.append(pk)
                offices.weights.append(share / whole / rank)
        for offices in self.shapes.values():
            offices.sums = list(accumulate(offices.weights))

    # --- One office ------------------------------------------------------------------------------

    def _agency(self, office: Office) -> int:
        agency = office.agency_id or office.pk
        return agency if agency in self.offices else office.pk

    def told_of(self, office: Office) -> Office | None:
        """Whose heads hear of level 2: as `escalation` finds them."""
        if office.agency_id and office.agency_id != office.pk:
            return self.offices.get(office.agency_id)
        return self.offices.get(office.parent_id or 0)

    def above(self, office: Office) -> Office | None:
        """The office above, as far as it is open."""
        return self.offices.get(office.parent_id or 0)

    def shape_of(self, office: Office) -> Shape:
        """What a story about this office depends on."""
        agency, above = self._agency(office), self.above(office)
        own = {row.agency_id for rows in self.registry.policies.values() for row in rows}
        calendar_of = self.offices[agency].calendar_id
        decider = self._decider(office)
        deciding = self.offices[decider[1]] if decider else None
        return Shape(
            manner=self._manners[agency],
            calendar_id=office.calendar_id or calendar_of,
            policies_of=agency if agency in own else None,
            has_told=self.told_of(office) is not None,
            has_above=above is not None,
            above_has_told=above is not None and self.told_of(above) is not None,
            has_decider=deciding is not None,
            decider_has_told=deciding is not None and self.told_of(deciding) is not None,
        )

    def _answering(self, office: Office) -> tuple[int, int]:
        """Who answers for an office and from which office: its focal officer, else the next one up."""
        for code in reversed(office.path_codes):
            there = self.by_code.get(code)
            if there is not None and (users := self.people.get((there.pk, Role.FOCAL))):
                return users[0], there.pk
        return self.stand_in, office.pk

    def _decider(self, office: Office) -> tuple[int, int] | None:
        for code in reversed(office.path_codes[:-1]):
            there = self.by_code.get(code)
            users = self.people.get((there.pk, Role.FOCAL)) if there else None
            if there and users and users[0] != self._answering(office)[0]:
                return users[0], there.pk
        return None

    def at(self, office_id: int) -> "Seat":
        """An office with what a case has of it."""
        found = self._seats.get(office_id)
        if found is None:
            found = self._seats[office_id] = self._seat(self.offices[office_id])
        return found

    def seat_all(self) -> None:
        """Make ready what `at` gives of each office: for a load in which nearly all get cases."""
        for office_id in self.offices:
            self.at(office_id)

    def _seat(self, office: Office) -> "Seat":
        focal, focal_office = self._answering(office)
        officers = self.people.get((office.pk, Role.CASE_OFFICER), [focal])
        decider = self._decider(office)
        deciding = self.offices[decider[1]] if decider else None
        values = _both(
            *_named(office),
            *(focal, focal_office, officers[0]),
            *_named(self.told_of(office)),
            decider[0] if decider else 0,
            *_named(deciding),
            *_named(self.told_of(deciding) if deciding else None),
        )
        agency = self._agency(office)
        liked = self._liked.get(agency)
        if liked is None:
            own = Random(f"subjects {agency}")  # noqa: S311
            liked = own.sample(self.categories, min(6, len(self.categories)))
            self._liked[agency] = liked
        low, high = self._areas.get(office.pk, (0, 0))
        if high <= low:
            low, high = 0, len(self.places)
        return Seat(office.pk, office.parent_id or office.pk, values, liked, low, high - low)

    # --- Drawing ---------------------------------------------------------------------------------

    def draw_shape(self, rng: Random) -> Shape:
        """A shape, as often as its offices get cases."""
        shapes = list(self.shapes)
        return rng.choices(shapes, [self.shapes[shape].sums[-1] for shape in shapes])[0]

    def draw_office(self, shape: Shape, rng: Random) -> int:
        """An office of a shape (its id)."""
        return self.shapes[shape].draw(rng)

    def draw_place(self, seat: "Seat", rng: Random) -> Both:
        """A place at the lowest level in what the office covers (id and code); the first ones often."""
        return self.places[seat.first_place + int(seat.places * rng.random() ** 1.6)]

    def draw_category(self, seat: "Seat", rng: Random) -> Both:
        """What the office is complained about (id and code): its agency has some subjects of its own."""
        return seat.liked[int(len(seat.liked) * rng.random() ** 2)]


@dataclass(slots=True)
class Seat:
    """An office with what a case has of it. `values` are those of a seat's slots, from `marks.ID` on."""

    office: int
    #: The office above it; where there is none, itself.
    above: int
    values: Both
    #: What it is complained about, the first ones often.
    liked: list[Both]
    #: Where in the country's places those begin that it covers, and how many they are.
    first_place: int
    places: int


_OFFICE_FIELDS = ("pk", "code", "path", "parent_id", "agency_id", "calendar_id", "country")


def _named(row: Office | None) -> tuple[int, str]:
    return (row.pk, row.code) if row else (0, "")


def _both(*values: int | str) -> Both:
    texts = [str(value).encode() for value in values]
    packed = [
        pack_eight(value) if isinstance(value, int) else TEXT_LENGTHS[len(text)]
        for value, text in zip(values, texts, strict=True)
    ]
    return texts, packed
