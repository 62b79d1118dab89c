"""The entries of the main navigation, by who is looking. Only a choice of links: what somebody may
do behind them is decided there, by the read rule and the table of moves.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.translation import gettext_lazy as _

OFFICE_ROLES = {"focal", "case_officer", "head"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of the navigation; `work` marks an officer's screen."""

    title: str
    url: str
    current: bool = False
    work: bool = False


#: Address, title, and the roles that see it (empty: everybody).
PUBLIC = [
    ("complaints/new/", _("Make a complaint")),
    ("complaints/track/", _("Follow a complaint")),
    ("cases/", _("Published cases")),
    ("performance/", _("Figures")),
]
#: Of two entries for one address the first one that fits is shown.
WORK = [
    ("desk/", _("Desk"), {"desk"}),
    ("console/", _("Console"), {"operator"}),
    ("oversight/", _("Oversight"), {"overseer", "auditor"}),
    ("office/", _("All cases"), {"desk", "overseer", "auditor"}),
    ("office/", _("Inbox"), OFFICE_ROLES),
    ("registry/", _("Registry"), {"registrar"}),
]


def entries(request: HttpRequest) -> list[Entry]:
    """Everybody's links; for officers their screens, and the citizens' ones that they need."""
    actor = getattr(request, "actor", None)
    roles = {str(role) for role in actor.roles} if actor else set()
    fitting: dict[str, object] = {}
    for path, title, who in WORK:
        if roles & who:
            fitting.setdefault(path, title)
    work = [_entry(request, path, title, work=True) for path, title in fitting.items()]
    public = PUBLIC[2:] if work else PUBLIC
    return work + [_entry(request, path, title) for path, title in public]


def _entry(request: HttpRequest, path: str, title: object, *, work: bool = False) -> Entry:
    current = request.path_info.startswith(f"/{path}")
    return Entry(str(title), f"{get_script_prefix()}{path}", current, work)
