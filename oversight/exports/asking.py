"""What file is wanted: a table, its form, and the filters of an address. Read again when it is made."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from accounts.actors import Actor
from agencies.models import Office
from oversight.dashboards.access import (
    hidden_from,
    office_asked,
    own_offices,
    sees_country,
    sides_below,
    sides_for,
)
from oversight.dashboards.asking import read
from oversight.dashboards.which import which_of
from oversight.exports.cases import cases_sheet, quiet
from oversight.exports.sheets import Sheet
from oversight.exports.tables import Ask, table_of

#: The list of the cases behind a figure, beside the tables of figures.
CASES = "cases"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A table by its name (`TABLES` or `CASES`), csv or xlsx, an office's code, and the filters."""

    table: str
    form: str
    office: str
    query: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """As an order keeps it."""
        return asdict(self)

    def file_name(self, name: str) -> str:
        """What the file is called for whoever saves it."""
        return f"{name}.{self.form}"


def office_of(actor: Actor, code: str) -> Office | None:
    """The office asked for; of whoever does not see the country their own, if they name none.

    Http404 if there is none of that code; PermissionDenied if it is not theirs to see.
    """
    if code:
        return office_asked(actor, code)
    return None if sees_country(actor) else own_offices(actor)[0]


def ask_of(actor: Actor, query: Mapping[str, Any], office: Office | None) -> Ask:
    """What a file is asked of, by the rights that somebody has now."""
    return Ask(
        read(query),
        office,
        sides_for(actor, office),
        hidden_from(actor),
        sees_country(actor),
        sides_below(actor, office),
    )


def sheet_of(actor: Actor, wanted: Wanted, progress: Callable[[int], None] = quiet) -> Sheet:
    """The table that is wanted, as its reader may read it now."""
    ask = ask_of(actor, wanted.query, office_of(actor, wanted.office))
    if wanted.table == CASES:
        return cases_sheet(actor, ask, which_of(wanted.query).known_to(actor), progress)
    return table_of(ask, wanted.table)
