"""Who may let a system join; what its account is, and where it never appears."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.models import User
from accounts.roles import Role
from agencies import services as registry
from agencies.health import health
from agencies.models import Post, RegistryChange
from agencies.selectors import actor_for, answering_among, answering_post, holders, posts_up
from complaints.forms import MOVE_FORMS
from complaints.models import Notice
from complaints.parties import standing
from complaints.selectors import visible_to
from complaints.selectors.respondents import held_there
from complaints.services import casework, escalation
from complaints.workflow import Party
from routing.selectors import official_names
from systems.models import System
from systems.models.system import Way
from systems.scopes import Scope
from systems.services import joining
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play
from tests.factories.agencies import RegistryCast, make_user
from tests.systems.conftest import Join, Joined

PEOPLE = ("operator", "desk", "focal", "head", "overseer", "auditor", "alice")


@pytest.mark.parametrize("who", PEOPLE)
def test_only_a_registrar_lets_systems_join_changes_and_ends_them(
    scene: Scene, joined: Joined, who: str
) -> None:
    actor, system = scene.actor(getattr(scene.cast, who)), joined.system
    given: dict[str, Any] = {"name": "Eve", "scopes": Scope.values}
    for write in (
        lambda: joining.join(actor, office=scene.cast.department, **given),
        lambda: joining.change(actor, system, **given),
        lambda: joining.rotate_secret(actor, system),
        lambda: joining.end_old_secret(actor, system),
        lambda: joining.end(actor, system),
    ):
        with pytest.raises(PermissionDenied):
            write()
    assert joined.ask_token().status_code == 200
    assert System.objects.count() == 1


def test_a_system_lets_no_other_join(scene: Scene, joined: Joined) -> None:
    with pytest.raises(PermissionDenied):
        joining.join(joined.actor, name="Mole", office=scene.cast.department, scopes=Scope.values)


def test_the_set_up_may(scene: Scene) -> None:
    made = joining.join(SYSTEM, name="Demo", office=scene.cast.department, scopes=["cases:read"])
    assert made.system.made_by is None


def test_to_a_closed_office_nothing_joins(scene: Scene) -> None:
    registrar = scene.actor(scene.cast.registrar)
    registry.close_office(registrar, scene.cast.upazila_office)
    with pytest.raises(ValidationError) as refused:
        joining.join(
            registrar, name="Late", office=scene.cast.upazila_office, scopes=["cases:read"]
        )
    assert list(refused.value.error_dict) == ["office"]


def test_a_name_is_free_again_once_its_system_has_ended(scene: Scene, join: Join) -> None:
    first = join()
    with pytest.raises(ValidationError, match="name"):
        join(name="  grid   works ")
    join(scene.cast.rival_ministry)
    joining.end(scene.actor(scene.cast.registrar), first.system)
    join()


def test_every_write_is_kept_without_a_secret(scene: Scene, joined: Joined) -> None:
    registrar = scene.actor(scene.cast.registrar)
    new = joining.rotate_secret(registrar, joined.system, days=3)
    joining.end_old_secret(registrar, joined.system)
    joining.end(registrar, joined.system)
    rows = list(RegistryChange.objects.filter(table="system").order_by("id"))
    assert [row.user_id for row in rows] == [scene.cast.registrar.pk] * 4
    assert [row.before is None for row in rows] == [True, False, False, False]
    kept = "".join(f"{row.before}{row.after}" for row in rows)
    system = System.objects.get()
    for secret in (joined.secret, new.secret, system.client_secret, joined.system.client_secret):
        assert secret not in kept


def test_what_changes_nothing_is_not_kept(scene: Scene, joined: Joined) -> None:
    joining.change(
        scene.actor(scene.cast.registrar),
        joined.system,
        name="Grid Works",
        scopes=Scope.values,
    )
    assert RegistryChange.objects.filter(table="system").count() == 1


def test_an_ended_system_is_changed_no_more(scene: Scene, joined: Joined) -> None:
    registrar = scene.actor(scene.cast.registrar)
    joining.end(registrar, joined.system)
    for write in (
        lambda: joining.change(registrar, joined.system, name="Back", scopes=["cases:read"]),
        lambda: joining.rotate_secret(registrar, joined.system),
        lambda: joining.end_old_secret(registrar, joined.system),
    ):
        with pytest.raises(ValidationError, match="ended"):
            write()


def test_of_two_registrars_at_once_one_makes_the_system(
    transactional_db: None, cast: RegistryCast
) -> None:
    start, outcomes = Barrier(2), list[str]()
    actor = actor_for(cast.registrar)

    def try_it() -> None:
        start.wait()
        try:
            joining.join(actor, name="Grid", office=cast.department, scopes=["cases:read"])
            outcomes.append("made")
        except ValidationError:
            outcomes.append("taken")
        finally:
            connection.close()

    threads = [Thread(target=try_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "taken"]
    assert System.objects.count() == 1


# --- Its account ---------------------------------------------------------------------------------


def account(joined: Joined) -> User:
    user: User = System.objects.select_related("user").get(pk=joined.system.pk).user
    return user


def test_nobody_signs_in_with_its_account(joined: Joined) -> None:
    user = account(joined)
    assert (user.is_active, user.has_usable_password()) == (False, False)
    assert user.email.endswith("@systems.invalid")
    client = Client()
    for password in ("", joined.secret, joined.system.client_secret, user.password):
        given = {"login": user.email, "password": password}
        client.post("/en/accounts/login/", given)
        assert "_auth_user_id" not in client.session
    # A session of it, however it came about, is nobody's.
    client.force_login(user)
    assert client.get("/en/office/").status_code == 302
    assert client.get("/api/v1/cases/").status_code == 403


def test_no_new_password_is_sent_to_it(
    joined: Joined, django_capture_on_commit_callbacks: Any, mailoutbox: list[Any]
) -> None:
    user = account(joined)
    with django_capture_on_commit_callbacks(execute=True):
        Client().post("/en/accounts/password/reset/", {"email": user.email})
    assert not [mail for mail in mailoutbox if "reset" in mail.body and "key" in mail.body]
    assert not EmailAddress.objects.filter(user=user).exists()


def test_whoever_took_its_address_first_gains_nothing_and_stops_nothing(join: Join) -> None:
    first = join()
    taken = [f"system-{first.system.pk + n}@systems.invalid" for n in range(1, 4)]
    thieves = [make_user("Eve", email=email) for email in taken]
    second = join(name="Meters")
    assert account(second) not in thieves
    assert not Post.objects.filter(user__in=thieves).exists()


def test_it_holds_one_post_until_it_ends(scene: Scene, joined: Joined) -> None:
    actor = joined.actor
    assert [(post.role, post.office_id) for post in actor.posts] == [
        (Role.SYSTEM, scene.cast.department.pk)
    ]
    joining.end(scene.actor(scene.cast.registrar), joined.system)
    ended = account(joined).posts.get()
    assert ended.held_to is not None


def test_it_is_never_among_those_who_answer(scene: Scene, joined: Joined) -> None:
    """Its office has no focal officer here, only the system: the next one up answers."""
    office, user = scene.cast.department, account(joined)
    everybody_in = office.posts.exclude(user=user)
    everybody_in.update(held_to=timezone.now())
    assert user not in [post.user for post in posts_up([office])]
    above = answering_post(office)
    assert above is not None
    assert above.user == scene.cast.ministry_focal
    assert answering_among(posts_up([office]), office) == above
    for role in Role:
        assert user not in [post.user for post in holders(office.pk, role)]
    assert office in health("bd").without_focal


def test_its_name_is_no_officials_and_nobody_complains_of_it_as_of_a_person(
    scene: Scene, joined: Joined
) -> None:
    assert "Grid Works" not in official_names("bd")
    assert scene.cast.focal.name in official_names("bd")
    told = [one.user for one in held_there(scene.cast.department)]
    assert scene.cast.focal in told
    assert account(joined) not in told


def test_no_empty_post_is_mourned_when_it_ends(scene: Scene, joined: Joined) -> None:
    joining.end(scene.actor(scene.cast.registrar), joined.system)
    assert "system" not in [row["role"] for row in health("bd").empty_posts]


def test_no_officer_is_offered_it_for_a_case(scene: Scene, joined: Joined) -> None:
    play = Play(scene).forward()
    form = MOVE_FORMS["accept"](case=play.case, actor=play.actor("focal"))
    offered = form.fields["case_officer"].queryset  # type: ignore[attr-defined]
    assert scene.cast.case_officer in offered
    assert account(joined) not in offered


@pytest.mark.parametrize("works", ["case_officer", "itself"])
def test_what_it_let_lie_moves_up_and_no_notice_is_written_to_it(
    scene: Scene, joined: Joined, clock: time_machine.Traveller, works: str
) -> None:
    play, user = Play(scene).forward(), account(joined)
    officer = user if works == "itself" else scene.cast.case_officer
    casework.accept(actor=joined.actor, number=play.number, case_officer=officer)
    play.message()
    for days in (20, 60, 120):
        clock.move_to(SUNDAY + timedelta(days=days))
        escalation.sweep()
    assert play.levels("resolve") == [1, 2, 3]
    assert Notice.objects.filter(user=scene.cast.ministry_head).exists()
    assert not Notice.objects.filter(user=user).exists()


# --- What it sees --------------------------------------------------------------------------------


def test_it_sees_what_is_with_its_office_and_below_and_nothing_of_others(
    scene: Scene, join: Join
) -> None:
    grid, roads = join(), join(scene.cast.rival_ministry, name="Road Desk")
    district = join(scene.cast.district_office, name="District")
    ours = Play(scene).forward()
    below = Play(scene).forward(to=scene.cast.district_office)
    theirs = Play(scene).forward(to=scene.cast.rival_ministry)
    waiting = Play(scene)
    seen = {
        name: {case.number for case in visible_to(joined.actor)}
        for name, joined in (("grid", grid), ("roads", roads), ("district", district))
    }
    assert seen == {
        "grid": {ours.number, below.number},
        "roads": {theirs.number},
        "district": {below.number},
    }
    assert waiting.number not in set().union(*seen.values())


def test_to_a_case_in_its_tree_it_is_as_a_focal_officer_and_to_others_nobody(
    scene: Scene, joined: Joined
) -> None:
    below = Play(scene).forward(to=scene.cast.district_office)
    theirs = Play(scene).forward(to=scene.cast.rival_ministry)
    assert Party.FOCAL in standing(below.case, joined.actor).parties
    assert standing(theirs.case, joined.actor).parties == frozenset()


def test_a_system_that_we_call_gets_no_token(scene: Scene) -> None:
    made = joining.join(
        scene.actor(scene.cast.registrar),
        name="City",
        office=scene.cast.department,
        scopes=Scope.values,
        way=Way.OPEN311,
    )
    assert Joined(made.system, made.secret).ask_token().status_code == 401
