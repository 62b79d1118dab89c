"""A new portal gets its first registrar from the command line."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.roles import Role
from agencies.models import Post, RegistryChange
from agencies.selectors import actor_for

EMAIL = "first@registry.example"


@pytest.fixture
def code(cast):
    """An office of the tiny country."""
    return Post.objects.filter(user=cast.registrar).first().office.code


def test_the_first_registrar_gets_an_account_and_the_post(code):
    call_command("appoint", EMAIL, "registrar", code, name="Tania Akter")
    user = User.objects.get(email=EMAIL)
    assert user.name == "Tania Akter"
    assert not user.has_usable_password()
    assert actor_for(user).has(Role.REGISTRAR)


def test_it_is_in_the_registrys_log(code):
    call_command("appoint", EMAIL, "registrar", code)
    change = RegistryChange.objects.filter(table="post").latest("id")
    assert change.after["user"] == User.objects.get(email=EMAIL).pk


def test_who_has_an_account_keeps_it(cast, code):
    before = User.objects.count()
    call_command("appoint", cast.registrar.email.upper(), "overseer", code)
    assert User.objects.count() == before
    assert actor_for(cast.registrar).has(Role.OVERSEER)


def test_the_same_post_is_not_given_twice(code):
    call_command("appoint", EMAIL, "registrar", code)
    with pytest.raises(CommandError, match="already"):
        call_command("appoint", EMAIL, "registrar", code)


def test_an_office_that_is_not_there_is_named(db):
    with pytest.raises(CommandError, match="there is no office bd-nowhere"):
        call_command("appoint", EMAIL, "registrar", "bd-nowhere")
    assert not User.objects.filter(email=EMAIL).exists()
