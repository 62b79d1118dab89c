"""Cases of the time before the portal: counted once, by year, and in no other figure."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from accounts.actors import SYSTEM
from complaints import moment
from complaints.models import Case, Clock
from complaints.services import casework, importing
from complaints.services.importing import PastCase, PastStep
from complaints.services.work import tell_database
from complaints.workflow import State
from fairplay.selectors import patterns
from fairplay.services.finding import find_clusters
from oversight.audits.drawing import closings
from oversight.figures import checking, keeping, past, reading
from oversight.figures.asking import Question
from oversight.figures.periods import Period
from oversight.figures.standing import standing
from oversight.measures import PAST
from oversight.metrics import METRICS
from oversight.models import Fact, Kept
from tests.oversight.conftest import House
from tests.oversight.counted import counted, lately, made

pytestmark = pytest.mark.django_db(transaction=True)

TEN_YEARS_AGO = datetime(2016, 3, 1, 9, tzinfo=UTC)


def bring(house: House, **given: object) -> Case:
    """A case of the past with the department: answered on the third day, confirmed by its citizen."""
    filed = given.pop("filed_at", TEN_YEARS_AGO)
    assert isinstance(filed, datetime)
    answered = filed + timedelta(days=2)
    office = house.cast.department
    values: dict[str, object] = {
        "source": "grid-2016",
        "text": "The meter runs backwards.",
        "filed_at": filed,
        "status": State.CLOSED,
        "kind": "complaint",
        "language": "en",
        "channel": "hotline",
        "ending": "confirmed",
        "outcome": "resolved",
        "holder": office,
        "forwarded_at": filed,
        "answered_at": answered,
        "closed_at": answered,
        "steps": (
            PastStep(filed, State.FORWARDED, "forward", given_to=office),
            PastStep(
                answered, State.ANSWERED, "answer", office=office, data={"outcome": "resolved"}
            ),
            PastStep(answered, State.CLOSED, "confirm", data={"rating": 5}),
        ),
        **given,
    }
    registry = tell_database(SYSTEM)
    number = importing.free_numbers(1)[0]
    importing.write([importing.bring(PastCase(**values), number, registry)])
    return Case.objects.get(number=number)


def bring_open(house: House, **given: object) -> Case:
    """One that is still with the department."""
    step = PastStep(TEN_YEARS_AGO, State.FORWARDED, "forward", given_to=house.cast.department)
    nothing = {"answered_at": None, "closed_at": None, "ending": "", "outcome": ""}
    return bring(house, status=State.FORWARDED, steps=(step,), **nothing, **given)


def always() -> Question:
    return Question(Period("", datetime(2000, 1, 1).date(), datetime(2100, 1, 1).date()))


def test_no_figure_counts_them(house: House) -> None:
    bring(house)
    bring_open(house)
    made()

    counts = reading.totals(always())
    assert {name: number for name, number in counts.numbers.items() if number} == {}
    assert not any(sum(bands) for bands in counts.bands.values())


def test_one_case_of_now_beside_three_of_the_past_is_the_figure(house: House) -> None:
    """By hand: one case, answered on the day after it was filed, and confirmed."""
    for _each in range(3):
        bring(house, filed_at=moment.now() - timedelta(days=5))
    house.confirmed()

    counts = counted()
    assert counts["received"] == counts["answered"] == counts["confirmed"] == 1
    assert METRICS["confirmed_resolved"].of(counts) == 1.0
    assert METRICS["median_days"].of(counts) == 0
    assert counts["rating_sum"] == 5


def test_they_are_counted_by_office_and_the_year_in_which_they_were_filed(house: House) -> None:
    bring(house)
    bring(house, filed_at=TEN_YEARS_AGO + timedelta(days=365))
    bring_open(house)
    house.forwarded()
    made()

    department, rival = house.cast.department, house.cast.rival_ministry
    found = past.by_year([0, department.pk, department.parent_id or 0, rival.pk])
    years = Counter({2016: 2, 2017: 1})
    assert found == {0: years, department.pk: years, department.parent_id: years}


def test_whoever_is_barred_from_one_has_it_in_no_number(house: House) -> None:
    hidden = bring(house)
    bring(house)
    made()

    found = past.by_year([0, house.cast.department.pk], hidden=[hidden.pk])
    assert found[0] == found[house.cast.department.pk] == Counter({2016: 1})


def test_what_is_done_with_an_open_one_here_counts_nowhere(house: House) -> None:
    case = bring_open(house)
    house.day(1)
    casework.return_case(
        actor=house.scene.actor(house.cast.focal),
        number=case.number,
        reason="Not ours",
        whose=house.cast.rival_ministry,
    )
    made()

    fact = Fact.objects.get(case=case)
    assert (fact.side, fact.hops, fact.forwarded_on, fact.due_at) == (PAST, 0, None, None)
    assert not reading.totals(always())


def test_a_late_one_is_late_on_its_page_and_in_no_figure(house: House) -> None:
    case = bring_open(house)
    house.day(40)
    house.sweep()
    keeping.rebuild()
    keeping.count_backlog_now(Kept.objects.get(pk=1))

    assert Clock.objects.filter(case=case, stopped_at=None, level__gte=1).exists()
    now = standing(lately())
    assert (now.open, now.late, now.level1, now.level2, now.level3) == (0, 0, 0, 0, 0)
    assert case.number not in house.page("/oversight/escalations/")
    assert case.number not in house.page("/oversight/cases/?state=late")
    assert case.number not in house.page("/oversight/")


def test_the_check_finds_the_figures_right_and_a_wrong_one_wrong(house: House) -> None:
    bring(house)
    bring_open(house)
    house.confirmed()
    house.count()
    assert checking.differences() == []

    Fact.objects.filter(side=PAST, status="closed").update(side=0)
    assert any(": side" in one.what for one in checking.differences())


def test_figures_that_follow_the_log_have_them_too(house: House) -> None:
    house.count()
    bring(house)
    house.count()

    assert past.by_year([0]) == {0: Counter({2016: 1})}
    assert checking.differences() == []


def test_nobody_is_called_about_an_old_case(house: House) -> None:
    old = bring(house, filed_at=moment.now() - timedelta(days=3))
    now = house.case(house.confirmed())

    found = closings(moment.now() - timedelta(days=30), moment.now() + timedelta(days=1))
    assert [case.pk for case in found] == [now.pk]
    assert old.status == "closed"


def test_the_same_words_in_many_old_cases_are_no_burst(house: House) -> None:
    for _each in range(8):
        bring(house, filed_at=moment.now() - timedelta(hours=1))

    assert find_clusters() == 0
    day = moment.now().date()
    assert patterns.counted(patterns.filed(day)) == {}


def test_every_definition_says_that_they_are_left_out() -> None:
    for metric in METRICS.values():
        assert "before the portal" in str(metric.excludes), metric.code


def test_the_page_tells_years_and_offices_and_each_number_opens_its_cases(house: House) -> None:
    case = bring(house)
    made()

    page = house.page("/oversight/past/")
    assert "1 case was brought" in page
    assert "2016" in page
    listed = "/oversight/cases/?measure=received&sides=past&first=2016-01-01&last=2016-12-31"
    assert listed.replace("&", "&amp;") in page
    assert case.number in house.page(listed)
    assert case.number not in house.page(listed.replace("&sides=past", ""))


def test_whoever_leads_an_office_begins_with_theirs_and_sees_no_other(house: House) -> None:
    bring(house)
    made()
    house.sign_in("focal")

    page = house.page("/oversight/past/")
    assert house.cast.department.name in page
    house.page(f"/oversight/past/?office={house.cast.rival_ministry.code}", status=403)
    house.page("/oversight/past/?office=nowhere", status=404)


def test_without_any_the_page_says_so(house: House) -> None:
    made()
    assert "No cases from before the portal" in house.page("/oversight/past/")
