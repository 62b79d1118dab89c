"""Cases found by the ids that they have in other systems: officers know an old case by its old number."""

from complaints.selectors import elsewhere
from systems.models import Reference

#: Different systems may use the same id; more cases of one are nobody's search.
MOST = 50


def register() -> None:
    """Have officers' searches find them, from start-up on."""
    elsewhere.register(cases_called)


def cases_called(name: str) -> list[int]:
    """Ids of cases with this id in some other system."""
    found = Reference.objects.filter(external_id=name)
    return list(found.values_list("case_id", flat=True)[:MOST])
