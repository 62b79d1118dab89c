"""Signing in from a native app: a telephone, a code by SMS, a token; and who cannot."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.phones import DOMAIN, account_of, forget_unused, is_of_phone
from accounts.roles import Role
from agencies.models import Post
from complaints import limits, moment
from complaints.models import Case, Handle, Notice
from complaints.services import notices, phone_codes
from complaints.services.notice_words import Unreachable, render
from tests.complaints.conftest import Scene
from tests.complaints.native_app import OTHER, OVER, PHONE, TEXT, App, ask, call, code_sent


@pytest.fixture
def app(scene: Scene) -> App:
    return App()


# --- Signing in -------------------------------------------------------------------------------


def test_a_number_and_the_code_sent_to_it_give_a_token(scene: Scene) -> None:
    app = App()
    assert app("GET", "me/complaints/").json()["results"] == []
    assert app.pending != app.token
    assert is_of_phone(app.user)
    assert not app.user.has_usable_password()


@pytest.mark.parametrize("typed", ["01712345678", "+880 1712-345678", "০১৭১২৩৪৫৬৭৮"])
def test_the_same_number_however_it_is_typed_is_the_same_account(
    scene: Scene, client: Client, typed: str
) -> None:
    first = App()
    receipt = first.file()
    cache.clear()
    token = ask(client, typed)
    answer = call(
        client, "POST", "me/session/", {"code": code_sent()}, **{"X-Session-Token": token}
    )
    second = answer.json()["session_token"]
    listed = call(client, "GET", "me/complaints/", **{"X-Session-Token": second}).json()
    assert [row["number"] for row in listed["results"]] == [receipt["number"]]


def test_a_token_is_good_for_thirty_days(app: App, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(days=29, hours=23))
    cache.clear()  # which has a clock of its own
    assert app("GET", "me/complaints/").status_code == 200
    clock.shift(timedelta(hours=2))
    cache.clear()
    assert app("GET", "me/complaints/").status_code == 401


def test_signing_out_ends_the_token(app: App) -> None:
    assert app("DELETE", "me/session/").status_code == 204
    answer = app("GET", "me/complaints/")
    assert (answer.status_code, answer.json()["title"]) == (401, OVER)
    assert app("DELETE", "me/session/").status_code == 401


def test_without_a_token_nobody_is_signed_out(scene: Scene, client: Client) -> None:
    answer = call(client, "DELETE", "me/session/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "X-Session-Token")


@pytest.mark.parametrize("phone", ["", "hello", "123", "rahima@example.org", "+1"])
def test_what_is_no_number_is_said_at_the_field(scene: Scene, client: Client, phone: str) -> None:
    answer = call(client, "POST", "me/code/", {"phone": phone})
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert list(answer.json()["errors"]) == ["phone"]
    assert not Notice.objects.exists()


def test_the_code_comes_in_the_language_of_the_app(scene: Scene, client: Client) -> None:
    client.generic(
        "POST",
        "/bn/api/v1/me/code/",
        json.dumps({"phone": PHONE}),
        content_type="application/json",
    )
    assert Notice.objects.get().language == "bn"


def wrong_codes(client: Client, token: str, number: int) -> list[int]:
    return [
        call(
            client, "POST", "me/session/", {"code": "000000"}, **{"X-Session-Token": token}
        ).status_code
        for _ in range(number)
    ]


def test_a_wrong_code_signs_nobody_in_and_five_end_it(scene: Scene, client: Client) -> None:
    token = ask(client)
    right = code_sent()
    assert right != "000000"
    assert wrong_codes(client, token, 5) == [422] * 5
    late = call(client, "POST", "me/session/", {"code": right}, **{"X-Session-Token": token})
    assert (late.status_code, late.json()["code"]) == (422, "wrong_code")
    assert call(client, "GET", "me/complaints/", **{"X-Session-Token": token}).status_code == 401


def test_tries_are_counted_though_the_session_is_read_before_each_of_them(
    scene: Scene, client: Client
) -> None:
    # Many at once all read that none was made yet: as if the session were never written.
    token = ask(client)
    right = code_sent()
    before = Session.objects.get(pk=token).session_data
    for _ in range(5):
        wrong_codes(client, token, 1)
        Session.objects.update_or_create(
            pk=token,
            defaults={"session_data": before, "expire_date": moment.now() + timedelta(hours=1)},
        )
        cache.delete(f"django.contrib.sessions.cached_db{token}")
    answer = call(client, "POST", "me/session/", {"code": right}, **{"X-Session-Token": token})
    assert answer.status_code == 422


def test_a_code_is_good_for_fifteen_minutes(
    scene: Scene, client: Client, clock: time_machine.Traveller
) -> None:
    token = ask(client)
    right = code_sent()
    clock.shift(timedelta(minutes=15, seconds=1))
    answer = call(client, "POST", "me/session/", {"code": right}, **{"X-Session-Token": token})
    assert answer.status_code in (401, 422)
    notice = Notice.objects.get()
    with pytest.raises(Unreachable, match="expired"):
        render(notice)


def test_a_code_is_good_once_and_only_with_its_own_token(scene: Scene, client: Client) -> None:
    first, other = ask(client), ask(client, OTHER)
    code = code_sent(PHONE)
    mixed = call(client, "POST", "me/session/", {"code": code}, **{"X-Session-Token": other})
    assert mixed.status_code == 422
    assert call(client, "POST", "me/session/", {"code": code}).status_code == 422
    right = call(client, "POST", "me/session/", {"code": code}, **{"X-Session-Token": first})
    assert right.status_code == 200
    again = call(client, "POST", "me/session/", {"code": code}, **{"X-Session-Token": first})
    assert again.status_code == 401


def test_a_dead_token_in_the_header_does_not_stand_in_the_way_of_a_new_code(
    scene: Scene, client: Client
) -> None:
    answer = call(client, "POST", "me/code/", {"phone": PHONE}, **{"X-Session-Token": "dead" * 8})
    assert answer.status_code == 202


# --- Limits -----------------------------------------------------------------------------------


def test_so_many_codes_an_hour_to_a_number_from_one_address(scene: Scene, client: Client) -> None:
    for _ in range(limits.CODES_AN_HOUR):
        ask(client)
    answer = call(client, "POST", "me/code/", {"phone": PHONE})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert call(client, "POST", "me/code/", {"phone": OTHER}).status_code == 202


def test_so_many_codes_an_hour_to_a_number_from_all_addresses_even_without_the_cache(
    scene: Scene, client: Client
) -> None:
    for _ in range(phone_codes.CODES_AN_HOUR):
        ask(client)
        cache.clear()
    assert call(client, "POST", "me/code/", {"phone": PHONE}).status_code == 429


def test_so_many_codes_an_hour_from_one_address(
    scene: Scene, client: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr(limits, "CODES_ASKED_AN_HOUR_FROM_ADDRESS", 2)
    answers = [
        call(client, "POST", "me/code/", {"phone": f"0171234567{n}"}).status_code for n in range(3)
    ]
    assert answers == [202, 202, 429]


# --- What it tells ----------------------------------------------------------------------------


def test_a_known_number_and_a_new_one_cost_the_same_and_answer_the_same(
    scene: Scene, client: Client
) -> None:
    App()
    cache.clear()

    def asked(phone: str) -> tuple[int, set[str], list[str]]:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = call(client, "POST", "me/code/", {"phone": phone})
        kinds = [query["sql"].split(" ")[0] for query in queries]
        return answer.status_code, set(answer.json()), kinds

    asked(OTHER)  # what is read once in a process has been read
    cache.clear()
    assert asked(PHONE) == asked("+8801912345678")


def test_neither_number_nor_code_lies_in_a_session_or_in_clear_in_any_row(
    scene: Scene, client: Client
) -> None:
    token = ask(client)
    code = code_sent()
    call(client, "POST", "me/session/", {"code": "000000"}, **{"X-Session-Token": token})
    stored = [json.dumps(session.get_decoded()) for session in Session.objects.all()]
    with connection.cursor() as cursor:
        for table in ("accounts_user", "complaints_notice", "complaints_handle"):
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" AS t')  # noqa: S608
            stored += [row for (row,) in cursor.fetchall()]
    assert len(stored) >= 4
    for row in stored:
        assert "1712345678" not in row
        assert code not in row


def test_the_secret_of_the_notice_is_gone_once_it_left(scene: Scene, client: Client) -> None:
    ask(client)
    notice = Notice.objects.get()
    notices.mark_sent(notice, provider_id="x", now=moment.now())
    notice.refresh_from_db()
    assert notice.sealed is None


# --- Who can be signed in ---------------------------------------------------------------------


def test_an_account_by_e_mail_with_that_number_typed_is_another_one(scene: Scene) -> None:
    User.objects.filter(pk=scene.cast.charlie.pk).update(phone=PHONE)
    Case.objects.filter(pk=scene.case(scene.file()).pk).update(owner=scene.cast.charlie)
    app = App()
    assert app.user != scene.cast.charlie
    assert app("GET", "me/complaints/").json()["results"] == []


@pytest.mark.parametrize("who", ["focal", "overseer", "registrar"])
def test_an_officers_number_opens_a_citizens_account_and_no_post(scene: Scene, who: str) -> None:
    User.objects.filter(pk=getattr(scene.cast, who).pk).update(phone=PHONE)
    app = App()
    assert app.user != getattr(scene.cast, who)
    assert app("GET", "cases/").status_code == 403


def test_from_an_operators_telephone_nobody_is_signed_in(scene: Scene, client: Client) -> None:
    User.objects.filter(pk=scene.cast.operator.pk).update(phone=PHONE)
    token = ask(client)
    assert not Notice.objects.exists()
    handle = Handle.objects.get()
    data = Session.objects.get(pk=token).get_decoded()
    nonce = data["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]
    assert phone_codes.digits(handle.pk, nonce)  # nobody but the portal can make them
    assert wrong_codes(client, token, 1) == [422]


def test_whoever_was_given_a_post_since_is_signed_out_here(app: App, scene: Scene) -> None:
    assert app("GET", "me/complaints/").status_code == 200
    Post.objects.create(
        office=scene.cast.department,
        user=app.user,
        role=Role.FOCAL,
        held_from=moment.now() - timedelta(hours=1),
    )
    assert app("GET", "me/complaints/").status_code == 401
    assert app("POST", "complaints/", {"text": TEXT}).status_code == 401


def test_and_cannot_sign_in_again(app: App, scene: Scene, client: Client) -> None:
    Post.objects.create(
        office=scene.cast.department,
        user=app.user,
        role=Role.OPERATOR,
        held_from=moment.now() - timedelta(hours=1),
    )
    token = ask(client)
    answer = call(
        client, "POST", "me/session/", {"code": code_sent()}, **{"X-Session-Token": token}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "wrong_code")


def test_an_account_that_was_closed_stays_closed(app: App, client: Client) -> None:
    User.objects.filter(pk=app.user.pk).update(is_active=False)
    assert app("GET", "me/complaints/").status_code == 401
    token = ask(client)
    answer = call(
        client, "POST", "me/session/", {"code": code_sent()}, **{"X-Session-Token": token}
    )
    assert answer.status_code == 422


def test_the_session_of_a_page_is_no_token(scene: Scene, client: Client) -> None:
    for user in (scene.cast.charlie, scene.cast.focal):
        client.force_login(user)
        key = str(client.session.session_key)
        answer = call(Client(), "GET", "me/complaints/", **{"X-Session-Token": key})
        assert answer.status_code == 401
    client.force_login(scene.cast.charlie)
    assert call(client, "GET", "me/complaints/").status_code == 401


def test_nobody_takes_such_an_address_on_the_pages(scene: Scene, client: Client) -> None:
    given = {
        "email": f"{'f' * 64}{DOMAIN}",
        "password1": "a-long-password-1",
        "password2": "a-long-password-1",
    }
    client.post("/en/accounts/signup/", given)
    assert not User.objects.filter(email__endswith=DOMAIN).exists()


def test_the_pages_still_ask_for_an_e_mail_address(scene: Scene, client: Client) -> None:
    html = client.get("/en/accounts/login/").content.decode()
    assert 'type="email"' in html
    assert client.get("/en/accounts/login/code/").status_code == 404


def test_accounts_that_nobody_opened_are_forgotten_after_a_day(
    scene: Scene, client: Client, clock: time_machine.Traveller
) -> None:
    ask(client, OTHER)
    app = App()
    clock.shift(timedelta(days=2))
    assert forget_unused(moment.now() - timedelta(days=1)) == 1
    assert list(User.objects.filter(email__endswith=DOMAIN)) == [app.user]


def test_whoever_is_forgotten_while_typing_the_code_asks_again(
    scene: Scene, client: Client
) -> None:
    token = ask(client)
    code = code_sent()
    User.objects.filter(email__endswith=DOMAIN).delete()
    answer = call(client, "POST", "me/session/", {"code": code}, **{"X-Session-Token": token})
    assert answer.status_code == 422


def test_two_at_once_make_one_account(scene: Scene) -> None:
    assert account_of("a" * 64, "en").pk == account_of("a" * 64, "bn").pk
