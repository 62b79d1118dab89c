"""Letters about an account: in whose name they come."""

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "name", "subject"),
    [
        ("en", "National Complaint Portal", "Password Reset Email"),
        ("id", "Portal Pengaduan Nasional", "Kata sandi baru"),
    ],
)
def test_a_letter_about_a_password_comes_in_the_portals_name_whatever_host_was_asked(
    language: str, name: str, subject: str
) -> None:
    user = User.objects.create_user("officer@example.org", password="correct horse battery")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    asked = f"/{language}/accounts/password/reset/"
    Client().post(asked, {"email": user.email}, headers={"host": "localhost"})
    (letter,) = mail.outbox
    assert letter.subject == f"[{name}] {subject}"
    greeting = letter.body.strip().splitlines()[0]
    assert name in greeting
    assert "localhost" not in greeting
    assert letter.body.strip().endswith(settings.PUBLIC_URL.split("//")[1])
