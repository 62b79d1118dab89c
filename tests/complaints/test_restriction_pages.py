"""Restrictions on pages and by the API: who is told of them, and who is not."""

from django.test import Client

from accounts.roles import Role
from complaints.submission import ContactDetails
from tests.complaints.conftest import Scene
from tests.complaints.officers import case_url, move_url
from tests.complaints.play import Play
from tests.complaints.test_restrictions import (
    HARMLESS,
    REASON,
    _no_counts,
    appeal,
    decide,
    restrict,
)
from tests.complaints.test_together import together as together
from tests.factories.agencies import make_officer

__all__ = ["_no_counts"]


def follow(client: Client, play: Play) -> str:
    given = {"number": play.number, "secret": play.receipt.secret}
    assert client.post("/en/complaints/track/", given).status_code == 302
    return client.get(f"/en/complaints/track/{play.number}/").content.decode()


def test_the_desk_restricts_on_a_page_and_ends_it_there(scene: Scene, client: Client) -> None:
    play = Play(scene)
    client.force_login(scene.cast.desk)
    assert (
        "Restrict whoever filed this" in client.get(f"/en{case_url(play.receipt)}").content.decode()
    )
    form = client.get(f"/en{move_url(play.receipt, 'restrict')}").content.decode()
    assert 'max="2027-02-20"' in form
    sent = {"reason": REASON, "until": "2026-12-06", "seen": 1}
    assert client.post(f"/en{move_url(play.receipt, 'restrict')}", sent).status_code == 302
    client.get(f"/en{case_url(play.receipt)}")
    page = client.get(f"/en{case_url(play.receipt)}").content.decode()
    assert "End the restriction now" in page
    assert "Restrict whoever filed this" not in page
    assert REASON in page


def test_a_bad_day_is_said_at_its_field(scene: Scene, client: Client) -> None:
    play = Play(scene)
    client.force_login(scene.cast.desk)
    sent = {"reason": REASON, "until": "2030-01-01", "seen": 1}
    answer = client.post(f"/en{move_url(play.receipt, 'restrict')}", sent)
    assert answer.status_code == 422
    assert "at most 90 days" in answer.content.decode()


def test_of_an_anonymous_case_the_page_offers_no_restriction(scene: Scene, client: Client) -> None:
    play = Play(scene, named=False)
    client.force_login(scene.cast.desk)
    assert "Restrict whoever" not in client.get(f"/en{case_url(play.receipt)}").content.decode()


def test_no_office_learns_of_it(scene: Scene, client: Client) -> None:
    play = Play(scene).forward().accept()
    before = play.file_for("focal").seen
    restrict(play)
    assert play.file_for("focal").seen == before
    for who in ("focal", "case_officer", "head"):
        client.force_login(getattr(scene.cast, who))
        assert "restrict" not in client.get(f"/en{case_url(play.receipt)}").content.decode()
    assert "restrict" not in [e.event.move for e in play.file_for("focal").timeline]
    assert "restrict" in [e.event.move for e in play.file_for("auditor").timeline]


def test_the_person_reads_why_and_appeals_on_their_page(scene: Scene, client: Client) -> None:
    play = restrict(Play(scene))
    page = follow(client, play)
    assert "You are restricted for a time" in page
    assert REASON in page
    sent = {"grounds": "It was my neighbour's telephone."}
    url = f"/en/complaints/track/{play.number}/appeal_restriction/"
    assert client.post(url, {"grounds": "No"}).status_code == 422
    assert client.post(url, sent).status_code == 302
    page = client.get(f"/en/complaints/track/{play.number}/").content.decode()
    assert "You appealed." in page
    assert "Appeal against the restriction</button>" not in page
    decide(play, lift=False)
    page = client.get(f"/en/complaints/track/{play.number}/").content.decode()
    assert "Your appeal was decided: it stays." in page


def test_the_person_reads_that_it_was_lifted(scene: Scene, client: Client) -> None:
    play = decide(appeal(restrict(Play(scene))), lift=True)
    page = follow(client, play)
    assert "Your appeal was decided: the restriction is lifted." in page
    assert "it stays" not in page


def test_somebody_elses_page_says_nothing_of_it(scene: Scene, client: Client) -> None:
    restrict(Play(scene))
    other = Play(scene, named=False)
    assert "restricted" not in follow(client, other)


def test_the_page_of_what_waits_says_that_it_waits(scene: Scene, client: Client) -> None:
    restrict(Play(scene))
    play = Play(scene, text=HARMLESS)
    assert "This complaint waits for the central desk" in follow(client, play)


def test_an_app_is_told_and_appeals(scene: Scene, client: Client) -> None:
    play = restrict(Play(scene))
    secret = {"secret": play.receipt.secret}
    url = f"/api/v1/complaints/{play.number}"
    told = client.post(f"{url}/follow/", secret, "application/json").json()
    assert (told["restriction"], told["held"]) == ("open", False)
    assert "appeal_restriction" in told["moves"]
    assert told["timeline"][-1]["said"] == {"text": REASON}
    sent = {**secret, "grounds": "It was my neighbour's telephone."}
    assert (
        client.post(f"{url}/moves/appeal_restriction/", sent, "application/json").status_code == 200
    )
    told = client.post(f"{url}/follow/", secret, "application/json").json()
    assert told["restriction"] == "appealed"
    assert "appeal_restriction" not in told["moves"]


def test_overseers_find_what_is_appealed_in_a_list(scene: Scene, client: Client) -> None:
    first, second = (
        Play(scene),
        Play(scene, named=False, contact=ContactDetails(phone="01812345678")),
    )
    appeal(restrict(first))
    restrict(second)
    make_officer("Second Overseer", Role.OVERSEER, scene.cast.cabinet)
    client.force_login(scene.cast.overseer)
    page = client.get("/en/oversight/restrictions/").content.decode()
    assert first.number in page
    assert second.number not in page
    page = client.get("/en/oversight/restrictions/?show=open").content.decode()
    assert first.number in page
    assert second.number in page
    page = client.get("/en/oversight/restrictions/?show=ended").content.decode()
    assert "No restriction has ended" in page
