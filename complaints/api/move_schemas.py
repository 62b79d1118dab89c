"""What each move needs, for the description of the API: drawn from the forms that check it."""

from collections.abc import Callable
from typing import Any

from django import forms

from complaints.forms import MOVE_FORMS, MoveForm
from complaints.forms.fields import ManyFilesField, NumberField, OfficeField
from complaints.workflow import MOVES, Party


def _moves_of(parties: Callable[[frozenset[Party]], object]) -> list[str]:
    return [
        name
        for name, move in MOVES.items()
        if name in MOVE_FORMS and any(parties(frozenset(edge.who)) for edge in move.edges)
    ]


#: The moves that somebody makes who is no citizen, and those that a citizen makes.
OFFICERS_MOVES = _moves_of(lambda who: who - {Party.CITIZEN, Party.RESPONDENT})
CITIZENS_MOVES = _moves_of(lambda who: Party.CITIZEN in who)

#: Kind of field → how JSON writes it. The first that fits counts.
KINDS: tuple[tuple[type[forms.Field], dict[str, Any]], ...] = (
    (ManyFilesField, {"type": "array", "items": {"type": "string", "format": "uuid"}}),
    (OfficeField, {"type": "string", "description": "The code of an office."}),
    (NumberField, {"type": "string", "description": "The number of a case."}),
    (forms.ModelMultipleChoiceField, {"type": "array", "items": {"type": "integer"}}),
    (forms.ModelChoiceField, {"type": "integer"}),
    (forms.TypedChoiceField, {"type": ["string", "integer"]}),
    (forms.MultipleChoiceField, {"type": "array", "items": {"type": "string"}}),
    (forms.ChoiceField, {"type": "string"}),
    (forms.BooleanField, {"type": "boolean"}),
    (forms.DateTimeField, {"type": "string"}),
    (forms.DateField, {"type": "string", "format": "date"}),
    (forms.IntegerField, {"type": "integer"}),
    (forms.CharField, {"type": "string"}),
)
OFFICER: dict[str, Any] = {
    "type": "integer",
    "description": "The id of an officer of the office. From an agency's system: left out, it is the system"
    " itself.",
}
#: What an agency's own system sends beside, or may leave out.
FROM_SYSTEMS: dict[str, dict[str, Any]] = {
    "accept": {
        "external_ref": {
            "type": "string",
            "maxLength": 200,
            "description": "From an agency's system: the number of the case there.",
        },
        "case_officer": OFFICER,
    },
    "assign": {"case_officer": OFFICER},
}
LEFT_OUT = {"accept": {"case_officer"}, "assign": {"case_officer"}}
SEEN = "The `seen` of the case as it was read: if there has been a step since, the answer is 409."


def schema_of(form: type[MoveForm]) -> dict[str, Any]:
    """The body of one move."""
    fields: dict[str, forms.Field] = form.base_fields
    left_out = LEFT_OUT.get(form.move, set[str]())
    needed = [name for name, field in fields.items() if field.required and name not in left_out]
    told = {name: _property(name, field) for name, field in fields.items()}
    schema: dict[str, Any] = {
        "type": "object",
        "title": form.move,
        "description": str(form.title),
        "properties": told | FROM_SYSTEMS.get(form.move, {}),
    }
    return schema | ({"required": needed} if needed else {})


def _property(name: str, field: forms.Field) -> dict[str, Any]:
    if name == "seen":
        return {"type": ["integer", "null"], "description": SEEN}
    kind = next((dict(found) for type_, found in KINDS if isinstance(field, type_)), {})
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        kind |= _choices(kind, field)
    if isinstance(field, forms.CharField) and field.max_length:
        kind["maxLength"] = field.max_length
    told = " ".join(str(words) for words in (field.label, field.help_text) if words)
    if isinstance(field, ManyFilesField):
        told = "Keys of files that were sent to `files/` before."
    return {**kind, "description": kind.get("description", told)}


def _choices(kind: dict[str, Any], field: forms.ChoiceField) -> dict[str, Any]:
    """The values that may be chosen; none where they depend on the case."""
    choices: Any = field.choices
    codes = [code for code, _words in choices if code != ""]
    if not codes or not all(isinstance(code, str) for code in codes):
        return {}
    if kind.get("type") == "array":
        return {"items": {"type": "string", "enum": codes}}
    return {"type": "string", "enum": codes}
