"""Where somebody goes after signing in: to their work."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, get_script_prefix, resolve
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from accounts.roles import Role

#: The first role that somebody holds says where they work.
HOMES = (
    (Role.DESK, "desk/"),
    (Role.FOCAL, "office/"),
    (Role.CASE_OFFICER, "office/"),
    (Role.HEAD, "office/"),
    (Role.OVERSEER, "oversight/"),
    (Role.AUDITOR, "oversight/"),
    (Role.REGISTRAR, "registry/"),
    (Role.OPERATOR, "console/"),
)


@require_safe
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """To the screen of the post held; to the start page without one."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    return HttpResponseRedirect(get_script_prefix() + home_of(request.actor))  # type: ignore[attr-defined]


def home_of(actor: Actor) -> str:
    """The path, without the language, of where an actor works; empty for the start page."""
    return next((path for role, path in HOMES if actor.has(role) and _is_there(path)), "")


def _is_there(path: str) -> bool:
    """Whether this installation has that page."""
    try:
        resolve(f"/{path}")
    except Resolver404:
        return False
    return True
