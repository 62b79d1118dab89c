"""Steps of an issue: who may take which and when, what is written, what is refused."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections

from complaints.errors import Invalid, NoSuchCase, Refused, Stale
from complaints.models import Notice
from oversight.issues import services
from oversight.issues.checking import what_points_at_people
from oversight.issues.rights import STEPS, issues_for, steps_for
from oversight.models import Issue
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, refused
from tests.factories.agencies import make_registry
from tests.oversight.conftest import House
from tests.oversight.issues import as_overseer, begin, day, file_many, fix, publish

OVERSEERS = {"edit", "link", "unlink", "note", "fix", "publish", "drop"}
OWNERS = {"progress", "did"}


def as_(house: House, who: str, issue: Issue) -> dict[str, Any]:
    return {"actor": house.scene.actor(getattr(house.cast, who)), "key": issue.key}


def same(issue: Issue, **changed: Any) -> dict[str, Any]:
    names = ("title", "owner", "due", "cause", "category", "place", "only_owners")
    return {name: getattr(issue, name) for name in names} | changed


class TestWhoMayWhat:
    @pytest.mark.parametrize(
        ("who", "steps"),
        [
            ("overseer", OVERSEERS),
            ("desk", {"link", "unlink"}),
            ("auditor", set()),
            ("focal", OWNERS),
            ("head", OWNERS),
            ("ministry_focal", OWNERS),
            ("ministry_head", OWNERS),
            ("case_officer", set()),
            ("district_focal", set()),
            ("rival_focal", set()),
            ("registrar", set()),
            ("operator", set()),
            ("charlie", set()),
        ],
    )
    def test_of_an_issue_under_way(self, house: House, who: str, steps: set[str]) -> None:
        issue = begin(house)
        actor = house.scene.actor(getattr(house.cast, who))
        assert set(steps_for(actor, issue)) == steps

    @pytest.mark.parametrize(
        ("state", "steps"),
        [
            ("open", OVERSEERS),
            ("back", OVERSEERS),
            ("fixed", OVERSEERS - {"fix", "drop"} | {"reopen"}),
            ("dropped", {"note", "reopen"}),
        ],
    )
    def test_an_overseer_in_each_state(self, house: House, state: str, steps: set[str]) -> None:
        issue = begin(house)
        issue.state = state
        overseer = house.scene.actor(house.cast.overseer)
        assert set(steps_for(overseer, issue)) == steps
        issue.published_at = issue.created_at
        public = {"unpublish"} if state != "dropped" else set()
        assert set(steps_for(overseer, issue)) == steps | public

    @pytest.mark.parametrize(
        ("who", "reads"),
        [
            ("overseer", True),
            ("auditor", True),
            ("desk", True),
            ("focal", True),
            ("ministry_head", True),
            ("case_officer", False),
            ("district_focal", False),
            ("rival_focal", False),
            ("registrar", False),
            ("alice", False),
        ],
    )
    def test_who_reads_it(self, house: House, who: str, reads: bool) -> None:
        issue = begin(house)
        actor = house.scene.actor(getattr(house.cast, who))
        assert issues_for(actor).filter(pk=issue.pk).exists() is reads

    @pytest.mark.parametrize("step", sorted(OVERSEERS - {"link", "unlink", "edit", "fix"}))
    def test_a_service_refuses_whoever_may_not(self, house: House, step: str) -> None:
        issue = begin(house)
        parts: dict[str, Any] = {
            "note": {"text": "Some words"},
            "publish": {"title": "Bills", "language": "en", "you_said": "Bills are too high."},
            "drop": {"reason": "It is none"},
        }[step]
        for who in ("desk", "auditor", "focal"):
            with refused("not_yours"):
                getattr(services, step)(**as_(house, who, issue), **parts)
        with refused("no_such_issue"):
            getattr(services, step)(**as_(house, "rival_focal", issue), **parts)
        getattr(services, step)(**as_overseer(house, issue), **parts)

    def test_only_an_overseer_makes_one(self, house: House) -> None:
        for who in ("desk", "auditor", "focal", "alice"):
            with refused("not_yours"):
                services.begin(
                    actor=house.scene.actor(getattr(house.cast, who)),
                    title="Bills",
                    language="en",
                    owner=house.cast.department,
                    due=day(3),
                )
        assert not Issue.objects.exists()

    def test_what_is_over_cannot_be_fixed_again(self, house: House) -> None:
        issue = fix(house, begin(house))
        with refused("wrong_state"):
            services.fix(**as_overseer(house, issue), fixed_on=day(0), we_did="All was changed.")

    def test_the_owner_says_nothing_more_once_it_is_dropped(self, house: House) -> None:
        issue = begin(house)
        services.drop(**as_overseer(house, issue), reason="It is none")
        for step in OWNERS:
            assert step not in steps_for(house.scene.actor(house.cast.focal), issue_now(issue))


def issue_now(issue: Issue) -> Issue:
    return Issue.objects.select_related("owner", "category", "place").get(pk=issue.pk)


class TestMakingAndChanging:
    def test_it_begins_with_its_cases(self, house: House) -> None:
        receipts = file_many(house, 2)
        issue = begin(house, numbers=[receipt.number for receipt in receipts])
        assert issue.links.count() == 2
        assert list(issue.notes.values_list("step", flat=True)) == ["begin"]

    @pytest.mark.parametrize(
        ("moment", "taken"),
        [
            (datetime(2026, 11, 25, 17, 59, 59, tzinfo=UTC), True),
            (datetime(2026, 11, 25, 18, 0, tzinfo=UTC), False),
        ],
    )
    def test_a_day_can_be_set_until_midnight_in_dhaka(
        self, house: House, moment: datetime, taken: bool
    ) -> None:
        house.clock.move_to(moment)
        if taken:
            assert begin(house, due=day(3)).due == day(3)
        else:
            with pytest.raises(Invalid) as caught:
                begin(house, due=day(3))
            assert "due" in caught.value.fields

    def test_a_title_is_one_line(self, house: House) -> None:
        assert begin(house, title=" Bills\nthat  grow ").title == "Bills that grow"

    def test_another_office_is_told_that_it_is_theirs(self, house: House) -> None:
        issue = begin(house)
        changed = same(issue, owner=house.cast.rival_ministry)
        services.edit(**as_overseer(house, issue), **changed)
        told = Notice.objects.filter(template="issue_yours", office=house.cast.rival_ministry)
        assert told.count() == 1

    def test_what_is_public_keeps_its_title(self, house: House) -> None:
        issue = publish(house, begin(house))
        services.edit(**as_overseer(house, issue), **same(issue, title="Karim took money"))
        assert issue_now(issue).title == "Bills that nobody can check"

    def test_an_outdated_page_changes_nothing(self, house: House) -> None:
        issue = begin(house)
        seen = issue.changed_at
        house.clock.shift(timedelta(minutes=1))
        services.edit(**as_overseer(house, issue), **same(issue, cause="Another"), seen=seen)
        with pytest.raises(Stale):
            services.edit(**as_overseer(house, issue), **same(issue, cause="A third"), seen=seen)
        assert issue_now(issue).cause == "Another"


class TestCases:
    def test_twice_is_once(self, house: House) -> None:
        numbers = [receipt.number for receipt in file_many(house, 2)]
        issue = begin(house)
        assert services.link(**as_overseer(house, issue), numbers=numbers).new == 2
        assert services.link(**as_overseer(house, issue), numbers=numbers).new == 0
        assert issue.links.count() == 2
        assert issue.notes.filter(step="link").count() == 1

    def test_the_desk_adds_cases_too(self, house: House) -> None:
        receipt = house.filed()
        issue = begin(house)
        assert services.link(**as_(house, "desk", issue), numbers=[receipt.number]).new == 1
        services.unlink(**as_(house, "desk", issue), number=receipt.number)
        services.unlink(**as_(house, "desk", issue), number=receipt.number)
        assert issue.links.count() == 0
        assert issue.notes.filter(step="unlink").count() == 1

    def test_a_case_may_be_part_of_several(self, house: House) -> None:
        receipt = house.filed()
        for _each in range(2):
            begin(house, numbers=[receipt.number])
        assert len(services.issues_linked_to(house.case(receipt))) == 2

    def test_what_somebody_is_barred_from_is_unknown_to_them(self, house: House) -> None:
        barred = house.about_the_overseer()
        issue = begin(house)
        linked = services.link(**as_overseer(house, issue), numbers=[barred.number])
        assert (linked.new, linked.unknown) == (0, [barred.number])
        with pytest.raises(NoSuchCase):
            services.unlink(**as_overseer(house, issue), number=barred.number)

    def test_with_a_case_come_those_joined_with_it(self, house: House) -> None:
        lead, joined = Play(house.scene), Play(house.scene)
        joined.merge(lead)
        issue = begin(house, numbers=[lead.number])
        assert set(issue.links.values_list("case__number", flat=True)) == {
            lead.number,
            joined.number,
        }

    def test_nothing_marked_and_too_much_is_said(self, house: House) -> None:
        issue = begin(house)
        for numbers in ([], [f"0000-0000-{n:04}-A" for n in range(201)]):
            with pytest.raises(Invalid) as caught:
                services.link(**as_overseer(house, issue), numbers=numbers)
            assert "numbers" in caught.value.fields

    def test_taking_one_out_names_no_case_to_the_office(self, house: House) -> None:
        receipt = house.filed()
        issue = begin(house, numbers=[receipt.number])
        services.unlink(**as_overseer(house, issue), number=receipt.number)
        assert not issue.notes.filter(text__contains=receipt.number).exists()


class TestWhatIsDone:
    def test_the_office_says_what_it_does(self, house: House) -> None:
        issue = begin(house)
        services.progress(**as_(house, "focal", issue), text="We read all meters anew.")
        assert issue.notes.get(step="progress").by == house.cast.focal

    def test_the_office_says_what_it_did_and_the_overseers_hear_of_it(self, house: House) -> None:
        issue = begin(house)
        services.did(**as_(house, "head", issue), we_did="All meters were changed.")
        assert issue_now(issue).we_did == "All meters were changed."
        assert Notice.objects.filter(template="issue_did", user=house.cast.overseer).count() == 1

    def test_what_is_public_the_office_does_not_change(self, house: House) -> None:
        issue = publish(house, begin(house), we_did="Half of the meters were changed.")
        services.did(**as_(house, "focal", issue), we_did="Karim Mia was dismissed.")
        assert issue_now(issue).we_did == "Half of the meters were changed."
        assert issue.notes.filter(step="did").count() == 1

    def test_fixed_needs_words_and_a_day(self, house: House) -> None:
        issue = begin(house)
        tried: list[tuple[dict[str, Any], str]] = [
            ({"fixed_on": day(0), "we_did": ""}, "we_did"),
            ({"fixed_on": day(1), "we_did": "All meters were changed."}, "fixed_on"),
            ({"fixed_on": day(-800), "we_did": "All meters were changed."}, "fixed_on"),
        ]
        for parts, field in tried:
            with pytest.raises(Invalid) as caught:
                services.fix(**as_overseer(house, issue), **parts)
            assert field in caught.value.fields
        assert issue_now(issue).state == "open"

    def test_the_day_of_the_fix_is_one_of_the_capital(self, house: House) -> None:
        issue = begin(house)
        house.clock.move_to(datetime(2026, 11, 22, 18, 0, tzinfo=UTC))
        fix(house, issue, day(1))
        assert issue.fixed_on == day(1)

    def test_publishing_needs_what_people_said(self, house: House) -> None:
        with pytest.raises(Invalid) as caught:
            publish(house, begin(house), you_said="")
        assert "you_said" in caught.value.fields
        with pytest.raises(Invalid) as caught:
            publish(house, fix(house, begin(house)), we_did="")
        assert "we_did" in caught.value.fields

    def test_published_again_it_stays_public_since_the_first_time(self, house: House) -> None:
        issue = publish(house, begin(house))
        first = issue.published_at
        house.clock.shift(timedelta(hours=1))
        assert publish(house, issue, title="Bills that grow").published_at == first
        assert issue.title == "Bills that grow"

    def test_dropping_and_taking_out_end_being_public(self, house: House) -> None:
        issue = publish(house, begin(house))
        services.unpublish(**as_overseer(house, issue), reason="A name was in it")
        assert issue_now(issue).published_at is None
        publish(house, issue)
        services.drop(**as_overseer(house, issue), reason="It is none")
        assert issue_now(issue).published_at is None

    @pytest.mark.parametrize(("before", "after"), [("fixed", "back"), ("dropped", "open")])
    def test_it_can_be_opened_again(self, house: House, before: str, after: str) -> None:
        issue = begin(house)
        if before == "fixed":
            fix(house, issue)
        else:
            services.drop(**as_overseer(house, issue), reason="It is none")
        services.reopen(**as_overseer(house, issue), due=day(9), reason="It goes on")
        assert (issue_now(issue).state, issue_now(issue).due) == (after, day(9))

    def test_notes_are_only_added(self, house: House) -> None:
        issue = begin(house)
        for words in ("The first one", "The second one"):
            services.note(**as_overseer(house, issue), text=words)
        texts = issue.notes.filter(step="note").order_by("id").values_list("text", flat=True)
        assert list(texts) == ["The first one", "The second one"]

    @pytest.mark.parametrize("step", ["note", "progress"])
    def test_no_words_are_no_step(self, house: House, step: str) -> None:
        issue = begin(house)
        who = "overseer" if step == "note" else "focal"
        with pytest.raises(Invalid):
            getattr(services, step)(**as_(house, who, issue), text=" ")
        assert issue.notes.count() == 1


class TestWordsForEverybody:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("Bills are much higher than what was used.", []),
            ("Call me at 01712345678 please.", ["01712345678"]),
            ("Mr. Karim Mia asked for money.", ["Karim Mia"]),
            ("Write to rahima@example.org now", ["rahima@example.org"]),
        ],
    )
    def test_what_may_point_at_a_person_is_found(self, text: str, found: list[str]) -> None:
        assert what_points_at_people(text, "en") == found


def test_each_step_is_a_service() -> None:
    assert all(callable(getattr(services, step)) for step in STEPS)


@pytest.mark.django_db(transaction=True)
def test_two_overseers_at_once_fix_it_once(clock: Any, db: None) -> None:

    scene = Scene(make_registry())
    issue = services.begin(
        actor=scene.actor(scene.cast.overseer),
        title="Bills",
        language="en",
        owner=scene.cast.department,
        due=day(20),
    )
    start, outcomes = Barrier(2), []

    def one() -> None:
        start.wait()
        try:
            services.fix(
                actor=scene.actor(scene.cast.overseer),
                key=issue.key,
                fixed_on=day(0),
                we_did="All meters were changed.",
            )
            outcomes.append("fixed")
        except Refused as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [Thread(target=one) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["fixed", "wrong_state"]
    assert issue.notes.filter(step="fix").count() == 1
