"""A copy of all that is kept about somebody: complete for them, and nothing of anybody else in it."""

import io
import json
import zipfile
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from channels.models import Message
from complaints.archive import zipped
from complaints.models import Attachment, Case, Restriction
from complaints.services import casework, export, sealing
from tests.complaints.conftest import Scene
from tests.complaints.native_app import App
from tests.complaints.play import Play
from tests.factories.routing import publish_rules


class Copy:
    """A copy as somebody unpacks it."""

    def __init__(self, response: Any) -> None:
        assert response.status_code == 200, response.content
        self.response = response
        self.archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
        assert self.archive.testzip() is None
        self.names = self.archive.namelist()
        self.data = json.loads(self.archive.read("data.json"))
        self.page = self.archive.read("read-me.html").decode()

    @property
    def case(self) -> dict[str, Any]:
        (case,) = self.data["cases"]
        return case


@pytest.fixture(autouse=True)
def _no_counters() -> None:
    cache.clear()


@pytest.fixture
def play(scene: Scene) -> Play:
    """A case with a word from everybody, files of both sides, and a look at the contact."""
    publish_rules({"words": "meter*", "target": "grid"})
    play = Play(scene, place_note="The blue house", text="The meter shows a wrong number.")
    play.accept().ask()
    citizen, officer = play.actor("citizen"), play.actor("case_officer")
    play.reply()
    casework.message(
        actor=citizen, number=play.number, text="A photo of it", files=[play.photo("citizen")]
    )
    casework.note(
        actor=officer,
        number=play.number,
        text="Between us: she calls often.",
        files=[play.photo("case_officer")],
    )
    play.break_seal(reason="To visit the house with a meter")
    return play.answer()


def open_case(client: Client, play: Play) -> None:
    given = {"number": play.number, "secret": play.receipt.secret}
    assert client.post("/complaints/track/", given).status_code == 302


def copy_of(client: Client, play: Play, language: str = "en") -> Copy:
    open_case(client, play)
    return Copy(client.post(f"/{language}/complaints/track/{play.number}/data/copy/"))


def test_it_holds_what_the_citizen_said_and_was_told(play: Play, client: Client) -> None:
    case = copy_of(client, play).case
    assert (case["number"], case["text"]) == (play.number, "The meter shows a wrong number.")
    assert case["place_note"] == "The blue house"
    assert case["contact"]["name"] == "Rahima"
    assert case["contact"]["phone"] == "+8801712345678"
    said = [step["said"].get("text") for step in case["steps"]]
    assert {"Which meter is it?", "The left one.", "The meter was changed."} <= set(said)
    assert [deadline["kind"] for deadline in case["deadlines"]]
    assert case["messages_to_you"][0]["channel"] in ("sms", "email")
    assert all(step["hash"] for step in case["steps"])


def test_it_says_who_looked_and_why_but_not_which_officer(play: Play, client: Client) -> None:
    copy = copy_of(client, play)
    (look,) = copy.case["who_looked"]
    assert look["reason"] == "To visit the house with a meter"
    assert look["office"] == play.cast.department.name
    everything = json.dumps(copy.data) + copy.page
    for user in User.objects.all():
        assert user.email not in everything
        assert not user.name or user.name not in everything.replace("Rahima", "")


def test_nothing_internal_is_in_it(play: Play, client: Client) -> None:
    copy = copy_of(client, play)
    assert "she calls often" not in json.dumps(copy.data) + copy.page
    assert not {step["step"] for step in copy.case["steps"]} & {"note", "assign", "link_respondent"}
    assert Attachment.objects.filter(internal=True).count() == 1
    assert len([name for name in copy.names if "files/" in name]) == 1


def test_the_files_are_there_as_they_were_kept(play: Play, client: Client) -> None:
    copy = copy_of(client, play)
    (listed,) = copy.case["files"]
    stored = Attachment.objects.get(internal=False)
    assert copy.archive.read(listed["path"]) == stored.file.read()
    stored.file.close()
    assert f'href="{listed["path"]}"' in copy.page


def test_a_file_that_is_gone_from_the_disk_is_named_without_a_path(
    play: Play, client: Client
) -> None:
    stored = Attachment.objects.get(internal=False)
    stored.file.delete(save=False)
    Attachment.objects.filter(pk=stored.pk).update(file="attachments/nothing.jpg")
    (listed,) = copy_of(client, play).case["files"]
    assert (listed["path"], listed["name"]) == ("", stored.name)


def test_what_is_too_much_is_named_and_left_out(
    play: Play, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST_BYTES", 10)
    copy = copy_of(client, play)
    assert copy.case["files"][0]["path"] == ""
    assert "too large" in copy.page


def test_the_page_reads_in_the_languages_of_the_reader(play: Play, client: Client) -> None:
    copy = copy_of(client, play, language="bn")
    assert '<html lang="bn">' in copy.page
    assert "Rahima" in copy.page


def test_words_cannot_break_out_of_the_page(scene: Scene, client: Client) -> None:
    play = Play(scene, text="<script>alert(1)</script> the meter shows a wrong number")
    copy = copy_of(client, play)
    assert "<script>alert" not in copy.page
    assert "&lt;script&gt;" in copy.page


def test_raw_messages_are_in_it_while_they_are_kept(play: Play, client: Client) -> None:
    Message.objects.create(
        channel="sms",
        external_id="1",
        sealed=sealing.seal({"text": "The meter is wrong"}),
        case=play.case,
        state=Message.State.DONE,
        next_at=timezone.now(),
        received_at=timezone.now(),
    )
    case = copy_of(client, play).case
    assert case["messages_from_you"][0]["as_it_came"] == {"text": "The meter is wrong"}
    assert case["devices"] == 0


def test_how_it_was_routed_and_restrictions_are_in_it(play: Play, client: Client) -> None:
    Restriction.objects.create(
        country="bd",
        kind="phone",
        index="x",
        case=play.case,
        reason="The same letter a hundred times",
        imposed_by=play.cast.overseer,
        imposed_at=timezone.now(),
        until=timezone.now() + timezone.timedelta(days=3),
    )
    case = copy_of(client, play).case
    assert case["restrictions"][0]["reason"] == "The same letter a hundred times"
    assert case["routing"]["words_found"]
    assert "imposed_by" not in json.dumps(case)


def test_nobody_on_the_way_keeps_it(play: Play, client: Client) -> None:
    response = copy_of(client, play).response
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == f'attachment; filename="{play.number}.zip"'


def test_without_the_secret_there_is_none(play: Play, client: Client) -> None:
    address = f"/complaints/track/{play.number}/data/copy/"
    assert client.post(address)["Location"].startswith("/complaints/track/?number=")
    client.force_login(play.cast.overseer)
    assert client.post(address).status_code == 302
    assert client.get(address).status_code == 405


def test_too_many_in_an_hour_are_refused_in_plain_words(play: Play, client: Client) -> None:
    open_case(client, play)
    address = f"/en/complaints/track/{play.number}/data/copy/"
    for _time in range(10):
        response = client.post(address)
        assert response.status_code == 200
        response.getvalue()
    refused = client.post(address)
    assert refused.status_code == 429
    assert "Wait a little" in refused.content.decode()


def test_after_erasing_it_says_that_nothing_is_kept(play: Play, client: Client) -> None:
    from complaints.services import erasing

    erasing.erase(actor=play.actor("citizen"), number=play.number)
    copy = copy_of(client, play)
    assert copy.case["contact"] == {}
    assert "Nothing is kept about who you are." in copy.page
    assert "Rahima" not in json.dumps(copy.data)


class TestByTheApi:
    def test_with_the_secret(self, play: Play, client: Client) -> None:
        address = f"/api/v1/complaints/{play.number}/export/"
        copy = Copy(client.post(address, {"secret": play.receipt.secret}, "application/json"))
        assert copy.case["number"] == play.number

    def test_a_wrong_secret_opens_nothing(self, play: Play, client: Client) -> None:
        address = f"/api/v1/complaints/{play.number}/export/"
        response = client.post(address, {"secret": "0" * 16}, "application/json")
        assert response.status_code == 404

    def test_too_many_are_refused(self, play: Play, client: Client) -> None:
        address, given = (
            f"/api/v1/complaints/{play.number}/export/",
            {"secret": play.receipt.secret},
        )
        for _time in range(10):
            client.post(address, given, "application/json").getvalue()
        response = client.post(address, given, "application/json")
        assert (response.status_code, response.json()["code"]) == (429, "too_many")


class TestAnAccount:
    @pytest.fixture
    def charlie(self, play: Play, client: Client) -> Client:
        Case.objects.filter(pk=play.case.pk).update(owner=play.cast.charlie)
        client.force_login(play.cast.charlie)
        return client

    def test_it_holds_the_account_and_its_own_cases(self, play: Play, charlie: Client) -> None:
        Play(play.scene)
        copy = Copy(charlie.post("/en/my-data/copy/"))
        assert copy.data["account"]["email"] == play.cast.charlie.email
        assert copy.case["number"] == play.number
        assert any(name.startswith(f"{play.number}/files/") for name in copy.names)
        assert "password" not in json.dumps(copy.data)

    def test_more_cases_than_fit_are_named(
        self, play: Play, charlie: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        second = Play(play.scene)
        Case.objects.filter(pk=second.case.pk).update(owner=play.cast.charlie)
        monkeypatch.setattr(export, "MOST_CASES", 1)
        copy = Copy(charlie.post("/en/my-data/copy/"))
        assert copy.case["number"] == second.number
        assert copy.data["cases_left_out"] == [play.number]
        assert play.number in copy.page

    def test_an_officers_holds_posts_and_looks_but_no_case_of_others(
        self, play: Play, client: Client
    ) -> None:
        client.force_login(play.cast.case_officer)
        copy = Copy(client.post("/en/my-data/copy/"))
        assert copy.data["cases"] == []
        assert copy.data["posts"][0]["office"] == play.cast.department.name
        assert [look["case__number"] for look in copy.data["looks"]] == [play.number]
        assert "Rahima" not in json.dumps(copy.data)

    def test_looks_at_a_case_that_an_officer_is_barred_from_by_now_are_left_out(
        self, play: Play, client: Client
    ) -> None:
        play.about(by="desk" if play.may("desk") else "overseer", user_id=play.cast.case_officer.pk)
        client.force_login(play.cast.case_officer)
        copy = Copy(client.post("/en/my-data/copy/"))
        assert copy.data["looks"] == []
        assert play.number not in json.dumps(copy.data)

    def test_nobody_signed_in_is_sent_to_the_door(self, play: Play, client: Client) -> None:
        for address in ("/my-data/", "/my-data/delete/"):
            assert client.get(address)["Location"].startswith("/accounts/login/")

    def test_the_page_names_what_there_is(self, play: Play, charlie: Client) -> None:
        page = charlie.get("/en/my-data/").content.decode()
        assert play.cast.charlie.email in page
        assert play.number in page
        assert "Delete the account" in page


def test_an_archive_of_large_files_is_made_in_small_pieces() -> None:
    large = [(f"{n}.bin", io.BytesIO(bytes(300_000))) for n in range(3)]
    pieces = list(zipped({"a.txt": "words"}, large))
    assert max(map(len, pieces)) < 100_000
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert [len(archive.read(f"{n}.bin")) for n in range(3)] == [300_000] * 3
    assert all(content.closed for _name, content in large)


def test_an_archive_is_the_same_each_time() -> None:
    """Nothing in it tells when, or on which machine, it was made."""
    made = [b"".join(zipped({"a.txt": "words"}, [])) for _time in range(2)]
    assert made[0] == made[1]


class TestAnApp:
    def test_it_gets_a_copy_of_its_account(self, scene: Scene) -> None:
        app = App()
        receipt = app.file()
        copy = Copy(app("POST", "me/export/"))
        assert copy.case["number"] == receipt["number"]
        assert copy.data["account"]["email"] == app.user.email

    def test_its_account_is_deleted_once_no_case_is_open(self, scene: Scene) -> None:
        app = App()
        receipt = app.file()
        refused = app("POST", "me/delete/")
        assert (refused.status_code, refused.json()["code"]) == (409, "cases_open")
        case = Case.objects.get(number=receipt["number"])
        casework.decline(
            actor=scene.actor(scene.cast.desk),
            number=case.number,
            reason="A matter for a court",
            where_to="The court",
        )
        pk = app.user.pk
        assert app("POST", "me/delete/").status_code == 204
        assert not User.objects.filter(pk=pk).exists()
        assert app("GET", "me/complaints/").status_code == 401
        case.refresh_from_db()
        assert case.owner is None
