"""What overseers decide about patterns, and what that does to rankings."""

import pytest

from accounts.roles import Role
from complaints.models import Notice
from complaints.services import ranking
from fairplay.models import Flag, Flagged
from fairplay.services import deciding
from fairplay.services.patterns import set_flagged_aside
from oversight.measures import ASIDE
from tests.complaints.conftest import Scene
from tests.complaints.play import refused
from tests.complaints.test_together import together as together
from tests.factories.agencies import make_post
from tests.fairplay.test_flags import Kind, decide, file_many, look, routed, unranked
from tests.oversight.counted import counted

__all__ = ["routed"]


def test_confirmed_it_stays_left_out_and_the_office_is_told(routed: Scene) -> None:
    file_many(routed, 10)
    (flag,) = look()
    decide(routed, flag, confirm=True)
    assert unranked() == 10
    notice = Notice.objects.get(template="left_out")
    assert (notice.office, notice.values["count"]) == (routed.cast.department, 10)
    flag.refresh_from_db()
    assert (flag.state, flag.decided_by) == ("confirmed", routed.cast.overseer)


def test_dismissed_its_cases_are_counted_again(routed: Scene) -> None:
    file_many(routed, 10)
    (flag,) = look()
    set_flagged_aside(25)
    decide(routed, flag, confirm=False)
    assert unranked() == 0
    assert counted(sides=(ASIDE,))["received"] == 0
    look()
    set_flagged_aside(25)
    assert unranked() == 0


def test_what_another_flag_holds_stays_left_out(routed: Scene) -> None:
    file_many(routed, 10)
    (flag,) = look()
    other = Flag.objects.create(
        country="bd",
        office=flag.office,
        kind=Kind.QUICK_ANSWERED,
        day=flag.day,
        found_at=flag.found_at,
    )
    case = flag.cases.order_by("id").first()
    assert case is not None
    Flagged.objects.create(flag=other, case=case.case)
    set_flagged_aside(25)
    decide(routed, flag, confirm=False)
    assert unranked() == 1


@pytest.mark.parametrize("by", ["desk", "auditor", "focal", "registrar"])
def test_only_an_overseer_decides(routed: Scene, by: str) -> None:
    file_many(routed, 10)
    (flag,) = look()
    with refused("not_yours"):
        decide(routed, flag, confirm=False, by=by)


def test_nobody_decides_on_an_office_in_which_they_hold_a_post(routed: Scene) -> None:
    file_many(routed, 10)
    (flag,) = look()
    make_post(routed.cast.overseer, Role.HEAD, routed.cast.department)
    with refused("own_office"):
        decide(routed, flag, confirm=False)


def test_it_is_decided_once_and_with_reasons(routed: Scene) -> None:
    file_many(routed, 10)
    (flag,) = look()
    with refused("invalid"):
        deciding.decide(
            actor=routed.actor(routed.cast.overseer), flag=flag, confirm=True, reason="ok"
        )
    decide(routed, flag, confirm=True)
    with refused("decided"):
        decide(routed, flag, confirm=False)
    assert Notice.objects.filter(template="left_out").count() == 1


def test_an_overseer_has_one_case_counted_again(routed: Scene) -> None:
    play = file_many(routed, 10)[0]
    look()
    set_flagged_aside(25)
    ranking.put_back(actor=play.actor("overseer"), number=play.number, reason="A real complaint")
    set_flagged_aside(25)
    assert unranked() == 9
    with refused("not_set_aside"):
        ranking.put_back(actor=play.actor("overseer"), number=play.number, reason="Once more")
