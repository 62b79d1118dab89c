"""What call-backs found, as figures of a question: whose, when, of which cases, and who may read them."""

from datetime import timedelta

import pytest

from complaints import moment
from complaints.models import Case
from complaints.services.intake import Receipt
from oversight.audits import rates
from oversight.figures import keeping
from oversight.figures.asking import AGENCYS, COUNTRYS, PUBLIC, Counts, Question
from oversight.figures.periods import days_period
from oversight.metrics import METRICS
from oversight.models import Audit
from record.services.writing import write
from tests.oversight.audits import audit_for, named
from tests.oversight.conftest import House

pytestmark = pytest.mark.django_db(transaction=True)


def ended(house: House, receipt: Receipt, result: str, **parts: object) -> Audit:
    """A call that was made just now."""
    return audit_for(house.scene, receipt, **{"result": result, "done_at": moment.now(), **parts})


def counted(question: Question, **how: object) -> Counts:
    """The figures of the call-backs, once the workers have counted."""
    write()
    keeping.keep()
    counts = Counts()
    rates.add_to(counts, question, **how)
    return counts


def lately(**parts: object) -> Question:
    return Question(days_period(30), **parts)


@pytest.fixture
def receipts(house: House) -> list[Receipt]:
    """Six confirmed cases of the department."""
    return [house.confirmed(**named()) for _number in range(6)]


def test_only_drawn_ones_that_were_reached_count(house: House, receipts: list[Receipt]) -> None:
    for receipt, result in zip(
        receipts, ("solved", "partly", "not_solved", "refused", "not_reached"), strict=False
    ):
        ended(house, receipt, result)
    ended(house, receipts[5], "solved", why="asked")
    found = counted(lately())
    assert (found["audit_drawn"], found["audit_reached"], found["audit_solved"]) == (5, 3, 1)
    assert (found["audit_partly"], found["audit_claimed"]) == (1, 3)


def test_what_the_office_claims_is_its_outcome_then(house: House, receipts: list[Receipt]) -> None:
    ended(house, receipts[0], "solved", outcome="partly")
    ended(house, receipts[1], "not_solved", outcome="resolved")
    found = counted(lately())
    assert (found["audit_reached"], found["audit_claimed"], found["audit_solved"]) == (2, 1, 1)
    assert METRICS["audit_solved"].of(found) == METRICS["audit_agreement"].of(found) == 0.5


def test_withdrawn_ones_say_who_was_pressed_and_no_more(
    house: House, receipts: list[Receipt]
) -> None:
    ended(house, receipts[0], "not_solved", ending="withdrawn", answers={"pressure": "yes"})
    found = counted(lately())
    assert (found["audit_drawn"], found["audit_reached"], found["audit_pressed"]) == (0, 0, 1)


def test_the_period_is_half_open(house: House, receipts: list[Receipt]) -> None:
    ended(house, receipts[0], "solved")
    now = lately()
    assert counted(now)["audit_reached"] == 1
    assert counted(now.during(now.period.before()))["audit_reached"] == 0
    house.clock.shift(timedelta(days=30))
    assert counted(lately())["audit_reached"] == 0
    assert counted(lately().during(days_period(30).before()))["audit_reached"] == 1


def test_sealed_and_examined_cases_are_in_the_sides_that_have_them(
    house: House, receipts: list[Receipt]
) -> None:
    ended(house, receipts[0], "solved")
    ended(house, house.confirmed(**named(about_official=True)), "solved")
    ended(house, receipts[1], "not_solved")
    Case.objects.filter(number=receipts[1].number).update(unranked="burst")
    write()
    keeping.rebuild()
    reached = [
        counted(lately(sides=sides))["audit_reached"] for sides in (PUBLIC, AGENCYS, COUNTRYS)
    ]
    assert reached == [1, 2, 3]


def test_an_office_has_those_of_all_below_it(house: House, receipts: list[Receipt]) -> None:
    ended(house, receipts[0], "solved")
    cast = house.cast
    ended(house, receipts[1], "not_solved", office_id=cast.district_office.pk)
    assert counted(lately(office=cast.department))["audit_reached"] == 2
    assert counted(lately(office=cast.district_office))["audit_reached"] == 1
    assert counted(lately(office=cast.rival_ministry))["audit_reached"] == 0
    found: dict[int, Counts] = {}
    rates.add_by_node(found, lately(), [cast.department.pk, cast.district_office.pk])
    assert {pk: counts["audit_solved"] for pk, counts in found.items()} == {
        cast.department.pk: 1,
        cast.district_office.pk: 0,
    }


def test_filters_are_the_cases(house: House, receipts: list[Receipt]) -> None:
    ended(house, receipts[0], "solved")
    case = house.case(receipts[0])
    assert counted(lately(channel=case.channel, kind=case.kind))["audit_reached"] == 1
    assert counted(lately(channel="nowhere"))["audit_reached"] == 0
    assert counted(lately(category=(case.category_id or 0,)))["audit_reached"] == 1
    assert counted(lately(category=(-7,)))["audit_reached"] == 0


def test_who_is_barred_from_a_case_reads_figures_without_it(
    house: House, receipts: list[Receipt]
) -> None:
    ended(house, receipts[0], "solved")
    ended(house, receipts[1], "not_solved")
    left = counted(lately(), hidden=[house.case(receipts[1]).pk])
    assert (left["audit_reached"], left["audit_solved"]) == (1, 1)


def test_by_how_the_case_had_ended(house: House, receipts: list[Receipt]) -> None:
    for number, receipt in enumerate(receipts):
        ended(house, receipt, "solved" if number else "not_solved", ending="silent")
    counted(lately())
    assert [(row.ending, row.reached, row.solved) for row in rates.found_by_ending(lately())] == [
        ("confirmed", 0, None),
        ("silent", 6, pytest.approx(5 / 6)),
        ("appeal_dismissed", 0, None),
    ]


def test_it_is_one_statement(
    house: House, receipts: list[Receipt], django_assert_num_queries: object
) -> None:
    ended(house, receipts[0], "solved")
    counted(lately())
    with django_assert_num_queries(1):  # type: ignore[operator]
        rates.add_to(Counts(), lately(office=house.cast.department, channel="web"))
    with django_assert_num_queries(0):  # type: ignore[operator]
        rates.add_by_node({}, lately(), [])
