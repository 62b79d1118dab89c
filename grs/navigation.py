"""The entries of the main navigation, by who is looking. Only a choice of links: what somebody may
do behind them is decided there, by the read rule and the table of moves.
"""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.translation import gettext_lazy as _

from systems.out.led import leads_a_system

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
    ("desk/messages/", _("Messages"), {"desk"}),
    ("desk/clusters/", _("Alike"), {"desk"}),
    ("oversight/audits/", _("Call-backs"), {"desk"}),
    ("console/", _("Console"), {"operator"}),
    ("oversight/", _("Oversight"), {"overseer", "auditor", "desk"}),
    ("oversight/flags/", _("Patterns"), {"overseer", "auditor"}),
    ("oversight/restrictions/", _("Restrictions"), {"overseer", "auditor"}),
    ("oversight/channels/", _("Channels"), {"overseer", "auditor"}),
    ("oversight/issues/", _("Issues"), {"overseer", "auditor"}),
    ("office/", _("All cases"), {"desk", "overseer", "auditor"}),
    ("office/", _("Inbox"), OFFICE_ROLES),
    ("office/issues/", _("Issues"), {"focal", "head"}),
    ("oversight/", _("Our figures"), {"focal", "head"}),
    ("office/appeals/", _("Appeals"), {"focal", "head", "overseer", "auditor"}),
    ("registry/", _("Registry"), {"registrar"}),
]
#: Pages whose address begins like that of an entry that they do not belong to, and where they do.
ELSEWHERE = {"oversight/channels/health/": "oversight/"}


def entries(request: HttpRequest) -> tuple[Entry, ...]:
    """Everybody's links; for officers their screens, and the citizens' ones that they need."""
    actor = getattr(request, "actor", None)
    roles = {str(role) for role in actor.roles} if actor else set()
    fitting: dict[str, object] = {}
    for path, title, who in WORK:
        if roles & who:
            fitting.setdefault(path, title)
    if actor and leads_a_system(actor):
        fitting["office/systems/"] = _("Systems")
    public = PUBLIC[2:] if fitting else PUBLIC
    shown = [(path, title, True) for path, title in fitting.items()]
    shown += [(path, title, False) for path, title in public]
    # Of a screen and one that lies below it the page is in the lower one.
    inside = [path for path, *_rest in shown if request.path_info.startswith(f"/{path}")]
    here = ELSEWHERE.get(request.path_info.lstrip("/"), max(inside, key=len, default=""))
    return tuple(
        Entry(str(title), f"{get_script_prefix()}{path}", path == here, work)
        for path, title, work in shown
    )
