"""One's own cases in a native app: listed, followed and moved without a secret."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.models import Attachment, Case
from complaints.services import casework
from tests.complaints.conftest import Scene
from tests.complaints.native_app import OTHER, TEXT, App
from tests.complaints.uploads import image, upload


@pytest.fixture
def app(scene: Scene) -> App:
    return App()


# --- One's own cases --------------------------------------------------------------------------


def test_a_case_filed_with_the_token_is_the_accounts(app: App) -> None:
    receipt = app.file()
    case = Case.objects.get(number=receipt["number"])
    assert (case.owner, case.channel, case.filed_by) == (app.user, "api", None)


def test_a_token_that_is_over_files_nothing_rather_than_for_nobody(app: App) -> None:
    app("DELETE", "me/session/")
    answer = app("POST", "complaints/", {"text": TEXT})
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "X-Session-Token")
    assert answer["Content-Type"] == "application/problem+json"
    assert not Case.objects.exists()


def test_a_filing_sent_again_is_one_case(app: App) -> None:
    first = app("POST", "complaints/", {"text": TEXT}, **{"Idempotency-Key": "k1"})
    again = app("POST", "complaints/", {"text": TEXT}, **{"Idempotency-Key": "k1"})
    assert first.json() == again.json()
    assert Case.objects.count() == 1


def test_the_same_key_of_somebody_else_is_another_case(app: App, scene: Scene) -> None:
    other = App(OTHER)
    first = app("POST", "complaints/", {"text": TEXT}, **{"Idempotency-Key": "k1"}).json()
    second = other("POST", "complaints/", {"text": TEXT}, **{"Idempotency-Key": "k1"}).json()
    assert first["number"] != second["number"]


def test_the_list_says_how_each_stands_the_newest_first(
    app: App, scene: Scene, clock: time_machine.Traveller
) -> None:
    old = app.file()
    clock.shift(timedelta(hours=1))
    new = app.file("There has been no water in our street for three days.")
    moved(scene, old["number"])
    answer = app("GET", "me/complaints/")
    assert answer["Cache-Control"] == "no-store"
    first, second = answer.json()["results"]
    assert (first["number"], first["status"], first["agency"]) == (new["number"], "received", None)
    assert (second["number"], second["status"]) == (old["number"], "with_agency")
    assert second["agency"] == scene.cast.department.code
    assert second["agency_name"] == "Grid Department"
    assert second["answer_due"] > second["filed_at"]
    assert "text" not in first


def moved(scene: Scene, number: str) -> None:
    casework.forward(
        actor=scene.actor(scene.cast.desk),
        number=number,
        office=scene.cast.department,
        reason="Meters",
    )


def test_the_list_comes_in_pages_of_twenty(app: App) -> None:
    user = app.user
    for _ in range(21):
        app.file()
    page = app("GET", "me/complaints/").json()
    assert len(page["results"]) == 20
    rest = app.client.get(page["next"], headers={"X-Session-Token": app.token}).json()
    assert (len(rest["results"]), rest["next"]) == (1, None)
    assert Case.objects.filter(owner=user).count() == 21


def test_the_list_costs_the_same_however_long_it_is(
    app: App, scene: Scene, django_assert_num_queries: Callable[..., Any]
) -> None:
    for _ in range(2):
        moved(scene, app.file()["number"])
    app("GET", "me/complaints/")
    with CaptureQueriesContext(connection) as two:
        app("GET", "me/complaints/")
    of_two = len(two)
    for _ in range(6):
        moved(scene, app.file()["number"])
    with django_assert_num_queries(of_two):
        app("GET", "me/complaints/")


def test_a_case_joined_with_another_shows_how_the_lead_stands(app: App, scene: Scene) -> None:
    lead = scene.file("There is no light in the street of the school.")
    own = app.file("There is no light in our street.")
    casework.merge(actor=scene.actor(scene.cast.desk), number=own["number"], lead=lead.number)
    moved(scene, lead.number)
    (row,) = app("GET", "me/complaints/").json()["results"]
    assert (row["status"], row["agency"]) == ("with_agency", scene.cast.department.code)


def test_one_case_is_followed_without_the_secret(app: App) -> None:
    receipt = app.file()
    answer = app("GET", f"me/complaints/{receipt['number'].replace('-', '')}/")
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert body["number"] == receipt["number"]
    assert "message" in body["moves"]
    assert "withdraw" not in body["moves"]
    assert [entry["move"] for entry in body["timeline"]] == ["submit"]


def test_its_own_words_and_files_are_there_and_internal_ones_are_not(
    app: App, scene: Scene
) -> None:
    kept = app.client.post("/en/api/v1/files/", {"file": upload(image())}).json()
    receipt = app.file(files=[kept["key"]])
    base = f"me/complaints/{receipt['number']}/"
    body = app("GET", base).json()
    assert body["text"] == TEXT
    (file,) = body["timeline"][0]["files"]
    answer = app("GET", f"{base}files/{file['key']}/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Cache-Control"] == "private, no-cache"
    assert len(b"".join(answer.streaming_content)) == file["size"]
    again = app("GET", f"{base}files/{file['key']}/", **{"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert App(OTHER)("GET", f"{base}files/{file['key']}/").status_code == 404
    Attachment.objects.update(internal=True)
    assert app("GET", f"{base}files/{file['key']}/").status_code == 404


def test_another_ones_case_is_none(app: App, scene: Scene) -> None:
    theirs = App(OTHER).file()
    anonymous = scene.file()
    for number in (theirs["number"], anonymous.number, "0000-0000-0000-T", "nonsense"):
        answers = [
            app("GET", f"me/complaints/{number}/"),
            app("POST", f"me/complaints/{number}/moves/message/", {"text": "Hello you there"}),
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert {answer.json()["code"] for answer in answers} == {"no_such_case"}


def test_moves_need_no_secret(app: App, scene: Scene) -> None:
    receipt = app.file()
    url = f"me/complaints/{receipt['number']}/moves"
    said = app("POST", f"{url}/message/", {"text": "It is worse since yesterday."})
    assert (said.status_code, said.json()["seen"]) == (200, 2)
    wrong = app("POST", f"{url}/confirm/", {"rating": 5})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong_state")
    assert app("POST", f"{url}/nonsense/", {}).status_code == 404
    assert app("POST", f"{url}/message/", {"text": ""}).status_code == 422
    assert app("POST", f"{url}/accept/", {}).status_code in (403, 409, 422)


def test_a_message_may_come_with_a_photo(app: App) -> None:
    receipt = app.file()
    answer = app.client.post(
        f"/en/api/v1/me/complaints/{receipt['number']}/moves/message/",
        {"text": "See the meter", "files": upload(image())},
        headers={"X-Session-Token": app.token},
    )
    assert answer.status_code == 200, answer.content


def test_withdrawing_needs_the_secret_for_it(app: App) -> None:
    receipt = app.file()
    url = f"me/complaints/{receipt['number']}/moves/withdraw/"
    bare = app("POST", url, {})
    assert (bare.status_code, bare.json()["code"]) == (409, "needs_withdrawal_secret")
    following = app("POST", url, {"secret": receipt["secret"]})
    assert following.json()["code"] == "needs_withdrawal_secret"
    wrong = app("POST", url, {"secret": "1111 2222 3333 4444"})
    assert wrong.status_code == 404
    right = app("POST", url, {"secret": receipt["withdrawal_secret"]})
    assert right.status_code == 200
    assert Case.objects.get().withdrawal_pending


def test_guesses_of_the_secret_are_counted_here_too(app: App) -> None:
    number = app.file()["number"]
    url = f"me/complaints/{number}/moves/withdraw/"
    answers = [app("POST", url, {"secret": f"{n:016d}"}).status_code for n in range(11)]
    assert answers == [404] * 10 + [429]


def test_a_cookie_of_an_officer_beside_the_token_changes_nothing(app: App, scene: Scene) -> None:
    app.client.force_login(scene.cast.focal)
    receipt = app.file()
    assert Case.objects.get(number=receipt["number"]).owner == app.user


# --- Its description --------------------------------------------------------------------------


def test_the_description_names_every_operation_and_its_token(client: Client, db: None) -> None:
    answer = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    schema = json.loads(answer.content)
    scheme = schema["components"]["securitySchemes"]["sessionToken"]
    assert (scheme["in"], scheme["name"]) == ("header", "X-Session-Token")
    wanted = {
        "/api/v1/me/code/": {"post"},
        "/api/v1/me/session/": {"post", "delete"},
        "/api/v1/me/complaints/": {"get"},
        "/api/v1/me/complaints/{number}/": {"get"},
        "/api/v1/me/complaints/{number}/files/{key}/": {"get"},
        "/api/v1/me/complaints/{number}/moves/reply/": {"post"},
        "/app/devices/": {"post", "delete"},
        "/app/devices/known/": {"post"},
        "/app/key/": {"get"},
    }
    for path, methods in wanted.items():
        assert methods <= set(schema["paths"][path]), path
        for method in methods:
            assert schema["paths"][path][method]["description"], (path, method)
    secured = schema["paths"]["/api/v1/me/complaints/"]["get"]["security"]
    assert secured == [{"sessionToken": []}]
    listed = schema["paths"]["/api/v1/me/complaints/"]["get"]["responses"]["200"]
    assert "Paginated" in json.dumps(listed)
