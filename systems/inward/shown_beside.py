"""What the pages of a case say of other systems in which it is known; read with the case, no query."""

from accounts.actors import Actor
from complaints import beside
from complaints.beside import Part
from complaints.models import Case
from systems.inward import references


def register() -> None:
    """Take part in the pages of cases, from start-up on."""
    beside.register_elsewhere(references.COLUMN, references.told_beside, references.elsewhere)
    beside.register("officer", for_officer)
    beside.register("citizen", for_citizen)


def for_officer(case: Case, _actor: Actor | None) -> Part | None:
    """Each system, whether it is worked on there, its number and last status there."""
    return _part(case, "systems/_elsewhere_of_case.html")


def for_citizen(case: Case, _actor: Actor | None) -> Part | None:
    """Who works on it in a system of its own, and its number there."""
    return _part(case, "systems/_elsewhere_of_own_case.html")


def _part(case: Case, template: str) -> Part | None:
    rows = beside.elsewhere(case)
    if not rows:
        return None
    holder = case.holder
    agency = (holder.agency or holder).name if holder else ""
    return Part(template, {"rows": rows, "agency": agency})
