"""The tiny country of the tests: made once in a process, and the same for each test after that."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import transaction

from agencies.models import OfficeArea, Place, Post
from tests.factories import agencies
from tests.factories.agencies import RegistryCast, make_office, make_place, make_registry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _made_by_nobody_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agencies, "_MADE", {})


def rows() -> dict[str, list[dict[str, Any]]]:
    """All that is written of a country; moments and random stamps left out."""
    passing = {"date_joined", "stamp", "changed_at", "version"}
    models = [
        *apps.get_app_config("agencies").get_models(),
        *apps.get_app_config("accounts").get_models(),
    ]
    return {
        model.__name__: [
            {key: value for key, value in row.items() if key not in passing}
            for row in model._base_manager.order_by("pk").values()
        ]
        for model in models
    }


def made_and_taken_back(country: str = "bd") -> tuple[RegistryCast, dict[str, Any]]:
    with transaction.atomic():
        cast = make_registry(country)
        written = rows()
        transaction.set_rollback(True)
    return cast, written


def test_it_is_written_again_as_it_was_first() -> None:
    first, written = made_and_taken_back()
    again = make_registry()
    assert again == first
    assert rows() == written
    assert {name for name, found in written.items() if found} >= {"Place", "Office", "Post", "User"}
    assert vars(again).keys() == vars(first).keys()


def test_what_one_test_does_to_it_the_next_one_does_not_see() -> None:
    first, _written = made_and_taken_back()
    first.desk.name = "Renamed"
    second, _written = made_and_taken_back()
    second.desk.name = "Renamed again"
    assert make_registry().desk.name == "Desk"


def test_its_objects_know_each_other_and_its_people_hold_their_posts() -> None:
    made_and_taken_back()
    cast = make_registry()
    assert cast.department.parent == cast.ministry
    assert list(cast.department.children.all()) == [cast.district_office]
    assert OfficeArea.objects.get(office=cast.upazila_office).place == cast.upazila
    [post] = cast.focal.posts.all()
    assert (post.role, post.office) == ("focal", cast.department)
    assert not Post.objects.filter(user__in=[cast.alice, cast.charlie]).exists()
    assert not cast.alice.has_usable_password()


def test_whoever_comes_after_it_gets_other_keys() -> None:
    made_and_taken_back()
    cast = make_registry()
    place = make_place("4", "division", "Khulna")
    office = make_office("khulna", "Khulna Office", parent=cast.ministry, places=(place,))
    assert Place.objects.filter(pk=place.pk).get().code == "4"
    assert office.pk not in {cast.ministry.pk, cast.department.pk, cast.cabinet.pk}


@time_machine.travel(datetime(2031, 5, 1, tzinfo=UTC), tick=False)
def test_its_people_join_when_it_is_made() -> None:
    with time_machine.travel(datetime(2021, 1, 1, tzinfo=UTC)):
        made_and_taken_back()
    cast = make_registry()
    cast.alice.refresh_from_db()
    assert cast.alice.date_joined == datetime(2031, 5, 1, tzinfo=UTC)
