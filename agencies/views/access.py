"""Who gets in, and what every registry page needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import get_language

from accounts.actors import Actor
from accounts.roles import Role
from agencies.forms.fields import add_errors
from agencies.models import RegistryChange
from agencies.selectors import actor_for

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]
PAGE_SIZE = 50
CHANGES_SHOWN = 10


def registrar_page(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let a registrar in, and hand the view the actor; others get 403, visitors the sign-in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        actor = getattr(request, "actor", None)
        if actor is None:
            actor = actor_for(request.user, language=(get_language() or "en")[:2])
            request.actor = actor  # type: ignore[attr-defined]
        if not actor.has(Role.REGISTRAR):
            raise PermissionDenied
        return view(request, actor, *args, **kwargs)

    return guarded


def page_of(request: HttpRequest, rows: QuerySet[Any, Any] | list[Any]) -> Page[Any]:
    """The page of a list that the address asks for; a wrong number gives the nearest page."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent, also if it was nothing; None while it is only shown."""
    return request.POST if request.method == "POST" else None


def attempt(request: HttpRequest, form: Form, write: Callable[[], Any], done: str) -> bool:
    """Do a write for a form that is filled in well; say so, or show what was refused."""
    if not form.is_valid():
        return False
    try:
        write()
    except ValidationError as error:
        add_errors(form, error)
        return False
    messages.success(request, done)
    return True


def attempt_plain(request: HttpRequest, write: Callable[[], Any], done: str) -> None:
    """Do a write that a mere button asks for; say what became of it."""
    try:
        write()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)


def history(table: str, row_id: int) -> QuerySet[RegistryChange]:
    """The latest changes of one row, for its page."""
    found = RegistryChange.objects.filter(table=table, row_id=row_id)
    return found.select_related("user").order_by("-at")[:CHANGES_SHOWN]
