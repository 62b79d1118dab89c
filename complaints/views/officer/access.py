"""Who gets to officers' pages at all. Which case somebody sees is `visible_to`'s rule alone."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from accounts.actors import Actor
from accounts.roles import Role
from complaints.models import Case
from complaints.selectors import CaseFile, find_case
from complaints.selectors.access import SEE_ALL
from complaints.tracking import read_number

P = ParamSpec("P")
#: Those who work on cases in an office.
IN_OFFICE = (Role.FOCAL, Role.CASE_OFFICER, Role.HEAD)
#: Those who may open a case's page, if it is one of theirs.
READERS = (*IN_OFFICE, *SEE_ALL)
#: Those who give work to others.
LEADERS = (Role.FOCAL, Role.HEAD)


def officers(
    *roles: Role,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Let holders of one of the roles in and hand the view the actor.

    Others get the page that says that their post doesn't allow it, visitors the sign-in. Nothing
    of what is shown is kept by a browser or a proxy.
    """

    def guard(
        view: Callable[Concatenate[HttpRequest, Actor, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            actor: Actor = request.actor  # type: ignore[attr-defined]
            if not actor.has(*roles):
                raise PermissionDenied
            response = view(request, actor, *args, **kwargs)
            response["Cache-Control"] = "private, no-store"
            return response

        return guarded

    return guard


def file_of(actor: Actor, number: str) -> CaseFile:
    """The case of that number as this officer may see it. 404 for all others, and for one's own."""
    case = visible_case(actor, number)
    if case is None:
        raise Http404
    return CaseFile(case, actor)


def visible_case(actor: Actor, number: str) -> Case | None:
    """The case, unless it is not for this officer. One's own is followed as a citizen follows it."""
    case = find_case(actor, read_number(number) or "")
    return None if case is None or case.owner_id == actor.user_id else case
