"""A token for a secret: whoever has not both, and in force, gets none; and what a token is good for."""

import base64
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from oauth2_provider.models import get_access_token_model

from agencies.models import RegistryChange
from complaints import limits
from systems.client_secrets import hashed, matches, new_secret
from systems.models import System
from systems.services import joining, tokens
from tests.complaints.conftest import SUNDAY, Scene
from tests.systems.conftest import ADDRESS, Join, Joined

TEN_MINUTES = timedelta(minutes=10)
ME = "/api/v1/system/"


def basic(client_id: str, secret: str) -> dict[str, str]:
    both = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {both}"}


def ask(body: dict[str, str] | None = None, **extra: Any) -> Any:
    given = {"grant_type": "client_credentials"} if body is None else body
    return Client(REMOTE_ADDR=ADDRESS).post("/oauth/token/", given, **extra)


def test_a_secret_in_the_body_gives_a_token_of_ten_minutes(joined: Joined) -> None:
    answer = joined.ask_token()
    given = answer.json()
    assert answer.status_code == 200
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 600)
    assert given["scope"] == "cases:read cases:file cases:move events:read"
    assert "refresh_token" not in given
    assert answer["Cache-Control"] == "no-store"


def test_a_secret_by_http_basic_gives_one_too(joined: Joined) -> None:
    answer = ask(headers=basic(joined.system.client_id, joined.secret))
    assert answer.status_code == 200


def test_fewer_scopes_may_be_asked_for_and_no_others(join: Join) -> None:
    reader = join(scopes=["cases:read", "events:read"])
    assert reader.ask_token(scope="cases:read").json()["scope"] == "cases:read"
    refused = reader.ask_token(scope="cases:read cases:move")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize("secret", ["", "grs_", "wrong", "grs_" + "A" * 43, "\x00", "ü"])
def test_a_wrong_secret_gives_none(joined: Joined, secret: str) -> None:
    answer = joined.ask_token(client_secret=secret)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert "WWW-Authenticate" in answer


@pytest.mark.parametrize("client_id", ["", "nobody", "a\x00b", "ü", "x" * 5000, "' or 1=1 --"])
def test_an_unknown_client_is_told_what_a_wrong_secret_is(joined: Joined, client_id: str) -> None:
    answer = joined.ask_token(client_id=client_id)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert answer.content == joined.ask_token(client_secret="wrong").content


def test_one_system_gets_nothing_for_the_secret_of_another(join: Join) -> None:
    one, other = join(), join(name="Meters")
    assert one.ask_token(client_secret=other.secret).status_code == 401


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Basic " + base64.b64encode(b"\xff\xfe").decode(), "Bearer x"]
)
def test_a_header_that_nobody_can_read_gives_none(db: None, header: str) -> None:
    assert ask(headers={"Authorization": header}).status_code == 401


@pytest.mark.parametrize(
    "grant",
    [
        "password",
        "authorization_code",
        "implicit",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
        "",
        "nothing",
    ],
)
def test_there_is_no_other_grant(joined: Joined, grant: str) -> None:
    answer = joined.ask_token(grant_type=grant, username="a", password="b", device_code="c")
    assert answer.status_code == 400
    assert answer.json()["error"] in ("unsupported_grant_type", "invalid_request")


def test_a_secret_in_the_address_is_refused_even_if_it_is_right(joined: Joined) -> None:
    address = f"/oauth/token/?client_id={joined.system.client_id}&client_secret={joined.secret}"
    for url in (address, "/oauth/token/?odd=%zz"):
        answer = Client().post(url, {"grant_type": "client_credentials"})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_only_posting_is_answered(db: None) -> None:
    for url in ("/oauth/token/", "/oauth/revoke/"):
        assert Client().get(url).status_code == 405
    for url in ("/oauth/authorize/", "/oauth/introspect/", "/oauth/applications/", "/o/token/"):
        assert Client().get(url).status_code == 404


def test_many_wrong_secrets_get_another_answer_and_a_right_one_its_token(joined: Joined) -> None:
    for _ in range(limits.GUESSES_AN_HOUR):
        assert joined.ask_token(client_secret="wrong").status_code == 401
    stopped = joined.ask_token(client_secret="wrong")
    assert stopped.status_code == 429
    assert stopped["Retry-After"] == "3600"
    assert joined.ask_token().status_code == 200


def test_neither_secret_nor_token_is_kept_or_logged(
    joined: Joined, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level("DEBUG"):
        token = joined.token()
        joined.client(token=token).get(ME)
        joined.ask_token(client_secret=joined.secret + "x")
    written = caplog.text + "".join(capsys.readouterr())
    for rows in (System.objects, get_access_token_model().objects, RegistryChange.objects):
        written += str(list(rows.values()))
    assert joined.secret not in written
    assert token not in written
    assert joined.secret not in repr(joining.Joined(joined.system, joined.secret))


def test_a_hash_fits_its_secret_alone() -> None:
    one, other = new_secret(), new_secret()
    assert one != other
    assert len(one) >= 40
    assert matches(one, hashed(other), hashed(one))
    assert not matches(one, hashed(other), "")
    assert not matches("", "", "")
    assert not matches(hashed(one), hashed(one))


# --- A new secret ------------------------------------------------------------------------------


def rotated(scene: Scene, joined: Joined, **given: Any) -> Joined:
    made = joining.rotate_secret(scene.actor(scene.cast.registrar), joined.system, **given)
    return Joined(made.system, made.secret)


def test_the_old_secret_is_good_until_the_second_at_which_it_ends(
    scene: Scene, joined: Joined, clock: time_machine.Traveller
) -> None:
    new = rotated(scene, joined, days=7)
    ends = SUNDAY + timedelta(days=7)
    clock.move_to(ends - timedelta(seconds=1))
    assert joined.ask_token().status_code == 200
    assert new.ask_token().status_code == 200
    clock.move_to(ends)
    assert joined.ask_token().status_code == 401
    assert new.ask_token().status_code == 200


def test_without_days_the_old_secret_and_its_tokens_end_at_once(
    scene: Scene, joined: Joined
) -> None:
    token = joined.token()
    new = rotated(scene, joined, days=0)
    assert joined.ask_token().status_code == 401
    assert joined.client(token=token).get(ME).status_code == 401
    assert new.client().get(ME).status_code == 200


def test_of_three_secrets_two_are_good(scene: Scene, joined: Joined) -> None:
    second = rotated(scene, joined)
    third = rotated(scene, second)
    answers = [one.ask_token().status_code for one in (joined, second, third)]
    assert answers == [401, 200, 200]


def test_the_old_secret_can_be_ended_before_its_time(scene: Scene, joined: Joined) -> None:
    registrar = scene.actor(scene.cast.registrar)
    new = rotated(scene, joined)
    token = joined.token()
    joining.end_old_secret(registrar, joined.system)
    joining.end_old_secret(registrar, joined.system)
    assert joined.ask_token().status_code == 401
    assert joined.client(token=token).get(ME).status_code == 401
    assert new.ask_token().status_code == 200


# --- What a token is good for --------------------------------------------------------------------


def test_a_token_opens_its_view_until_it_is_ten_minutes_old(
    joined: Joined, clock: time_machine.Traveller
) -> None:
    client = joined.client()
    clock.move_to(SUNDAY + TEN_MINUTES - timedelta(seconds=1))
    assert client.get(ME).status_code == 200
    clock.move_to(SUNDAY + TEN_MINUTES)
    answer = client.get(ME)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("token", ["nothing", "ü", "a b", "x" * 9000, "\x7f"])
def test_what_is_no_token_opens_nothing(joined: Joined, token: str) -> None:
    answer = joined.client(token=token).get(ME)
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")


def test_without_a_token_one_is_told_how_to_say_who_one_is(db: None) -> None:
    answer = Client().get(ME)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_given_back_opens_nothing(joined: Joined) -> None:
    token, other = joined.token(), joined.token()
    given = {"client_id": joined.system.client_id, "client_secret": joined.secret, "token": token}
    for _ in range(2):
        assert Client().post("/oauth/revoke/", given).status_code == 200
    assert joined.client(token=token).get(ME).status_code == 401
    assert joined.client(token=other).get(ME).status_code == 200


def test_nobody_gives_back_the_token_of_another(join: Join) -> None:
    one, other = join(), join(name="Meters")
    token = one.token()
    given = {"client_id": other.system.client_id, "client_secret": other.secret, "token": token}
    assert Client().post("/oauth/revoke/", given).status_code == 200
    assert Client().post("/oauth/revoke/", {**given, "client_secret": ""}).status_code == 401
    assert one.client(token=token).get(ME).status_code == 200


def test_scopes_taken_from_a_system_are_missing_from_tokens_given_before(
    scene: Scene, joined: Joined
) -> None:
    client = joined.client()
    joining.change(
        scene.actor(scene.cast.registrar),
        joined.system,
        name=joined.system.name,
        scopes=["cases:file"],
    )
    assert client.get(ME).json()["scopes"] == ["cases:file"]


def test_a_token_for_an_address_elsewhere_opens_nothing_here(joined: Joined) -> None:
    elsewhere = joined.token(resource="https://elsewhere.example/")
    here = joined.token(resource="http://testserver/api/v1/")
    assert joined.client(token=elsewhere).get(ME).status_code == 401
    assert joined.client(token=here).get(ME).status_code == 200
    assert joined.ask_token(resource="nothing").json()["error"] == "invalid_target"


def test_an_ended_system_gets_no_token_and_its_tokens_are_over(
    scene: Scene, joined: Joined
) -> None:
    client = joined.client()
    joining.end(scene.actor(scene.cast.registrar), joined.system)
    assert client.get(ME).status_code == 401
    assert joined.ask_token().status_code == 401


def test_when_it_was_last_here_is_kept_to_the_minute(
    joined: Joined, clock: time_machine.Traveller
) -> None:
    client = joined.client()
    for seconds in (5, 50, 65):
        clock.move_to(SUNDAY + timedelta(seconds=seconds))
        client.get(ME)
        joined.system.refresh_from_db()
        assert joined.system.last_used_at == SUNDAY + timedelta(minutes=seconds // 60)


def test_a_token_costs_one_question_and_once_a_minute_a_note(joined: Joined) -> None:
    client = joined.client()
    with CaptureQueriesContext(
        connection,
    ) as first:
        client.get(ME)
    with CaptureQueriesContext(connection) as later:
        client.get(ME)
    assert len(first) == len(later) + 1
    asked = [query["sql"] for query in later if "accesstoken" in query["sql"]]
    assert len(asked) == 1
    assert not [query["sql"] for query in later if "UPDATE" in query["sql"]]


# --- Where it may call from ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("networks", "inside", "outside"),
    [
        (["203.0.113.7"], "203.0.113.7", "203.0.113.8"),
        (["203.0.113.0/24", "198.51.100.0/25"], "198.51.100.127", "198.51.100.128"),
        (["2001:db8:7::/48"], "2001:db8:7::1", "2001:db8:8::1"),
        (["2001:db8::1"], "2001:0db8:0000::0001", "2001:db8::2"),
        (["203.0.113.0/24"], "::ffff:203.0.113.9", "::ffff:203.0.114.9"),
        (["203.0.113.0/24"], "203.0.113.1", "2001:db8::1"),
        (["203.0.113.0/24"], "203.0.113.1", "unix:"),
    ],
)
def test_from_another_network_there_is_no_way_in(
    join: Join, networks: list[str], inside: str, outside: str
) -> None:
    joined = join(networks=networks)
    given = {
        "grant_type": "client_credentials",
        "client_id": joined.system.client_id,
        "client_secret": joined.secret,
    }
    answer = Client(REMOTE_ADDR=outside).post("/oauth/token/", given)
    assert (answer.status_code, answer.json()["error"]) == (403, "access_denied")
    token = Client(REMOTE_ADDR=inside).post("/oauth/token/", given).json()["access_token"]
    assert joined.client(token=token, address=inside).get(ME).status_code == 200
    refused = joined.client(token=token, address=outside).get(ME)
    assert (refused.status_code, refused.json()["code"]) == (403, "network")


def test_a_wrong_secret_from_another_network_learns_nothing_of_networks(join: Join) -> None:
    joined = join(networks=["203.0.113.7"])
    assert joined.ask_token(client_secret="wrong").status_code == 401


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(
    join: Join, settings: Any
) -> None:
    settings.PROXIES = 1
    joined = join(networks=["203.0.113.7"])
    for forwarded, status in (
        ("203.0.113.7", 200),
        ("10.0.0.1, 203.0.113.7", 200),
        ("203.0.113.7, 10.0.0.1", 403),
    ):
        answer = Client(REMOTE_ADDR="127.0.0.1").post(
            "/oauth/token/",
            {
                "grant_type": "client_credentials",
                "client_id": joined.system.client_id,
                "client_secret": joined.secret,
            },
            headers={"X-Forwarded-For": forwarded},
        )
        assert answer.status_code == status, forwarded


# --- What is left over ---------------------------------------------------------------------------


def test_tokens_whose_time_is_over_are_erased(
    joined: Joined, clock: time_machine.Traveller
) -> None:
    joined.token()
    clock.move_to(SUNDAY + timedelta(minutes=6))
    still = joined.token()
    clock.move_to(SUNDAY + timedelta(minutes=11))
    assert tokens.forget_expired() == 1
    assert tokens.forget_expired() == 0
    assert get_access_token_model().objects.count() == 1
    assert joined.client(token=still).get(ME).status_code == 200


def test_the_library_finds_nothing_to_warn_of(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check", "--deploy", "--tag", "security")
    assert "oauth2_provider" not in "".join(capsys.readouterr())
    assert settings.OAUTH2_PROVIDER["ACCESS_TOKEN_EXPIRE_SECONDS"] == 600
