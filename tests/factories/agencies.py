"""A tiny country and its people, for every test that needs somebody to answer for something."""

import pickle
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from agencies.models import (
    Calendar,
    Category,
    DeadlinePolicy,
    Holiday,
    Office,
    OfficeArea,
    OfficeType,
    Place,
    Post,
)
from agencies.models.offices import Body
from agencies.naming import search_text
from agencies.services.recording import bump

#: Posts and policies of the cast began long before any test's frozen clock.
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def make_user(name: str, **fields: object) -> User:
    """A person who can be signed in by `client.force_login`; the e-mail comes from the name."""
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}@example.org")
    return User.objects.create_user(str(email), None, name=name, **fields)


def make_place(
    code: str,
    level: str,
    en: str,
    *,
    parent: Place | None = None,
    country: str = "bd",
    bn: str = "",
) -> Place:
    """A place under another one."""
    return Place.objects.create(
        country=country,
        code=code,
        level=level,
        parent=parent,
        path=f"{parent.path if parent else ''}{code}/",
        names={"en": en, **({"bn": bn} if bn else {})},
        search_text=search_text(en, bn),
    )


def make_office_type(
    code: str, body: Body = Body.DEPARTMENT, *, level: str = "", country: str = "bd"
) -> OfficeType:
    """A type of office, or the one that is there already."""
    found, _made = OfficeType.objects.get_or_create(
        country=country,
        code=code,
        defaults={"body": body, "level": level, "names": {"en": code.replace("-", " ").title()}},
    )
    return found


def make_office(
    code: str,
    en: str,
    *,
    parent: Office | None = None,
    body: Body = Body.DEPARTMENT,
    type_code: str = "",
    level: str = "",
    places: tuple[Place, ...] = (),
    aliases: tuple[str, ...] = (),
    bn: str = "",
    country: str = "bd",
    **fields: object,
) -> Office:
    """An office under another one, covering places; path, agency and search text as services do."""
    office = Office.objects.create(
        country=country,
        code=code,
        type=make_office_type(type_code or f"{country}-{body}", body, level=level, country=country),
        parent=parent,
        path=f"{parent.path if parent else ''}{code}/",
        names={"en": en, **({"bn": bn} if bn else {})},
        aliases=list(aliases),
        search_text=search_text(code, en, bn, *aliases),
        **fields,
    )
    office.agency = office if body.is_agency else (parent.agency if parent else None)
    office.save(update_fields=["agency"])
    OfficeArea.objects.bulk_create(OfficeArea(office=office, place=place) for place in places)
    return office


def make_post(
    user: User, role: Role, office: Office, *, since: datetime = LONG_AGO, **fields: object
) -> Post:
    """A post held since long ago."""
    return Post.objects.create(user=user, role=role, office=office, held_from=since, **fields)


def make_officer(name: str, role: Role, office: Office, **fields: object) -> User:
    """A new person who holds a role in an office."""
    user = make_user(name, **fields)
    make_post(user, role, office)
    return user


def make_category(
    code: str, en: str, *, parent: Category | None = None, country: str = "bd"
) -> Category:
    """A subject under another one."""
    return Category.objects.create(
        country=country,
        code=code,
        parent=parent,
        path=f"{parent.path if parent else ''}{code}/",
        names={"en": en},
    )


def make_calendar(
    country: str = "bd",
    *,
    time_zone: str = "Asia/Dhaka",
    weekend: tuple[int, ...] = (5, 6),
    holidays: tuple[date, ...] = (),
    code: str = "",
    is_default: bool = True,
) -> Calendar:
    """A calendar with its days off; Friday and Saturday are the weekend unless told otherwise."""
    calendar = Calendar.objects.create(
        country=country,
        code=code or country,
        names={"en": "Offices of the government"},
        time_zone=time_zone,
        weekend=list(weekend),
        is_default=is_default,
    )
    Holiday.objects.bulk_create(
        Holiday(calendar=calendar, date=day, names={"en": f"Holiday of {day}"}) for day in holidays
    )
    return calendar


def make_policy(
    name: str, amount: int, unit: str = "calendar_days", *, country: str = "bd", **fields: object
) -> DeadlinePolicy:
    """A number in force since long ago."""
    fields.setdefault("valid_from", LONG_AGO)
    row = DeadlinePolicy.objects.create(
        country=country, name=name, amount=amount, unit=unit, **fields
    )
    bump(country)
    return row


@dataclass(frozen=True)
class RegistryCast:
    """The tiny country. The chain of offices is ministry > department > district > upazila."""

    country: str
    # Places: a division, two districts in it, an upazila in each, a union in the first one.
    division: Place
    district: Place
    upazila: Place
    union: Place
    other_district: Place
    other_upazila: Place
    # Offices. The desk, the overseer, auditor, registrar and operator sit in the cabinet division.
    cabinet: Office
    ministry: Office
    department: Office
    district_office: Office
    upazila_office: Office
    rival_ministry: Office
    # Categories.
    electricity: Category
    billing: Category
    roads: Category
    calendar: Calendar
    # People. Alice is a citizen with an account; Charlie a second one, who must see nothing.
    alice: User
    charlie: User
    operator: User
    desk: User
    desk_head: User
    #: Focal officer, case officer and head of the department, which handles most tests' cases.
    focal: User
    case_officer: User
    head: User
    #: The department's parent: its focal officer decides the appeals, its head gets level 2.
    ministry_focal: User
    ministry_head: User
    #: Below the department; the upazila office has nobody: its cases fall to the district's.
    district_focal: User
    #: In the rival ministry: must see nothing of the others' cases.
    rival_focal: User
    rival_case_officer: User
    overseer: User
    auditor: User
    registrar: User


@dataclass(frozen=True)
class Made:
    """A cast that was made, as bytes; by table the rows that were made for it, as JSON."""

    cast: bytes
    rows: dict[str, str]

    @classmethod
    def of(cls, cast: RegistryCast) -> "Made":
        """Read back what making it wrote."""
        made = list(vars(cast).values())
        keys = {
            model: [row.pk for row in made if isinstance(row, model)]
            for model in (Place, Office, Category, Calendar, User)
        }
        types = [row.type_id for row in made if isinstance(row, Office)]
        rows = (
            *((model, "id", found) for model, found in keys.items()),
            *((OfficeType, "id", types), (OfficeArea, "office_id", keys[Office])),
            *((Holiday, "calendar_id", keys[Calendar]), (Post, "user_id", keys[User])),
        )
        return cls(pickle.dumps(cast), {m._meta.db_table: _rows(m, by, k) for m, by, k in rows})

    def again(self) -> RegistryCast:
        """Write the rows, with the keys they had: no sequence gives these to anybody else.

        Only the people are new: they join now.
        """
        insert = "INSERT INTO {0} SELECT * FROM json_populate_recordset(NULL::{0}, %s)"
        with connection.cursor() as cursor:
            cursor.execute(";".join(map(insert.format, self.rows)), list(self.rows.values()))
        cast: RegistryCast = pickle.loads(self.cast)  # noqa: S301 - from this process
        people = [row for row in vars(cast).values() if isinstance(row, User)]
        for user in people:
            user.date_joined = timezone.now()
        User.objects.filter(pk__in=[user.pk for user in people]).update(date_joined=timezone.now())
        return cast


#: By country.
_MADE: dict[str, Made] = {}


def _rows(model: type[Model], column: str, keys: list[int]) -> str:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT json_agg(row)::text FROM {table} AS row WHERE {column} = ANY(%s)",  # noqa: S608
            [keys],
        )
        return str(cursor.fetchone()[0])


def make_registry(country: str = "bd") -> RegistryCast:
    """Make the tiny country with its cast and read policies and calendar anew.

    It is the same for every test: this process makes it once, and writes the same rows after that.
    """
    if country in _MADE:
        cast = _MADE[country].again()
    else:
        cast = _registry(country)
        _MADE[country] = Made.of(cast)
    bump(country)
    return cast


def _registry(country: str) -> RegistryCast:
    places = _places(country)
    offices = _offices(country, places)
    electricity = make_category("electricity", "Electricity", country=country)
    return RegistryCast(
        country=country,
        **places,
        **offices,
        electricity=electricity,
        billing=make_category(
            "electricity-billing", "Wrong bill", parent=electricity, country=country
        ),
        roads=make_category("roads", "Roads", country=country),
        calendar=make_calendar(country, holidays=(date(2026, 12, 16),)),
        **_people(offices),
    )


def _places(country: str) -> dict[str, Place]:
    division = make_place("3", "division", "Dhaka", bn="ঢাকা", country=country)
    district = make_place(
        "3.47", "district", "Gazipur", parent=division, bn="গাজীপুর", country=country
    )
    upazila = make_place(
        "3.47.1", "upazila", "Kaliakair", parent=district, bn="কালিয়াকৈর", country=country
    )
    union = make_place("3.47.1.1", "union", "Fulbaria", parent=upazila, country=country)
    other = make_place("3.48", "district", "Tangail", parent=division, country=country)
    other_upazila = make_place("3.48.1", "upazila", "Mirzapur", parent=other, country=country)
    return {
        "division": division,
        "district": district,
        "upazila": upazila,
        "union": union,
        "other_district": other,
        "other_upazila": other_upazila,
    }


def _offices(country: str, places: dict[str, Place]) -> dict[str, Office]:
    ministry = make_office("power", "Ministry of Power", body=Body.MINISTRY, country=country)
    department = make_office(
        "grid", "Grid Department", parent=ministry, aliases=("grid",), country=country
    )
    district_office = make_office(
        "grid-district-3.47",
        "Grid Office Gazipur",
        parent=department,
        body=Body.FIELD_OFFICE,
        type_code="grid-district",
        level="district",
        places=(places["district"],),
        country=country,
    )
    return {
        "cabinet": make_office("cabinet", "Cabinet Division", body=Body.DIVISION, country=country),
        "ministry": ministry,
        "department": department,
        "district_office": district_office,
        "upazila_office": make_office(
            "grid-upazila-3.47.1",
            "Grid Office Kaliakair",
            parent=district_office,
            body=Body.FIELD_OFFICE,
            type_code="grid-upazila",
            level="upazila",
            places=(places["upazila"],),
            country=country,
        ),
        "rival_ministry": make_office(
            "roads", "Ministry of Roads", body=Body.MINISTRY, country=country
        ),
    }


def _people(offices: dict[str, Office]) -> dict[str, User]:
    posts = {
        "operator": (Role.OPERATOR, "cabinet"),
        "desk": (Role.DESK, "cabinet"),
        "desk_head": (Role.HEAD, "cabinet"),
        "focal": (Role.FOCAL, "department"),
        "case_officer": (Role.CASE_OFFICER, "department"),
        "head": (Role.HEAD, "department"),
        "ministry_focal": (Role.FOCAL, "ministry"),
        "ministry_head": (Role.HEAD, "ministry"),
        "district_focal": (Role.FOCAL, "district_office"),
        "rival_focal": (Role.FOCAL, "rival_ministry"),
        "rival_case_officer": (Role.CASE_OFFICER, "rival_ministry"),
        "overseer": (Role.OVERSEER, "cabinet"),
        "auditor": (Role.AUDITOR, "cabinet"),
        "registrar": (Role.REGISTRAR, "cabinet"),
    }
    people = {
        name: make_officer(name.replace("_", " ").title(), role, offices[office])
        for name, (role, office) in posts.items()
    }
    return people | {"alice": make_user("Alice"), "charlie": make_user("Charlie")}
