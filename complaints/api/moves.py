"""A move that comes by the API: checked by the same form as the page's."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from rest_framework.request import Request

from accounts.actors import Actor
from accounts.roles import Role
from complaints.errors import Invalid, MoveRefused, Stale
from complaints.forms import MOVE_FORMS
from complaints.forms.fields import ManyFilesField
from complaints.models import Case
from complaints.selectors.access import newest_step
from complaints.services import files
from complaints.services.work import lock_cases
from complaints.workflow import OF_MACHINES

#: Fields in which several may be chosen.
MANY = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField, ManyFilesField)


def make_move(request: Request, case: Case, actor: Actor, move: str) -> Any:
    """Make a move with what the body holds. Raises Refused errors; Invalid names the fields."""
    return ready_to_make(sent_in(request), case, actor, move, uploads=uploads_in(request))()


def sent_in(request: Request) -> dict[str, Any]:
    """What the body holds beside files. Raises Invalid where it is no object."""
    if not isinstance(request.data, dict):
        raise Invalid
    return dict(request.data.items())


def uploads_in(request: Request) -> MultiValueDict[str, Any]:
    """The files that came with the body, by field."""
    return MultiValueDict({name: request.FILES.getlist(name) for name in request.FILES})


def ready_to_make(
    sent: Mapping[str, Any],
    case: Case,
    actor: Actor,
    move: str,
    *,
    uploads: MultiValueDict[str, Any] | None = None,
    seen: int | None = None,
) -> Callable[[], Any]:
    """A move as something to be called, in a transaction: what was sent is checked, files are stored.

    Files that were uploaded before are named by their keys under `files`. `seen` is the step that the
    request itself knows as the newest, whatever the body says. Raises as `make_move`; being called,
    Stale where there is a newer step.
    """
    if move not in MOVE_FORMS:
        raise MoveRefused(move, "unknown_move")
    if actor.has(Role.SYSTEM) and move not in OF_MACHINES:
        # Never, whatever it sends: so it is not asked for the fields first.
        raise MoveRefused(move, "not_yours")
    values = _as_typed(sent, MOVE_FORMS[move].base_fields)
    form = MOVE_FORMS[move](values, uploads, case=case, actor=actor)
    if not form.is_valid():
        raise Invalid(fields={name: list(errors) for name, errors in form.errors.items()})
    arguments = form.arguments()
    if "files" in arguments:
        arguments["files"] += _keys(sent.get("files"))
        files.check_number(arguments["files"])
    service = type(form).service
    if seen is not None and "seen" in arguments:
        arguments["seen"] = seen

    def make() -> Any:
        if seen is not None and "seen" not in arguments:
            _require_newest(case, actor, seen)
        return service(actor=actor, number=case.number, **arguments)

    return make


def body_told(request: Request) -> dict[str, Any]:
    """All that was sent, as JSON that tells one body from another: of files their SHA-256."""
    data = request.data
    told = {name: data.getlist(name) for name in data} if isinstance(data, QueryDict) else data
    return {
        "body": {name: value for name, value in told.items() if name not in request.FILES}
        if isinstance(told, dict)
        else told,
        "files": {
            name: [_digest(f) for f in request.FILES.getlist(name)] for name in request.FILES
        },
    }


def _require_newest(case: Case, actor: Actor, seen: int) -> None:
    """Lock the case, in the transaction of the move. Raises Stale where there is a newer step."""
    locked = lock_cases([case.number])[case.number]
    if newest_step(locked, actor) != seen:
        raise Stale


def _digest(upload: Any) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _keys(given: Any) -> list[str]:
    """Keys of files that were uploaded before; what is no list of words names none."""
    if not isinstance(given, list):
        return []
    if not all(isinstance(key, str) for key in given):
        raise Invalid(fields={"files": [Invalid.sentence]})
    return given


def _as_typed(sent: Mapping[str, Any], fields: Mapping[str, forms.Field]) -> dict[str, Any]:
    """What was sent as a form knows it: texts, and lists of them where several may be chosen.

    Raises Invalid for objects, and for lists where there is one answer.
    """
    values, wrong = {}, {}
    for name, value in sent.items():
        takes_many = isinstance(fields.get(name), MANY)
        if name not in fields or (takes_many and value is None):
            continue
        parts = value if takes_many and isinstance(value, list) else [value]
        if any(isinstance(part, dict | list) for part in parts):
            wrong[name] = [Invalid.sentence]
        else:
            values[name] = [_plain(part) for part in parts] if takes_many else _plain(value)
    if wrong:
        raise Invalid(fields=wrong)
    return values


def _plain(value: Any) -> Any:
    """A value of JSON as somebody types it; halves of letters, which are none, left out."""
    if value is None:
        return None
    words = str(value).lower() if isinstance(value, bool) else str(value)
    return words.encode(errors="ignore").decode()
