"""Ways to a country of figures for the tests of the boards: agencies, facts and hand-offs by the dozen."""

from datetime import date
from typing import Any

from agencies.models import Office
from oversight.figures.periods import today
from oversight.models import Handoff
from tests.factories.agencies import make_office


def agencies(number: int, **fields: Any) -> list[Office]:
    """So many agencies side by side."""
    return [make_office(f"agency-{at}", f"Agency {at}", **fields) for at in range(number)]


def hand_on(
    case_id: int, source: Office, target: Office | None, times: int = 1, on: date | None = None
) -> None:
    """So many hand-offs of one case, made up: from an agency to an agency, or to the desk."""
    first = Handoff.objects.filter(case_id=case_id).count()
    Handoff.objects.bulk_create(
        Handoff(
            case_id=case_id,
            seq=1000 + first + at,
            on=on or today(),
            from_office=source.pk,
            from_agency=source.agency_id or source.pk,
            to_office=target.pk if target else 0,
            to_agency=(target.agency_id or target.pk) if target else 0,
        )
        for at in range(times)
    )
