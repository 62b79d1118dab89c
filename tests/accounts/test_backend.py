"""Who is signed in: the user of a session, as long as the account is open."""

import pytest
from django.conf import settings
from django.contrib.auth import get_user
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.backend import PortalBackend
from accounts.models import User


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("rahima@example.org", "a long password", name="Rahima")


def test_the_user_of_a_session_is_read_by_one_statement(user: User) -> None:
    with CaptureQueriesContext(connection) as asked:
        found = PortalBackend().get_user(user.pk)
    assert (found, found and found.name, len(asked)) == (user, "Rahima", 1)


def test_each_is_told_who_they_are_and_nobody_else(user: User) -> None:
    other = User.objects.create_user("karim@example.org", name="Karim")
    found = [PortalBackend().get_user(one.pk) for one in (user, other, user)]
    assert found == [user, other, user]


def test_what_changed_is_read_anew(user: User) -> None:
    PortalBackend().get_user(user.pk)
    User.objects.filter(pk=user.pk).update(name="Rahima Begum")
    found = PortalBackend().get_user(user.pk)
    assert found is not None
    assert found.name == "Rahima Begum"


def test_an_account_that_is_closed_or_gone_is_nobody(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert PortalBackend().get_user(user.pk) is None
    assert PortalBackend().get_user(user.pk + 1) is None


def test_a_session_ends_with_its_account(client: Client, user: User) -> None:
    client.force_login(user)
    request = RequestFactory().get("/")
    request.session = client.session
    assert get_user(request) == user
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not get_user(request).is_authenticated


def test_it_is_the_only_way_to_sign_in() -> None:
    assert settings.AUTHENTICATION_BACKENDS == ["accounts.backend.PortalBackend"]
