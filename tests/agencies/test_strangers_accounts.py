"""A stranger may make an account with an officer's address; a post must not fall to them."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from agencies import services
from agencies.selectors import actor_for
from tests.factories.agencies import RegistryCast, make_registry

ADDRESS, PASSWORD = "new.officer@example.org", "correct horse battery"

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> RegistryCast:
    return make_registry()


@pytest.fixture
def stranger() -> Client:
    """Somebody who signed up with the officer's address, and is signed in."""
    browser = Client()
    given = {"email": ADDRESS, "password1": PASSWORD, "password2": PASSWORD}
    browser.post(reverse("account_signup"), given)
    assert browser.get(reverse("account_change_password")).status_code == 200
    return browser


def appoint(cast: RegistryCast, role: Role = Role.DESK) -> User:
    user = User.objects.get(email=ADDRESS)
    services.hold_post(actor_for(cast.registrar), user=user, role=role, office=cast.cabinet)
    return user


def test_a_stranger_with_the_officers_address_gets_nowhere(
    cast: RegistryCast, stranger: Client
) -> None:
    appoint(cast)
    assert stranger.get("/desk/").status_code == 302
    again = Client().post(reverse("account_login"), {"login": ADDRESS, "password": PASSWORD})
    assert again.status_code == 200  # the form once more


def test_who_proved_the_address_keeps_the_password(cast: RegistryCast, stranger: Client) -> None:
    EmailAddress.objects.filter(email=ADDRESS).update(verified=True)
    appoint(cast)
    assert stranger.get("/desk/").status_code == 200


def test_a_second_post_changes_nothing(cast: RegistryCast, stranger: Client) -> None:
    user = appoint(cast)
    user.set_password("chosen by e-mail, then")
    user.save()
    appoint(cast, Role.OVERSEER)
    user.refresh_from_db()
    assert user.has_usable_password()
