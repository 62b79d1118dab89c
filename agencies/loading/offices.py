"""Writes a pack's office types, offices with the areas they cover, and services."""

from agencies.loading.mistakes import Mistakes
from agencies.loading.places import final_parents, model_name
from agencies.loading.rows import OfficeRow, OfficeTypeRow, ServiceRow
from agencies.loading.tables import Outcome, Row, Table, insert, next_ids
from agencies.loading.trees import tree_paths
from agencies.models import Office, OfficeArea, OfficeType, Service
from agencies.models.offices import Body
from agencies.naming import search_text

TYPE_COLUMNS = ("body", "level", "names")
OFFICE_COLUMNS = (
    "type_id",
    "parent_id",
    "agency_id",
    "path",
    "names",
    "short_name",
    "aliases",
    "email",
    "website",
    "search_text",
)
SERVICE_COLUMNS = (
    "office_id",
    "office_type_id",
    "category_id",
    "names",
    "what",
    "days",
    "working_days",
    "fee",
)


def load_types(country: str, rows: list[OfficeTypeRow], left: set[str]) -> tuple[Table, Outcome]:
    """Bring the office types to what the pack says."""
    table = Table(OfficeType, country, TYPE_COLUMNS, left)
    table.take_ids(row.code for row in rows)
    wanted: dict[str, Row] = {
        row.code: {"body": row.body, "level": row.level, "names": row.names}
        for row in rows
        if table.writes(row.code)
    }
    return table, table.settle(wanted, {row.code for row in rows})


def load_offices(
    country: str, rows: list[OfficeRow], types: Table, left: set[str], mistakes: Mistakes
) -> tuple[Table, Outcome]:
    """Bring the offices to what the pack says; paths and agencies follow from the whole tree."""
    table = Table(Office, country, OFFICE_COLUMNS, left)
    table.take_ids(row.code for row in rows)
    parents = final_parents(table, {row.code: row.parent for row in rows})
    paths, ring = tree_paths(parents)
    for code in ring:
        mistakes.add(model_name(Office), f"{code} lies above itself")
    mistakes.stop_if_any()
    wanted: dict[str, Row] = {
        code: {column: row[column] for column in OFFICE_COLUMNS} for code, row in table.rows.items()
    }
    wanted.update({row.code: _values(row, types) for row in rows if table.writes(row.code)})
    bodies = dict(OfficeType.objects.filter(country=country).values_list("id", "body"))
    agencies = _agencies({code: bodies[row["type_id"]] for code, row in wanted.items()}, paths)
    new = {"phone": "", "closed_at": None, "calendar_id": None}
    for code, values in wanted.items():
        values["parent_id"] = table.ids.get(parents[code])
        values["path"] = paths[code]
        values["agency_id"] = table.ids.get(agencies[code])
        if code not in table.rows:
            values.update(new)
    return table, table.settle(wanted, {row.code for row in rows})


def _values(row: OfficeRow, types: Table) -> Row:
    aliases = [alias.lower() for alias in row.aliases]
    return {
        "type_id": types.ids[row.type],
        "names": row.names,
        "short_name": row.short,
        "aliases": aliases,
        "email": row.email,
        "website": row.website,
        "search_text": search_text(row.code, *row.names.values(), row.short, *aliases),
    }


def _agencies(bodies: dict[str, str], paths: dict[str, str]) -> dict[str, str]:
    """Code → code of the agency: the office itself if its body is one, else the nearest above."""
    answer: dict[str, str] = {}
    for code, path in paths.items():
        line = reversed(path.rstrip("/").split("/"))
        answer[code] = next((step for step in line if Body(bodies[step]).is_agency), "")
    return answer


def load_areas(rows: list[OfficeRow], offices: Table, places: Table) -> Outcome:
    """Bring the areas of the offices over which the pack has the say to what it says."""
    mine = {offices.ids[row.code] for row in rows if offices.writes(row.code)}
    wanted = {
        (offices.ids[row.code], places.ids[place])
        for row in rows
        if offices.writes(row.code)
        for place in row.places
    }
    # All areas, without a join: right after a first load the planner knows nothing of the tables.
    found = OfficeArea.objects.values_list("id", "office_id", "place_id")
    present = {(office, place): pk for pk, office, place in found if office in mine}
    gone = [pk for pair, pk in present.items() if pair not in wanted]
    OfficeArea.objects.filter(pk__in=gone).delete()
    new = sorted(wanted - present.keys())
    ids = next_ids(OfficeArea, len(new))
    insert(
        OfficeArea,
        [
            {"id": pk, "office_id": office, "place_id": place}
            for pk, (office, place) in zip(ids, new, strict=True)
        ],
    )
    return Outcome(added=len(new), gone=len(gone), same=len(wanted) - len(new))


def load_services(
    rows: list[ServiceRow], offices: Table, types: Table, categories: Table, left: set[str]
) -> Outcome:
    """Bring the services to what the pack says. One that a registrar removed stays removed."""
    table = Table(Service, offices.country, SERVICE_COLUMNS, left)
    table.take_ids(row.code for row in rows)
    wanted: dict[str, Row] = {}
    for row in rows:
        if table.writes(row.code):
            wanted[row.code] = {
                "office_id": offices.ids.get(row.office),
                "office_type_id": types.ids.get(row.office_type),
                "category_id": categories.ids[row.category],
                "names": row.names,
                "what": row.what,
                "days": row.days,
                "working_days": row.working_days,
                "fee": row.fee,
            }
            if row.code not in table.rows:
                wanted[row.code]["officer_role"] = Service.officer_role.field.default.value
    return table.settle(wanted, {row.code for row in rows})
