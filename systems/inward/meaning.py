"""What an agency's own statuses mean: the rows of its table, and what is wrong with them.

A status stands for a move of the table of moves, or for none: then it is only kept. Two statuses that
differ in case, blanks or the way their letters are composed are one.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from agencies.naming import normalise
from complaints.errors import Sentence
from complaints.forms import MOVE_FORMS
from complaints.models.case import AnsweredWith
from complaints.services.answering import Cause
from systems.scopes import MOVES

LONGEST, MOST = 80, 200
#: What a status may stand for, as the table of moves orders it. Whom a case is given to, no status says.
MAPPED = tuple(move for move in MOVE_FORMS if move in MOVES - {"assign"})
#: The field of a move's form into which the words go that come with a status.
WORDS: dict[str, str] = {
    **dict.fromkeys(("ask", "answer", "message", "note"), "text"),
    **dict.fromkeys(("return", "pass_down"), "reason"),
}
#: What the table says beside the move, so that it need not be sent each time.
FILLED: dict[str, dict[str, Sequence[str]]] = {
    "answer": {"outcome": AnsweredWith.values, "cause": Cause.values},
    "pass_down": {"office": ()},
}
NOT_FILLED: dict[str, Sentence] = {
    "outcome": _("Choose the outcome that this status stands for."),
    "cause": _("Choose the cause of the grievance."),
    "office": _("Give the code of the office below yours."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A status as the system writes it, and what it stands for (an empty move: only kept)."""

    theirs: str
    move: str = ""
    fill: Mapping[str, str] = field(default_factory=dict)


def same(status: str) -> str:
    """A status as it is compared."""
    return unicodedata.normalize("NFC", normalise(status).casefold())


def cleaned(row: Row) -> Row:
    """A row as it is kept: nothing is filled that its move does not need."""
    wanted = FILLED.get(row.move, {})
    fill = {name: normalise(row.fill.get(name, "")) for name in wanted}
    return Row(normalise(row.theirs), row.move, {n: v for n, v in fill.items() if v})


def mistakes(rows: Iterable[Row]) -> dict[int, dict[str, list[Sentence]]]:
    """What is wrong with a table: by the row's place, by field. Rows are `cleaned`."""
    found: dict[int, dict[str, list[Sentence]]] = {}
    seen: set[str] = set()
    for at, row in enumerate(rows):
        wrong = _of_fill(row)
        if not row.theirs or len(row.theirs) > LONGEST:
            wrong["status"] = [_("Write the status as your system does: at most 80 characters.")]
        elif same(row.theirs) in seen:
            wrong["status"] = [_("This status is in the table already.")]
        if row.move and row.move not in MAPPED:
            wrong["move"] = [_("Choose a step from the list, or none.")]
        seen.add(same(row.theirs))
        if wrong:
            found[at] = wrong
    return found


def _of_fill(row: Row) -> dict[str, list[Sentence]]:
    wrong: dict[str, list[Sentence]] = {}
    for name, choices in FILLED.get(row.move, {}).items():
        value = row.fill.get(name, "")
        if not value or (choices and value not in choices):
            wrong[name] = [NOT_FILLED[name]]
    return wrong


def body_for(row: Row, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the move's form is given: the table's own, and what came with the status, which counts over it."""
    body: dict[str, Any] = {**row.fill}
    sent = {name: value for name, value in given.items() if name not in ("status", "text")}
    body |= {name: value for name, value in sent.items() if value not in (None, "")}
    if row.move in WORDS and given.get("text"):
        body[WORDS[row.move]] = given["text"]
    return body


def needs(row: Row) -> list[str]:
    """What has still to come with the status, by its name in the call."""
    form = MOVE_FORMS[row.move]
    needed = [name for name, one in form.base_fields.items() if one.required]
    words = WORDS.get(row.move)
    named = ["text" if name == words else name for name in needed if name not in row.fill]
    named = [name for name in named if name != "case_officer"]
    return [*named, "evidence"] if row.move == "answer" else named
