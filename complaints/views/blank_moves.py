"""A citizen's moves as empty forms, which are the same on every page: drawn once for each language.

The page of a case offers half a dozen of them, and nearly always nobody has written into one yet. What
belongs to one page (the case's number, its newest step, the token against forgery) is put into its places.
"""

import html
from functools import lru_cache

from django.template.loader import render_to_string
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from accounts.actors import Actor
from complaints.forms import MOVE_FORMS, MoveForm
from complaints.models import Case
from complaints.selectors.access import newest_step
from complaints.views.filing import keep_out_of_browsers

#: The places that are filled for each page. Nothing else on a form looks like them.
NUMBER, SEEN, TOKEN = "place-of-the-number", "place-of-what-was-seen", "place-of-the-token"
#: Moves that are sent by one tap, and stand in a template of their own.
BY_ONE_TAP = {"confirm": "complaints/_solved.html"}


class BlankMove:
    """The empty form of a move, for one page: as `MoveForm`, as far as templates look at it.

    `token` is the page's own against forgery (`get_token`).
    """

    is_blank = True

    def __init__(self, move: str, case: Case, actor: Actor, token: str) -> None:
        self.move, self.title = move, MOVE_FORMS[move].title
        self._case = case
        self._told = {NUMBER: case.number, SEEN: newest_step(case, actor), TOKEN: token}

    @property
    def folded(self) -> SafeString:
        """The form behind its title."""
        return self._drawn(plain=False)

    @property
    def plain(self) -> SafeString:
        """The form, not folded away."""
        return self._drawn(plain=True)

    def _drawn(self, *, plain: bool) -> SafeString:
        case = self._case
        drawn = _drawn_once(
            self.move,
            plain,
            case.sensitive,
            bool(case.disputes),
            get_language(),
            get_script_prefix(),
        )
        for place, value in self._told.items():
            drawn = drawn.replace(place, html.escape(str(value)))
        return mark_safe(drawn)  # noqa: S308 - by a template; what is put in is escaped


def form_of(move: str, case: Case, actor: Actor, *sent: object) -> MoveForm:
    """The form of a move; several stand on one page, so each has ids of its own. Files come last."""
    form = MOVE_FORMS[move](*sent, case=case, actor=actor, auto_id=f"{move}_%s")
    form.order_fields([name for name in form.fields if name != "files"])
    if case.sensitive:
        keep_out_of_browsers(form)
    return form


@lru_cache(maxsize=500)
def _drawn_once(
    move: str,
    plain: bool,
    sensitive: bool,
    disputed: bool,
    _language: str | None,
    _home: str,
) -> str:
    """The form with its places, for nobody's case: it says nothing of any."""
    case = Case(number=NUMBER, sensitive=sensitive, disputes=int(disputed))
    form = form_of(move, case, Actor(kind="citizen"))
    form.fields["seen"].initial = SEEN
    context = {"form": form, "case": case, "plain": plain, "csrf_token": TOKEN}
    template = BY_ONE_TAP.get(move, "complaints/_move.html")
    if move in BY_ONE_TAP:
        context["action"] = reverse("track-move", args=[NUMBER, move])
    return render_to_string(template, context)
