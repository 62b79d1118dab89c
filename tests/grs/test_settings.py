"""The settings refuse to start without what has no default, in words that say what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from grs import env
from tests.check import PRODUCTION

ROOT = Path(__file__).resolve().parent.parent.parent
REQUIRED = [
    "GRS_SECRET_KEY",
    "GRS_TRACKING_KEY",
    "GRS_CONTACT_KEYS",
    "GRS_INDEX_KEY",
    "GRS_RECORD_KEY",
    "DATABASE_URL",
    "REDIS_URL",
]


def read_settings(code="", **environment):
    """Import the settings in a process of their own, as production would."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GRS_", "DATABASE_", "REDIS"))}
    return subprocess.run(
        [sys.executable, "-c", f"import grs.settings as s; {code}"],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", REQUIRED)
def test_nothing_secret_has_a_default(name):
    done = read_settings(**{k: v for k, v in PRODUCTION.items() if k != name})
    assert done.returncode != 0
    assert f"{name} is not set" in done.stderr


def test_production_is_strict_without_being_told():
    code = (
        "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, "
        "s.SECURE_SSL_REDIRECT, s.DEBUG, s.DEMO)"
    )
    done = read_settings(code, **PRODUCTION)
    assert done.stdout.split() == ["True", "True", "True", "True", "False", "False"], done.stderr


def test_each_country_has_its_time_and_its_languages():
    code = "print(s.TIME_ZONE, s.LANGUAGE_CODE, *s.COUNTRY_LANGUAGES)"
    done = read_settings(code, **PRODUCTION | {"GRS_COUNTRY": "id"})
    assert done.stdout.split() == ["Asia/Jakarta", "id", "id", "en"]
    assert (settings.TIME_ZONE, settings.LANGUAGE_CODE) == ("Asia/Dhaka", "bn")


def test_in_another_country_nothing_is_called_as_in_the_first():
    code = (
        "print(s.MFA_TOTP_ISSUER); from grs.providers import NUMBER; print(NUMBER);"
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'grs.settings'; django.setup();"
        "from channels.simulator.providers.whatsapp import DISPLAY_NUMBER; print(DISPLAY_NUMBER)"
    )
    done = read_settings(code, **PRODUCTION | {"GRS_COUNTRY": "id"})
    issuer, number, whatsapp = done.stdout.splitlines()
    assert issuer == "Portal Pengaduan Nasional"
    assert number == f"+{whatsapp}"
    assert number.startswith("+62")


def test_all_three_languages_are_in_every_installation():
    assert [code for code, _name in settings.LANGUAGES] == ["en", "bn", "id"]


def test_only_schema_commands_use_the_owners_address():
    admin = {"DATABASE_ADMIN_URL": "postgresql://owner@server/portal"}
    code = "print(repr(s.DATABASES['default']['USER']))"
    assert read_settings(code, **PRODUCTION, **admin).stdout.strip() == "''"
    owner = read_settings(code, **PRODUCTION, **admin, GRS_AS_OWNER="1")
    assert owner.stdout.strip() == "'owner'"


def test_the_policy_for_scripts_has_no_loophole():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    # Where a quick exit leads, and nowhere else, a form of ours may end outside.
    assert directives["form-action"] == ["'self'", settings.EXIT_URL.rstrip("/")]
    others = [values for name, values in directives.items() if name != "form-action"]
    flat = [str(value) for values in others for value in values]
    assert not [v for v in flat if "unsafe" in v or v == "*" or v.startswith("http")]
    assert directives["default-src"] == ["'none'"]


@pytest.mark.parametrize(
    ("given", "cache", "broker"),
    [
        ("redis://host:6379/3", "redis://host:6379/4", "redis://host:6379/3"),
        ("rediss://u:p@host", "rediss://u:p@host/1", "rediss://u:p@host/0"),
        (
            "unix:///run/v.sock",
            "unix:///run/v.sock?db=1",
            "redis+socket:///run/v.sock?virtual_host=0",
        ),
        (
            "redis+socket:///run/v.sock?virtual_host=4",
            "unix:///run/v.sock?db=5",
            "redis+socket:///run/v.sock?virtual_host=4",
        ),
    ],
)
def test_every_kind_of_address_leads_to_the_broker_and_the_cache(given, cache, broker):
    assert env.redis_database(given, 1) == cache
    assert env.celery_broker(env.redis_database(given, 0)) == broker


def test_an_address_of_another_kind_is_refused():
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL must start with"):
        env.redis_database("amqp://host", 0)


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("no", False), ("", False)])
def test_flags_are_read(monkeypatch, value, expected):
    monkeypatch.setenv("GRS_X", value)
    assert env.flag("GRS_X") is expected


def test_a_flag_that_is_neither_is_refused(monkeypatch):
    monkeypatch.setenv("GRS_X", "maybe")
    with pytest.raises(ImproperlyConfigured, match="GRS_X must be 1 or 0"):
        env.flag("GRS_X")


def test_a_number_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("GRS_X", "ten")
    with pytest.raises(ImproperlyConfigured, match="GRS_X must be a whole number"):
        env.number("GRS_X", 1)


def test_an_unknown_choice_is_refused_with_the_known_ones(monkeypatch):
    monkeypatch.setenv("GRS_X", "xx")
    with pytest.raises(ImproperlyConfigured, match="one of bd, id"):
        env.choice("GRS_X", ("bd", "id"), "bd")
