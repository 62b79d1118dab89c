"""Writes a pack's places and categories: plain trees with names."""

from typing import Any

from django.db.models import Model

from agencies.loading.mistakes import Mistakes
from agencies.loading.rows import CategoryRow, PlaceRow
from agencies.loading.tables import Outcome, Row, Table
from agencies.loading.trees import tree_paths
from agencies.models import Category, Place
from agencies.naming import search_text

PLACE_COLUMNS = ("level", "parent_id", "path", "names", "latitude", "longitude", "search_text")
CATEGORY_COLUMNS = ("parent_id", "path", "names", "order")


def load_places(
    country: str, rows: list[PlaceRow], left: set[str], mistakes: Mistakes
) -> tuple[Table, Outcome]:
    """Bring the places to what the pack says. The table's `ids` then hold every place."""
    table = Table(Place, country, PLACE_COLUMNS, left)
    given: dict[str, Row] = {
        row.code: {
            "level": row.level,
            "names": row.names,
            "latitude": row.latitude,
            "longitude": row.longitude,
            "search_text": search_text(*row.names.values()),
        }
        for row in rows
    }
    parents = {row.code: row.parent for row in rows}
    return table, settle_tree(table, given, parents, mistakes)


def load_categories(
    country: str, rows: list[CategoryRow], left: set[str], mistakes: Mistakes
) -> tuple[Table, Outcome]:
    """Bring the categories to what the pack says, in its order."""
    table = Table(Category, country, CATEGORY_COLUMNS, left)
    given: dict[str, Row] = {
        row.code: {"names": row.names, "order": order} for order, row in enumerate(rows)
    }
    parents = {row.code: row.parent for row in rows}
    outcome = settle_tree(table, given, parents, mistakes, retired_at=None)
    return table, outcome


def settle_tree(
    table: Table,
    given: dict[str, Row],
    parents: dict[str, str],
    mistakes: Mistakes,
    **for_new: Any,
) -> Outcome:
    """Settle rows that have a parent and a path. `for_new` are columns of new rows alone."""
    table.take_ids(given)
    parents = final_parents(table, parents)
    paths, ring = tree_paths(parents)
    for code in ring:
        mistakes.add(model_name(table.model), f"{code} lies above itself")
    mistakes.stop_if_any()
    wanted: dict[str, Row] = {}
    for code, parent in parents.items():
        kept = given[code] if code in given and table.writes(code) else {}
        place_in_tree = {"parent_id": table.ids.get(parent), "path": paths[code]}
        extra = for_new if code not in table.rows else {}
        wanted[code] = {**_own(table, code), **kept, **place_in_tree, **extra}
    return table.settle(wanted, set(given))


def final_parents(table: Table, parents: dict[str, str]) -> dict[str, str]:
    """Code → parent's code, for the pack's rows and for those that the registrar has the say on."""
    codes = {row["id"]: code for code, row in table.rows.items()}
    answer = {code: codes.get(row["parent_id"], "") for code, row in table.rows.items()}
    answer.update({code: up for code, up in parents.items() if table.writes(code)})
    return answer


def _own(table: Table, code: str) -> Row:
    """The row as it is, without its id and code; empty for a new one."""
    known = table.rows.get(code)
    return {column: known[column] for column in table.columns} if known else {}


def model_name(model: type[Model]) -> str:
    """The name by which mistakes call a table."""
    return str(model._meta.verbose_name_plural)
