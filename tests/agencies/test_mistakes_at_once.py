"""A registry form tells in one go what is wrong: with its fields, and what its service would refuse."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.roles import Role
from agencies import services
from agencies.models import Calendar, Category, Office, Post, Service
from agencies.selectors import actor_for
from tests.factories.agencies import make_user


def mistakes(pages, url, form):
    """The fields at which a refused form says what is wrong, each with its sentences."""
    response = pages.post(f"/en/registry/{url}", form)
    return response.context["form"].errors


def test_of_an_office(cast, pages):
    services.close_office(actor_for(cast.registrar), cast.rival_ministry)
    found = mistakes(
        pages,
        "offices/new/",
        {
            "code": "grid",
            "name_bn": "x",
            "type": "",
            "parent": "roads",
            "aliases": "y" * 121,
            "email": "not an address",
        },
    )
    assert set(found) == {"code", "type", "parent", "aliases", "email"}
    assert "Another office has this code." in found["code"]
    assert "This office is closed." in found["parent"]
    assert not Office.objects.filter(aliases__contains=["y" * 121]).exists()


def test_of_an_office_that_is_changed(cast, pages):
    form = {"name_bn": "", "type": "", "parent": "grid-district-3.47", "aliases": "y" * 121}
    found = mistakes(pages, "offices/grid/edit/", form)
    assert set(found) == {"name_bn", "type", "parent", "aliases"}
    assert "An office can’t lie below itself." in found["parent"]


def test_of_a_category(cast, pages):
    form = {"code": cast.billing.code, "name_bn": "", "order": "-1"}
    found = mistakes(pages, "categories/new/", form)
    assert set(found) == {"code", "name_bn", "order"}
    assert "Another category has this code." in found["code"]


def test_of_a_service(cast, pages):
    form = {"code": "Bad Code!", "name_bn": "x", "category": "", "days": "-1", "fee": "-1"}
    found = mistakes(pages, "services/new/", form)
    assert set(found) == {"code", "category", "days", "fee", "office", "officer_role"}
    assert "Choose an office or an office type, one of them." in found["office"]


def test_of_a_calendar(cast, pages):
    form = {"code": cast.calendar.code, "name_bn": "", "time_zone": "Asia/Nowhere"}
    form["weekend"] = [str(day) for day in range(1, 8)]
    found = mistakes(pages, "calendars/new/", form)
    assert set(found) == {"code", "name_bn", "time_zone", "weekend"}
    assert "Another calendar has this code." in found["code"]


def test_of_a_day_off(cast, pages):
    day = cast.calendar.holidays.first()
    if day is None:
        day = services.add_holiday(
            actor_for(cast.registrar),
            calendar=cast.calendar,
            day=timezone.localdate(),
            names={"en": "A day"},
        )
    form = {"day": day.date.isoformat(), "name_bn": ""}
    found = mistakes(pages, f"calendars/{cast.calendar.code}/", form)
    assert set(found) == {"day", "name_bn"}


def test_of_a_number(cast, pages):
    form = {"amount": "0", "unit": "x", "agency": "grid-district-3.47", "begins": "2020-01-01"}
    found = mistakes(pages, "deadlines/forward/", form)
    assert set(found) == {"amount", "unit", "agency", "begins"}
    assert "A new version can’t begin in the past." in found["begins"]


def test_of_a_post(cast, pages):
    cast.focal.is_active = False
    cast.focal.save()
    form = {"email": cast.focal.email, "role": "nonsense", "begins": "soon"}
    found = mistakes(pages, "offices/grid/posts/new/", form)
    assert set(found) == {"email", "role", "begins"}
    assert "This account is switched off." in found["email"]


@pytest.mark.parametrize("who", ["registrar", "focal"])
def test_of_a_post_that_changes_hands(cast, pages, who):
    post = Post.objects.get(user=cast.focal, role=Role.FOCAL)
    found = mistakes(
        pages,
        f"posts/{post.pk}/hand-over/",
        {"email": getattr(cast, who).email, "title": "x" * 121},
    )
    assert set(found) == {"email", "title"}


def test_each_mistake_is_told_once(cast, pages):
    form = {"code": "Bad Code!", "name_bn": "", "name_en": "", "type": cast.department.type_id}
    found = mistakes(pages, "offices/new/", form)
    assert {name: len(sentences) for name, sentences in found.items()} == {"code": 1, "name_bn": 1}


@pytest.mark.parametrize(
    ("write", "wrong"),
    [
        (
            lambda actor, cast: services.save_office(
                actor, country="bd", code="grid", names={}, type=cast.department.type
            ),
            {"code", "names"},
        ),
        (
            lambda actor, cast: services.save_category(actor, country="bd", code="!", names={}),
            {"code", "names"},
        ),
        (
            lambda actor, cast: services.hold_post(
                actor, user=make_user("Off", is_active=False), role=Role.FOCAL, office=cast.cabinet
            ),
            {"user"},
        ),
    ],
)
def test_the_service_itself_tells_all_and_writes_nothing(cast, write, wrong):
    counts = [rows.objects.count() for rows in (Office, Category, Service, Calendar, Post)]
    with pytest.raises(ValidationError) as refused:
        write(actor_for(cast.registrar), cast)
    assert set(refused.value.error_dict) == wrong
    assert counts == [rows.objects.count() for rows in (Office, Category, Service, Calendar, Post)]
