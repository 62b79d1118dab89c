"""The pages of a citizen's own data: what is kept, having it erased, deleting an account; and the API."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from complaints.models import Case, Contact
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day


class Citizen:
    """Somebody in front of a browser in which their case is open."""

    def __init__(self, play: Play, client: Client) -> None:
        self.play, self.client = play, client
        self.base = f"/en/complaints/track/{play.number}/"
        self.open()

    def open(self) -> None:
        given = {"number": self.play.number, "secret": self.play.receipt.secret}
        assert self.client.post("/en/complaints/track/", given).status_code == 302

    def page(self, path: str = "data/") -> str:
        response = self.client.get(f"{self.base}{path}")
        assert response.status_code == 200
        return response.content.decode()

    def erase(self, what: str = "person", **given: Any) -> Any:
        form = {"secret": self.play.receipt.secret, "sure": "on"} | given
        return self.client.post(f"{self.base}data/erase/{what}/", form)


@pytest.fixture
def rahima(scene: Scene, client: Client) -> Citizen:
    return Citizen(Play(scene).forward().accept().answer().confirm(), client)


class TestWhatIsKept:
    def test_the_case_leads_there(self, rahima: Citizen) -> None:
        assert f"{rahima.base}data/" in rahima.page("")

    def test_a_closed_case_says_until_when(self, rahima: Citizen) -> None:
        page = rahima.page()
        assert "until <time" in page
        assert "21 November 2028" in page

    def test_an_open_one_says_how_long_from_closing(self, scene: Scene, client: Client) -> None:
        page = Citizen(Play(scene), client).page()
        assert "2 years from the closing of the case" in page
        assert "until the office" not in page

    def test_words_that_have_to_stay_have_a_reason_instead_of_a_link(
        self, rahima: Citizen, clock: Any
    ) -> None:
        page = rahima.page()
        assert "once the time for an appeal is over" in page
        assert "data/erase/words/" not in page
        clock.move_to(day(40))
        rahima.open()
        assert "data/erase/words/" in rahima.page()

    def test_a_stranger_comes_to_the_door(self, rahima: Citizen) -> None:
        for path in ("data/", "data/erase/person/"):
            response = Client().get(f"{rahima.base}{path}")
            assert response["Location"] == f"/en/complaints/track/?number={rahima.play.number}"

    def test_a_sensitive_case_can_be_left_quickly(self, scene: Scene, client: Client) -> None:
        sealed = Citizen(Play(scene, about_official=True), client)
        for path in ("data/", "data/erase/person/"):
            assert "data-leave" in sealed.page(path) or "leave/" in sealed.page(path)


class TestErasing:
    def test_the_page_says_what_it_means_before_anything_happens(self, rahima: Citizen) -> None:
        page = rahima.page("data/erase/person/")
        assert "nobody can bring it back" in page
        assert "Only the secret of your receipt opens the case" in page
        assert rahima.play.case.person_erased_at is None

    def test_with_the_secret_it_is_done_and_said(self, rahima: Citizen) -> None:
        response = rahima.erase()
        assert response["Location"] == f"{rahima.base}data/"
        page = rahima.page()
        assert "It is erased." in page
        assert "Who you are was erased on" in page
        assert "data/erase/person/" not in page
        assert Contact.objects.get().erased_at is not None
        assert "Who you are is erased." in rahima.page("")

    def test_the_secret_may_be_typed_as_it_is_printed(self, rahima: Citizen) -> None:
        typed = "  " + rahima.play.receipt.secret.replace(" ", "-") + " "
        assert rahima.erase(secret=typed).status_code == 302

    @pytest.mark.parametrize("secret", ["", "0000 0000 0000 0000", "x" * 60])
    def test_a_wrong_secret_erases_nothing(self, rahima: Citizen, secret: str) -> None:
        response = rahima.erase(secret=secret)
        assert response.status_code in (404, 422)
        assert "govuk-error-summary" in response.content.decode()
        assert rahima.play.case.person_erased_at is None

    def test_the_secret_of_another_case_erases_nothing(self, rahima: Citizen) -> None:
        other = Play(rahima.play.scene)
        response = rahima.erase(secret=other.receipt.secret)
        assert response.status_code == 404
        assert "does not open the complaint" in response.content.decode()
        assert rahima.play.case.person_erased_at is None
        assert other.case.person_erased_at is None

    def test_guessing_is_stopped(self, rahima: Citizen) -> None:
        for _time in range(10):
            rahima.erase(secret="0000000000000000")
        assert rahima.erase().status_code == 429
        assert rahima.play.case.person_erased_at is None

    def test_without_the_tick_nothing_is_erased(self, rahima: Citizen) -> None:
        response = rahima.erase(sure="")
        assert response.status_code == 422
        assert "Tick the box if you are sure." in response.content.decode()
        assert rahima.play.case.person_erased_at is None

    def test_a_second_time_is_as_well(self, rahima: Citizen) -> None:
        rahima.erase()
        events = rahima.play.case.last_seq
        assert rahima.erase().status_code == 302
        assert rahima.play.case.last_seq == events

    def test_words_before_their_time_are_refused_in_plain_words(self, rahima: Citizen) -> None:
        response = rahima.erase("words")
        assert response.status_code == 409
        assert "once the time for an appeal is over" in response.content.decode()
        assert rahima.play.case.text

    def test_words_go_when_their_time_has_come(self, rahima: Citizen, clock: Any) -> None:
        clock.move_to(day(40))
        rahima.open()
        assert rahima.erase("words").status_code == 302
        assert "Your words and files are erased too." in rahima.page()
        assert "These words were erased." in rahima.page("")
        assert "Have it erased" not in rahima.page()

    def test_there_is_nothing_else_to_erase(self, rahima: Citizen) -> None:
        assert rahima.client.get(f"{rahima.base}data/erase/everything/").status_code == 404

    def test_an_open_case_warns_that_no_news_comes(self, scene: Scene, client: Client) -> None:
        page = Citizen(Play(scene), client).page("data/erase/person/")
        assert "Look in from time to time" in page

    def test_it_is_not_offered_news_on_a_device_afterwards(
        self, rahima: Citizen, settings: Any
    ) -> None:
        rahima.erase()
        assert "data-news" not in rahima.page("")


class TestByTheApi:
    def erase(self, client: Client, play: Play, **given: Any) -> Any:
        body = {"secret": play.receipt.secret, "what": "person"} | given
        return client.post(f"/en/api/v1/complaints/{play.number}/erase/", body, "application/json")

    def test_who_it_was(self, scene: Scene, client: Client) -> None:
        play = Play(scene)
        response = self.erase(client, play)
        assert response.status_code == 200
        assert response["Cache-Control"] == "no-store"
        body = response.json()
        assert datetime.fromisoformat(body["person_erased_at"]) == day(0)
        assert (body["words_erased"], body["seen"]) == (False, play.case.last_seq)

    def test_words_too_early(self, scene: Scene, client: Client) -> None:
        play = Play(scene)
        response = self.erase(client, play, what="words")
        assert (response.status_code, response.json()["code"]) == (409, "case_open")
        assert play.case.person_erased_at is None

    @pytest.mark.parametrize(
        ("given", "status"),
        [({"secret": "0" * 16}, 404), ({"what": "everything"}, 400), ({"what": ""}, 400)],
    )
    def test_what_is_wrong_erases_nothing(
        self, scene: Scene, client: Client, given: dict[str, str], status: int
    ) -> None:
        play = Play(scene)
        assert self.erase(client, play, **given).status_code in (status, 422)
        assert play.case.person_erased_at is None


class TestDeletingAnAccount:
    @pytest.fixture
    def charlie(self, scene: Scene, client: Client) -> Client:
        client.force_login(scene.cast.charlie)
        # As after signing in just now.
        session = client.session
        session["account_authentication_methods"] = [
            {"method": "password", "at": day(0).timestamp(), "email": scene.cast.charlie.email}
        ]
        session.save()
        return client

    def test_it_goes_and_nobody_is_signed_in_any_more(self, scene: Scene, charlie: Client) -> None:
        assert charlie.get("/en/my-data/delete/").status_code == 200
        response = charlie.post("/en/my-data/delete/", {"sure": "on"})
        assert response["Location"] == "/en/"
        assert not User.objects.filter(pk=scene.cast.charlie.pk).exists()
        assert charlie.get("/en/my-data/").status_code == 302

    def test_without_the_tick_it_stays(self, scene: Scene, charlie: Client) -> None:
        assert charlie.post("/en/my-data/delete/").status_code == 422
        assert User.objects.filter(pk=scene.cast.charlie.pk).exists()

    def test_with_an_open_case_it_stays_and_the_case_is_named(
        self, scene: Scene, charlie: Client
    ) -> None:
        play = Play(scene)
        Case.objects.filter(pk=play.case.pk).update(owner=scene.cast.charlie)
        assert play.number in charlie.get("/en/my-data/delete/").content.decode()
        assert charlie.post("/en/my-data/delete/", {"sure": "on"}).status_code == 409
        assert User.objects.filter(pk=scene.cast.charlie.pk).exists()

    def test_an_officers_is_not_deleted_here(self, scene: Scene, client: Client) -> None:
        client.force_login(scene.cast.case_officer)
        session = client.session
        session["account_authentication_methods"] = [
            {"method": "password", "at": day(0).timestamp(), "email": "x"}
        ]
        session.save()
        response = client.post("/en/my-data/delete/", {"sure": "on"})
        assert response["Location"] == "/en/my-data/"
        assert User.objects.filter(pk=scene.cast.case_officer.pk).exists()

    def test_who_signed_in_long_ago_has_to_show_it_again(
        self, scene: Scene, client: Client
    ) -> None:
        scene.cast.charlie.set_password("only charlie knows it")
        scene.cast.charlie.save()
        client.force_login(scene.cast.charlie)
        response = client.get("/en/my-data/delete/")
        assert "reauthenticate" in response["Location"]
