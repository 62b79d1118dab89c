"""Moves by the API that come twice, or too late: `Idempotency-Key`, `ETag` and `If-Match`."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.roles import Role
from complaints import moment
from complaints.api import taking_part
from complaints.errors import Invalid
from complaints.models import Attachment, Case, Event, FilingKey, IdentityLook
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.complaints.uploads import closed, image

ASKED = {"text": "Which meter is it, please?"}


class App:
    """An officer's program, signed in."""

    def __init__(self, play: Play, who: str = "focal") -> None:
        self.play, self.client = play, Client()
        self.client.force_login(getattr(play.cast, who))
        self.url = f"/api/v1/cases/{play.number}/"

    def move(self, move: str, body: Any = None, key: str = "", match: str = "") -> Any:
        given = {"Idempotency-Key": key, "If-Match": match}
        headers = {name: value for name, value in given.items() if value}
        return self.client.post(
            f"{self.url}moves/{move}/", body or {}, content_type="application/json", headers=headers
        )

    def tag(self) -> str:
        return str(self.client.get(self.url)["ETag"])

    def accept(self, **headers: str) -> Any:
        return self.move("accept", {"case_officer": self.play.cast.case_officer.pk}, **headers)


@pytest.fixture
def app(scene: Scene) -> App:
    return App(Play(scene).forward())


def messages(app: App) -> int:
    return Event.objects.filter(case=app.play.case, move="message").count()


# --- The same key ---------------------------------------------------------------------------


def test_a_move_that_comes_again_with_its_key_gets_the_same_answer_and_is_made_once(
    app: App,
) -> None:
    first, again = app.accept(key="k1"), app.accept(key="k1")
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert first["ETag"] == again["ETag"]
    assert app.play.moves.count("accept") == 1


def test_a_message_that_comes_again_is_written_once_and_without_a_key_twice(app: App) -> None:
    app.accept()
    for _time in range(3):
        assert app.move("message", ASKED, key="m1").status_code == 200
    assert messages(app) == 1
    app.move("message", ASKED)
    assert messages(app) == 2


def test_the_same_key_with_another_body_is_refused_and_does_nothing(app: App) -> None:
    app.accept()
    app.move("message", ASKED, key="k")
    other = app.move("message", {"text": "Something else altogether"}, key="k")
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert app.move("note", ASKED, key="k").status_code == 409
    assert messages(app) == 1


def test_the_same_key_on_another_case_is_another_body(app: App, scene: Scene) -> None:
    app.accept(key="k")
    second = App(Play(scene).forward())
    assert second.accept(key="k").json()["code"] == "key_reused"


def test_a_key_is_its_owners_own(app: App, scene: Scene) -> None:
    app.accept()
    app.move("message", ASKED, key="k")
    assert App(app.play, "case_officer").move("message", ASKED, key="k").status_code == 200
    assert messages(app) == 2


def test_a_refused_move_keeps_no_answer_so_that_it_can_be_sent_again_corrected(app: App) -> None:
    assert app.move("answer", {"text": "no"}, key="k").status_code == 422
    assert not FilingKey.objects.filter(expires_at__gt=moment.now(), body_hash="").exists()
    assert app.accept(key="k").status_code == 200


def test_after_a_day_the_key_may_be_used_anew(app: App, clock: Any) -> None:
    app.accept()
    app.move("message", ASKED, key="k")
    clock.shift(timedelta(hours=24, seconds=1))
    assert app.move("message", {"text": "Another day, another word"}, key="k").status_code == 200
    assert messages(app) == 2


def test_a_key_that_is_too_long_is_refused_by_name(app: App) -> None:
    response = app.accept(key="k" * 201)
    assert response.status_code == 422
    assert "Idempotency-Key" in response.json()["errors"]


def test_a_contact_is_shown_once_and_never_kept_with_an_answer(app: App) -> None:
    app.accept()
    look = {"reason": "To visit the house on Monday"}
    first = app.move("break_seal", look, key="k").json()
    again = app.move("break_seal", look, key="k").json()
    assert first["contact"]["name"] == "Rahima"
    assert "contact" not in again
    assert IdentityLook.objects.filter(case=app.play.case).count() == 1


def test_a_file_that_came_with_the_move_is_stored_once(app: App) -> None:
    app.accept()

    def send(content: bytes) -> Any:
        upload = SimpleUploadedFile("meter.jpg", content, "image/jpeg")
        return app.client.post(
            f"{app.url}moves/message/",
            {"text": "See the picture", "files": upload},
            headers={"Idempotency-Key": "k"},
        )

    first, again = send(image()), send(image())
    assert (first.status_code, again.status_code) == (200, 200)
    assert Attachment.objects.count() == 1
    assert send(image(size=(9, 9))).status_code == 409
    assert Attachment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_are_done_once(scene: Scene) -> None:
    app = App(Play(scene).forward().accept())
    app.client.get(app.url)

    def send(_n: int) -> tuple[int, Any]:
        try:
            client = Client()
            client.cookies = app.client.cookies
            response = client.post(
                f"{app.url}moves/message/",
                ASKED,
                content_type="application/json",
                headers={"Idempotency-Key": "both"},
            )
            return response.status_code, response.json()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert [status for status, _body in answers] == [200] * 4
    assert len({str(body) for _status, body in answers}) == 1
    assert messages(app) == 1


# --- As it was read ---------------------------------------------------------------------------


def test_the_tag_of_a_case_is_the_step_that_its_body_tells(app: App) -> None:
    response = app.client.get(app.url)
    assert response["ETag"] == f'"{response.json()["seen"]}"'
    moved = app.accept()
    assert moved["ETag"] == app.tag() != response["ETag"]


def test_a_move_with_the_newest_tag_is_made(app: App) -> None:
    assert app.accept(match=app.tag()).status_code == 200


@pytest.mark.parametrize("shape", ['"{0}"', 'W/"{0}"', '"77", "{0}"', "*"])
def test_a_tag_may_be_weak_one_of_several_or_any(app: App, shape: str) -> None:
    assert app.accept(match=shape.format(app.tag().strip('"'))).status_code == 200


@pytest.mark.parametrize("tag", ['"1"', '"nonsense"', '"12', "7", '"٣"', '"1", "77"'])
def test_a_move_on_what_is_out_of_date_gets_412_and_does_nothing(app: App, tag: str) -> None:
    before = app.play.case.last_seq
    response = app.accept(match=tag)
    assert (response.status_code, response.json()["code"]) == (412, "stale")
    assert app.play.case.last_seq == before


@pytest.mark.parametrize("move", ["message", "note"])
def test_moves_that_ask_for_no_step_keep_to_the_tag_too(app: App, move: str) -> None:
    app.accept()
    old = app.tag()
    assert app.move(move, ASKED, match=old).status_code == 200
    late = app.move(move, ASKED, match=old)
    assert (late.status_code, app.play.moves.count(move)) == (412, 1)


def test_the_tag_counts_over_what_the_body_says_and_the_body_alone_gets_409(app: App) -> None:
    newest = int(app.tag().strip('"'))
    wrong = {"case_officer": app.play.cast.case_officer.pk, "seen": newest - 1}
    assert app.move("accept", wrong).status_code == 409
    assert app.move("accept", {**wrong, "seen": newest}, match='"1"').status_code == 412
    assert app.play.case.status == "forwarded"


def test_a_repeat_with_its_key_is_answered_though_its_tag_is_old_by_then(app: App) -> None:
    tag = app.tag()
    assert app.accept(key="k", match=tag).status_code == 200
    assert app.accept(key="k", match=tag).status_code == 200


def test_the_tag_does_not_move_by_a_step_that_the_office_may_not_know(app: App) -> None:
    before = app.tag()
    app.play.withdraw(pressured=True)
    assert app.tag() == before
    assert app.accept(match=before).status_code == 200


# --- Files by key -----------------------------------------------------------------------------


def upload(app: App) -> str:
    given = {"file": SimpleUploadedFile("Rahima at home.jpg", image(), "image/jpeg")}
    return str(app.client.post("/api/v1/files/", given).json()["key"])


def test_files_sent_before_are_named_by_their_keys(app: App) -> None:
    app.accept()
    keys = [upload(app), upload(app)]
    assert app.move("message", {**ASKED, "files": keys}).status_code == 200
    entry = app.client.get(app.url).json()["timeline"][-1]
    assert [file["key"] for file in entry["files"]] == keys
    assert entry["files"][0]["name"] == "Rahima at home.jpg"
    content = closed(app.client.get(f"{app.url}files/{keys[0]}/"))
    assert content["Content-Type"] == "image/jpeg"
    assert content.body[:2] == b"\xff\xd8"


@pytest.mark.parametrize("files", [["nonsense"], [7], ["00000000-0000-4000-8000-000000000000"]])
def test_a_key_of_no_file_is_refused_by_name(app: App, files: Any) -> None:
    app.accept()
    response = app.move("message", {**ASKED, "files": files})
    assert response.status_code == 422
    assert list(response.json()["errors"]) == ["files"]
    assert messages(app) == 0


def test_more_files_than_a_move_may_bring_are_refused(app: App) -> None:
    app.accept()
    keys = ["00000000-0000-4000-8000-000000000000"] * (settings.FILES_A_MOVE + 1)
    assert app.move("message", {**ASKED, "files": keys}).status_code == 422


def test_a_file_is_for_whoever_reads_its_case_alone(app: App) -> None:
    app.accept()
    key = upload(app)
    app.move("message", {**ASKED, "files": [key]})
    url = f"{app.url}files/{key}/"
    assert App(app.play, "rival_focal").client.get(url).status_code == 404
    assert App(app.play, "charlie").client.get(url).status_code == 404
    assert Client().get(url).status_code == 403
    other = App(Play(app.play.scene).forward())
    assert other.client.get(f"{other.url}files/{key}/").status_code == 404
    app.play.about(office_id=app.play.cast.department.pk, role=Role.HEAD)
    assert app.client.get(url).status_code == 404


# --- Rooms above ------------------------------------------------------------------------------


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    kept: list[Any] = []
    monkeypatch.setattr(taking_part, "_parts", kept)
    return kept


def test_what_a_room_above_does_after_a_move_goes_with_it_or_not_at_all(
    app: App, parts: list[Any]
) -> None:
    done: list[str] = []

    def part(case: Case, actor: Any, move: str, sent: Any) -> Any:
        def then() -> None:
            done.append(f"{move} {sent['why']}")
            raise Invalid

        return then if "why" in sent else None

    parts.append(part)
    body = {"case_officer": app.play.cast.case_officer.pk}
    assert app.move("accept", {**body, "why": "so"}).status_code == 422
    assert (done, app.play.case.status) == (["accept so"], "forwarded")
    assert app.move("accept", body).status_code == 200


def test_what_each_move_needs_stands_in_the_description(scene: Scene, client: Client) -> None:
    schema = client.get("/api/v1/schema/?format=json").json()
    operation = schema["paths"]["/api/v1/cases/{number}/moves/answer/"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    answer = schema["components"]["schemas"][body["$ref"].rpartition("/")[2]]
    assert set(answer["required"]) == {"outcome", "text", "cause"}
    assert "resolved" in answer["properties"]["outcome"]["enum"]
    assert answer["properties"]["files"]["items"]["format"] == "uuid"
    named = {p["name"] for p in operation["parameters"] if "name" in p}
    assert named == {"number", "Idempotency-Key", "If-Match"}
    assert "/api/v1/cases/{number}/moves/withdraw/" not in schema["paths"]
    assert "/api/v1/complaints/{number}/moves/withdraw/" in schema["paths"]
