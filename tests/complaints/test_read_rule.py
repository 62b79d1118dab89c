"""The read rule is one: asked for a set and asked for a single case, it says the same."""

import itertools

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Office
from complaints.models import Case, Handling, Respondent
from complaints.selectors.access import sees, visible_to
from tests.complaints.conftest import Scene


def test_a_set_and_a_single_case_are_judged_alike(scene: Scene) -> None:
    cast = scene.cast
    offices = [
        None,
        cast.department,
        cast.district_office,
        cast.upazila_office,
        cast.rival_ministry,
    ]
    for office, handled, about in itertools.product(offices, [False, True], ["", "focal", "head"]):
        _case(scene, office, handled, about)
    people = [
        *(cast.alice, cast.charlie, cast.operator, cast.desk, cast.desk_head, cast.focal),
        *(cast.case_officer, cast.head, cast.ministry_focal, cast.ministry_head),
        *(cast.district_focal, cast.rival_focal, cast.rival_case_officer),
        *(cast.overseer, cast.auditor, cast.registrar),
    ]
    actors = [scene.actor(person) for person in people]
    cases = list(Case.objects.select_related("holder"))
    actors += [Actor(kind="citizen"), Actor(kind="citizen", case_id=cases[0].pk)]
    seen_by_somebody = set()
    for actor in actors:
        visible = set(visible_to(actor).values_list("pk", flat=True))
        for case in cases:
            assert sees(actor, case) == (case.pk in visible), (actor.label, case.number)
        seen_by_somebody |= visible
    assert seen_by_somebody == {case.pk for case in cases}


def _case(scene: Scene, office: Office | None, handled: bool, about: str) -> None:
    """A case with an office, perhaps handled by the department before, perhaps about somebody."""
    cast = scene.cast
    case = scene.case(scene.file())
    case.holder, case.assigned = office, cast.case_officer
    case.owner = cast.alice if handled else None
    case.save()
    if handled:
        Handling.objects.create(case=case, office=cast.department, since=case.filed_at)
    if about == "focal":
        Respondent.objects.create(case=case, user=cast.focal, linked_at=case.filed_at)
    elif about == "head":
        Respondent.objects.create(
            case=case, office=cast.department, role=Role.HEAD, rank=30, linked_at=case.filed_at
        )
