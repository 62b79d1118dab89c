"""The second step of signing in: set up, used, lost; nothing of it lies readable in the database."""

import html
import json
import re
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from cryptography.fernet import Fernet
from django.conf import settings as live
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from structlog.testing import capture_logs

from accounts.models import User
from complaints.services import rotation, sealing

#: A code is that of half a minute: the clock stands, so that none ends between making and giving it.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ADDRESS, PASSWORD = "officer@example.org", "correct horse battery"


@pytest.fixture
def officer() -> User:
    user = User.objects.create_user(ADDRESS, name="Officer", password=PASSWORD)
    EmailAddress.objects.create(user=user, email=ADDRESS, primary=True, verified=True)
    return user


def signed_in() -> Client:
    """Somebody who gave the password; with a second factor, on the page that asks for it."""
    browser = Client()
    browser.post(reverse("account_login"), {"login": ADDRESS, "password": PASSWORD})
    return browser


def trusted() -> Client:
    """Somebody signed in who gave the password once more, as settings of the account want it."""
    browser = signed_in()
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return browser


def code_of(secret: str) -> str:
    """What the app shows now."""
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def offered(browser: Client) -> tuple[str, str]:
    """The page on which the app is set up, and the key in it."""
    page = html.unescape(browser.get(reverse("mfa_activate_totp")).content.decode())
    found = re.search(r'id="authenticator-secret">([A-Z2-7]+)<', page)
    assert found
    return page, found[1]


def set_up() -> str:
    """The key of an officer who has just set up the app."""
    browser = trusted()
    _page, secret = offered(browser)
    browser.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
    return secret


def opens(code: str) -> bool:
    """Whether password and code together sign in."""
    browser = signed_in()
    browser.post(reverse("mfa_authenticate"), {"code": code})
    return browser.get(reverse("mfa_index")).status_code == 200


def recovery_codes(user: User) -> list[str]:
    found = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
    return RecoveryCodes(found).get_unused_codes()


# --- Setting it up and using it -----------------------------------------------------------------


def test_on_the_telephone_itself_the_app_opens_by_a_link_and_the_key_stands_in_full(
    officer: User,
) -> None:
    page, secret = offered(trusted())
    link = re.search(r'href="(otpauth://[^"]+)"', page)
    assert link
    assert parse_qs(urlsplit(link[1]).query) == {
        "secret": [secret],
        "issuer": [live.MFA_TOTP_ISSUER],
    }
    assert 'data-copy="authenticator-secret"' in page
    assert len(secret) >= 32


def test_password_and_code_open_the_account_and_a_wrong_code_does_not(officer: User) -> None:
    secret = set_up()
    assert signed_in().get(reverse("mfa_index")).status_code == 302
    assert not opens("000000" if code_of(secret) != "000000" else "000001")
    assert opens(code_of(secret))


def test_who_asks_for_the_code_says_what_to_do_without_the_app(officer: User) -> None:
    set_up()
    page = signed_in().get("/en/accounts/2fa/authenticate/").content.decode()
    assert "recovery codes" in page
    assert "those who run the portal" in page


def test_a_recovery_code_opens_once(officer: User) -> None:
    set_up()
    first = recovery_codes(officer)[0]
    assert opens(first)
    assert not opens(first)


# --- How it is kept -----------------------------------------------------------------------------


def test_nothing_from_which_a_code_follows_lies_readable_in_the_database(officer: User) -> None:
    secret = set_up()
    kept = {found.type: found.data for found in Authenticator.objects.all()}
    assert set(kept) == {"totp", "recovery_codes"}
    for data in kept.values():
        assert secret not in json.dumps(data)
    assert kept["totp"]["secret"].startswith(sealing.BEGINS)
    assert kept["recovery_codes"]["seed"].startswith(sealing.BEGINS)


def test_it_is_sealed_anew_with_the_other_secrets_when_keys_are_changed(
    officer: User, settings: Any
) -> None:
    secret, codes = set_up(), recovery_codes(officer)
    new = Fernet.generate_key().decode()
    settings.CONTACT_KEYS = [new, *settings.CONTACT_KEYS]
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "mfa.authenticator.data.secret: 1 rows, 1 sealed anew" in out.getvalue()
    assert "mfa.authenticator.data.seed: 1 rows, 1 sealed anew" in out.getvalue()
    settings.CONTACT_KEYS = [new]
    assert recovery_codes(officer) == codes
    assert opens(code_of(secret))


def test_a_key_from_before_they_were_sealed_still_opens_and_is_no_lost_value(officer: User) -> None:
    secret = totp.generate_totp_secret()
    Authenticator.objects.create(user=officer, type="totp", data={"secret": secret})
    assert opens(code_of(secret))
    for column in rotation.SECOND_FACTORS:
        assert rotation.check(column, lambda _tally: None).lost == 0


def test_a_key_from_before_they_were_sealed_is_sealed_with_the_others(officer: User) -> None:
    secret = totp.generate_totp_secret()
    Authenticator.objects.create(user=officer, type="totp", data={"secret": secret})
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "mfa.authenticator.data.secret: 1 rows, 1 sealed anew" in out.getvalue()
    assert Authenticator.objects.get().data["secret"].startswith(sealing.BEGINS)
    assert opens(code_of(secret))
    call_command("rotate_keys", "--check", stdout=out)


def test_where_a_key_is_missing_whoever_signs_in_reads_that_it_is_not_their_mistake(
    officer: User, settings: Any
) -> None:
    secret = set_up()
    settings.CONTACT_KEYS = [Fernet.generate_key().decode()]
    browser = signed_in()
    answer = browser.post("/en/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert answer.status_code == 200
    assert "Something went wrong on our side." in answer.content.decode()
    assert browser.get(reverse("mfa_index")).status_code == 302


# --- Lost ---------------------------------------------------------------------------------------


def test_who_lost_app_and_codes_is_let_in_by_the_e_mail_of_the_account_alone(officer: User) -> None:
    secret = set_up()
    inside = signed_in()
    inside.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    out = StringIO()
    with capture_logs() as logs:
        call_command("lost_second_factor", ADDRESS.upper(), stdout=out)
    assert [line["user"] for line in logs if "second factor" in line["event"]] == [officer.pk]
    assert "chooses a password by e-mail" in out.getvalue()
    assert not Authenticator.objects.exists()
    # Neither a session that somebody left open nor the password that a stranger may know.
    assert inside.get(reverse("mfa_index")).status_code == 302
    assert signed_in().get(reverse("mfa_index")).status_code == 302


def test_no_second_address_of_the_account_opens_it_then(officer: User) -> None:
    """Whoever knew the password before the second step was set up may have added one."""
    other = EmailAddress.objects.create(user=officer, email="x@example.net", verified=True)
    set_up()
    call_command("lost_second_factor", ADDRESS, stdout=StringIO())
    for address in (other.email, ADDRESS):
        Client().post(reverse("account_reset_password"), {"email": address})
    assert [letter.to for letter in mail.outbox if "password/reset/key" in letter.body] == [
        [ADDRESS]
    ]


def test_an_account_without_a_second_step_keeps_its_password(officer: User) -> None:
    with pytest.raises(CommandError, match="not protected"):
        call_command("lost_second_factor", ADDRESS)
    with pytest.raises(CommandError, match="no account"):
        call_command("lost_second_factor", "nobody@example.org")
    assert signed_in().get(reverse("mfa_index")).status_code == 200
