"""A move that comes by the API: checked by the same form as the page's."""

from typing import Any

from django.utils.datastructures import MultiValueDict
from rest_framework.request import Request

from accounts.actors import Actor
from complaints.errors import Invalid, MoveRefused
from complaints.forms import MOVE_FORMS
from complaints.models import Case


def make_move(request: Request, case: Case, actor: Actor, move: str) -> Any:
    """Make a move with what the body holds. Raises Refused errors; Invalid names the fields."""
    if move not in MOVE_FORMS:
        raise MoveRefused(move, "unknown_move")
    if not isinstance(request.data, dict):
        raise Invalid
    form = MOVE_FORMS[move](
        {name: _plain(value) for name, value in request.data.items()},
        MultiValueDict({name: request.FILES.getlist(name) for name in request.FILES}),
        case=case,
        actor=actor,
    )
    if not form.is_valid():
        raise Invalid(fields={name: list(errors) for name, errors in form.errors.items()})
    return form.perform()


def _plain(value: Any) -> Any:
    """JSON's true and false as a form understands them; halves of letters, which are none, left out."""
    if isinstance(value, str):
        return value.encode(errors="ignore").decode()
    return str(value).lower() if isinstance(value, bool) else value
