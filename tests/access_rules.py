"""What the table of who gets where is made of: roles, whose case it is, verdicts."""

from collections.abc import Callable
from dataclasses import dataclass, field

#: The citizen holds the proof of own, published and sealed; Charlie is somebody else's account.
ROLES = (
    "visitor",
    "citizen",
    "charlie",
    "operator",
    "desk",
    "focal",
    "case_officer",
    "head",
    "rival_focal",
    "overseer",
    "auditor",
    "registrar",
)
WITHOUT_ACCOUNT = ("visitor", "citizen")
#: Which case, beside the citizen, who may read it. See `Stage`.
READERS = {
    "own": "desk overseer auditor focal case_officer head",
    "rival": "desk overseer auditor rival_focal",
    "published": "desk overseer auditor rival_focal",
    "sealed": "desk overseer auditor",
}
IN = "in"


@dataclass(frozen=True)
class Rule:
    """Who gets in: role and case → IN or the outcome of a refusal. `shows`: what a GET comes to."""

    verdict: Callable[[str, str], str]
    methods: str = "GET"
    shows: frozenset[str] = field(default=frozenset({"ok"}))


def rule(verdict: Callable[[str, str], str], methods: str = "GET", shows: str = "ok") -> Rule:
    return Rule(verdict, methods, frozenset(shows.split()))


def everybody(role: str, case: str) -> str:
    return IN


def signed_in(role: str, case: str) -> str:
    return "login" if role in WITHOUT_ACCOUNT else IN


def only(*roles: str) -> Callable[[str, str], str]:
    """Holders of a role; others are told that their post does not allow it."""

    def verdict(role: str, case: str) -> str:
        if role in WITHOUT_ACCOUNT:
            return "login"
        return IN if role in roles else "no"

    return verdict


registrars, operators = only("registrar"), only("operator")
onlookers = only("desk", "overseer", "auditor")
overseeing, overseers = only("overseer", "auditor"), only("overseer")
officers = only("desk", "focal", "case_officer", "head", "rival_focal", "overseer", "auditor")
leaders = only("focal", "head", "rival_focal")
takers_out = only("focal", "head", "rival_focal", "overseer")
deciders = only("focal", "head", "rival_focal", "overseer", "auditor")
linkers = only("desk", "overseer")
lookers = only("desk", "overseer", "auditor", "focal", "head", "rival_focal")
lookers_at_grid = only("desk", "overseer", "auditor", "focal", "head")


def readers(role: str, case: str) -> str:
    """Officers who may see the case; to the others there is no such case."""
    gate = officers(role, case)
    return gate if gate != IN or role in READERS[case].split() else "none"


def onlookers_by_api(role: str, case: str) -> str:
    """Those who see the figures of the whole country."""
    gate = api_users(role, case)
    return gate if gate != IN or role in ("desk", "overseer", "auditor") else "no"


def readers_by_api(role: str, case: str) -> str:
    if role in WITHOUT_ACCOUNT:
        return "no"
    return IN if role in READERS[case].split() else "none"


def api_users(role: str, case: str) -> str:
    return "no" if role in WITHOUT_ACCOUNT else IN


def _is_citizen_of(role: str, case: str) -> bool:
    return role == "citizen" and case != "rival"


def its_citizen(role: str, case: str) -> str:
    """Whoever proved the case by its secret; the others come to the door."""
    return IN if _is_citizen_of(role, case) else "door"


def readers_while_open(role: str, case: str) -> str:
    """What is new on a case: nothing, and no more asking, for whoever may not read it."""
    return IN if role in READERS[case].split() else "286"


def its_citizen_while_open(role: str, case: str) -> str:
    return IN if _is_citizen_of(role, case) else "286"


def citizen_or_reader(role: str, case: str) -> str:
    """A file: for everybody else there is none."""
    return IN if _is_citizen_of(role, case) or role in READERS[case].split() else "none"


def no_such_message(role: str, case: str) -> str:
    """A message of the desk's tray; there is none of this key."""
    gate = onlookers(role, case)
    return "none" if gate == IN else gate


def none_has_joined(role: str, case: str) -> str:
    """A system of an agency; none has joined here."""
    gate = registrars(role, case)
    return "none" if gate == IN else gate


def no_such_system(role: str, case: str) -> str:
    """A system of an office that one leads; there is none of this number."""
    gate = deciders(role, case)
    return "none" if gate == IN else gate


def no_system_to_change(role: str, case: str) -> str:
    gate = leaders(role, case)
    return "none" if gate == IN else gate


def no_such_view(role: str, case: str) -> str:
    """A saved view; there is none of this key."""
    gate = lookers(role, case)
    return "none" if gate == IN else gate


def no_such_audit(role: str, case: str) -> str:
    """A call of the audits; of these cases there is none."""
    gate = onlookers(role, case)
    return "none" if gate == IN else gate


def no_such_audit_to_call(role: str, case: str) -> str:
    """Taking, ending a call: for overseers and the desk alone."""
    gate = only("desk", "overseer")(role, case)
    return "none" if gate == IN else gate


def no_such_audit_to_reopen(role: str, case: str) -> str:
    gate = overseers(role, case)
    return "none" if gate == IN else gate


def no_such_alert(role: str, case: str) -> str:
    """Acknowledging an alert, ending a rule: for overseers alone; there is none of this number."""
    gate = overseers(role, case)
    return "none" if gate == IN else gate


def nothing_served(role: str, case: str) -> str:
    """A summary that was served on somebody; on these none was."""
    return "login" if role in WITHOUT_ACCOUNT else "none"


def nothing_served_by_api(role: str, case: str) -> str:
    return "no" if role in WITHOUT_ACCOUNT else "none"


def no_such_file(role: str, case: str) -> str:
    """A file that somebody ordered; there is none of this number."""
    gate = officers(role, case)
    return "none" if gate == IN else gate


def no_such_issue(role: str, case: str) -> str:
    """An issue; there is none of this key. Nobody in an office below its leaders gets that far."""
    if role in ("focal", "head", "rival_focal"):
        return "none"
    return no_such_message(role, case)


def no_issue_to_add_to(role: str, case: str) -> str:
    gate = linkers(role, case)
    return "none" if gate == IN else gate


def no_issue_to_move(role: str, case: str) -> str:
    gate = overseers(role, case)
    return "none" if gate == IN or role in ("focal", "head", "rival_focal") else gate


def no_such_flag(role: str, case: str) -> str:
    """A pattern of an office; there is none of this key."""
    gate = overseeing(role, case)
    return "none" if gate == IN else gate


def the_published(role: str, case: str) -> str:
    return IN if case == "published" else "none"


def nothing_there(role: str, case: str) -> str:
    return "none"


def without_token(role: str, case: str) -> str:
    """Signing in on the pages opens nothing here."""
    return "401"


def nobody_from_outside(role: str, case: str) -> str:
    return "no"
