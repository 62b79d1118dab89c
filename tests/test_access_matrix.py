"""Who gets where: every address of the portal × every role × whose case it is.

`access_table.GROUPS` declares it. An address that it doesn't name fails one test, and so does a
declared one that is gone. Everything is asked for by whoever may and whoever may not, with GET and
(where the view takes it) an empty POST: who may not read gets no further by sending something.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.roles import Role
from agencies.models import Service
from complaints.models import Attachment
from complaints.services import casework
from tests.access_rules import IN, ROLES, Rule
from tests.access_table import DECLARED, RULES
from tests.complaints.conftest import Scene, cast, clock, scene  # noqa: F401
from tests.complaints.play import Play
from tests.factories.routing import publish_rules


def named(patterns: list[Any]) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from named(pattern.url_patterns)
        else:
            yield str(pattern.name or pattern.pattern), pattern


def addresses() -> dict[str, URLPattern]:
    """Name → pattern, of all that the portal answers to; two of one name differ by their arguments."""
    found: dict[str, URLPattern] = {}
    for name, pattern in named(get_resolver().url_patterns):
        arguments = "+".join(pattern.pattern.regex.groupindex)
        found[f"{name}+{arguments}" if name in found else name] = pattern
    return found


ADDRESSES = addresses()

#: What stands for an argument, where it is no case's.
ARGUMENTS: dict[str, Any] = {
    "code": "grid",
    "version": 1,
    "token": "0123456789abcdef0123456789abcdef",
    "step": "what",
    "what": "person",
    "name": "office",
    "move": "message",
    "key": "00000000-0000-4000-8000-000000000000",
    "uidb36": "1",
    "channel": "sms",
    "person": "rahima",
    "picture": "1",
    "sid": "1",
    "day": "2026-11-22",
    "leaf": "0" * 64,
    "seq": 1,
    "message": "1",
    "audit": "1",
    "view": "1",
    "alert": "1",
    "rule": "1",
    "kind": "surge",
    "order": "1",
    "language": "en",
    "media": "1",
    "account": "1",
    "participant": "1",
    "photo": "1",
    "form": "json",
    "rest": "nothing",
    "provider": "nobody",
    "secret": "nothing",
    "service": "nobody/inbound/",
}
#: By the beginning of the address's name.
SAMPLES: dict[str, dict[str, Any]] = {
    "registry-uncovered": {"code": "grid-district"},
    "registry-category": {"code": "roads"},
    "registry-service": {"code": "meter"},
    "registry-calendar": {"code": "bd"},
    "registry-deadline": {"name": "resolve"},
    "rules-": {"code": "rule-0"},
    "open311-": {"code": "roads"},
    "open-data-file": {"code": "by-agency-month", "ending": "csv"},
    "oversight-rising-subject": {"code": "electricity"},
}


class Stage:
    """Four cases, and a browser for each role.

    `own` is with the department, `rival` with the rival ministry, both unpublished; `published` is the
    rival's too; `sealed` is sensitive and about the head of the department that it was meant for.
    """

    def __init__(self, scene: Scene) -> None:  # noqa: F811
        self.scene, people = scene, scene.cast
        publish_rules({"words": "never*", "target": "grid"})
        Service.objects.create(
            country="bd",
            code="meter",
            office=people.department,
            category=people.electricity,
            names={"en": "A meter"},
            days=3,
        )
        sealed = Play(scene, about_official=True)
        sealed.about(office_id=people.department.pk, role=Role.HEAD).forward()
        public = Play(scene, publish_consent=True).publish()
        self.plays = {
            "own": Play(scene).forward().accept(),
            "rival": Play(scene).forward(to=people.rival_ministry),
            "published": public.forward(to=people.rival_ministry),
            "sealed": sealed,
        }
        self.files = {name: self._file_in(name) for name in self.plays}
        self.ids = {
            "registry-post": people.focal.posts.get().pk,
            "registry-holiday": people.calendar.holidays.get().pk,
        }

    def _file_in(self, case: str) -> Any:
        play = self.plays[case]
        by = {"own": "focal", "sealed": "ministry_focal"}.get(case, "rival_focal")
        key = play.photo(by)
        casework.message(actor=play.actor(by), number=play.number, text="See", files=[key])
        return Attachment.objects.get(key=key).key

    def client(self, role: str) -> Client:
        """A browser in which somebody with that role is at work, somewhere in the world."""
        client = Client(raise_request_exception=False, REMOTE_ADDR="203.0.113.7")
        if role == "citizen":
            for name in ("own", "published", "sealed"):
                receipt = self.plays[name].receipt
                given = {"number": receipt.number, "secret": receipt.secret}
                assert client.post("/complaints/track/", given).status_code == 302
        elif role != "visitor":
            client.force_login(getattr(self.scene.cast, role))
        return client

    def urls(self, name: str) -> Iterator[tuple[str, str]]:
        """Of a case's address one for each case, with whose it is; else the one there is."""
        wanted = ADDRESSES[name].pattern.regex.groupindex
        values = dict(ARGUMENTS)
        for start, sample in SAMPLES.items():
            values |= sample if name.startswith(start) else {}
        values["pk"] = next((pk for start, pk in self.ids.items() if name.startswith(start)), 0)
        given = {key: values[key] for key in wanted if key != "number"}
        name, is_file = name.split("+")[0], name == "attachment"
        if is_file:
            yield from ((case, reverse(name, kwargs={"key": k})) for case, k in self.files.items())
        elif "number" in wanted:
            for case, play in self.plays.items():
                yield case, reverse(name, kwargs={**given, "number": play.number})
        else:
            yield "", reverse(name, kwargs=given)


def ask(client: Client, method: str, url: str) -> str:
    """What comes of it, in a word; nothing that it did is left, in the database or the session."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        response: Any = client.generic(method, url)
        if response.streaming:
            response.getvalue()
        transaction.set_rollback(True)
    cache.clear()
    client.cookies.clear()
    for name, value in cookies.items():
        client.cookies[name] = value
    return outcome(response)


def outcome(response: Any) -> str:
    status = response.status_code
    if status in (301, 302):
        to = response["Location"]
        if to.startswith("/accounts/login"):
            return "login"
        return "door" if to.startswith("/complaints/track/?") else "away"
    return {200: "ok", 403: "no", 404: "none", 405: "method"}.get(status, str(status))


def as_declared(rule: Rule, method: str, verdict: str, got: str) -> bool:
    """Whether an outcome is what the table says."""
    if verdict != IN:
        return got == verdict
    if method == "GET" or got in rule.shows:
        return got in rule.shows
    return got not in ("login", "no", "door", "method") and not got.startswith("5")


@pytest.fixture
def stage(scene: Scene) -> Stage:  # noqa: F811
    return Stage(scene)


def test_every_address_is_declared_here() -> None:
    new = sorted(set(ADDRESSES) - set(RULES))
    assert not new, f"Say in tests/access_table.py who gets to: {', '.join(new)}"


def test_every_declared_address_is_there_and_declared_once() -> None:
    gone = sorted(set(RULES) - set(ADDRESSES))
    assert not gone, f"No longer there: {', '.join(gone)}"
    assert len(DECLARED) == len(RULES)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_where_it_is_declared_to_and_nowhere_else(stage: Stage, role: str) -> None:
    client, wrong = stage.client(role), []
    for name in sorted(set(ADDRESSES) & set(RULES)):
        rule = RULES[name]
        for case, url in stage.urls(name):
            verdict = rule.verdict(role, case)
            for method in rule.methods.split():
                got = ask(client, method, url)
                if not as_declared(rule, method, verdict, got):
                    wrong.append(f"{method} {name} {case}: {got}, declared {verdict}")
    assert not wrong, "\n".join(wrong)


def test_what_a_view_does_not_take_is_refused(stage: Stage) -> None:
    client, wrong = stage.client("visitor"), []
    for name in sorted(set(ADDRESSES) & set(RULES)):
        rule = RULES[name]
        other = {"GET": "POST", "POST": "GET"}.get(rule.methods)
        for case, url in stage.urls(name) if other else ():
            got = ask(client, other or "", url)
            if got not in ("method", rule.verdict("visitor", case)):
                wrong.append(f"{other} {name} {case}: {got}")
    assert not wrong, "\n".join(wrong)
