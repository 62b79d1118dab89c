"""The desk's pages of clusters: found, read, handled as one, dismissed; refused to others."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.submission import ContactDetails
from fairplay.models import Cluster
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.fairplay.test_joining_clusters import filed, found, states
from tests.fairplay.test_prints import ALIKE, LONG


def page(client: Client, path: str = "/desk/clusters/", status: int = 200) -> str:
    answer = client.get(f"/en{path}")
    assert answer.status_code == status
    return str(answer.content.decode())


def url(cluster: Cluster) -> str:
    return f"/desk/clusters/{cluster.key}/"


@pytest.fixture
def desk(scene: Scene, client: Client) -> Client:
    client.force_login(scene.cast.desk)
    return client


def sent(cluster: Cluster, lead: Play, *ticked: Play, shown: list[Play], **more: str) -> Any:
    data = {"do": "join", "lead": lead.number, "case": [p.case.pk for p in ticked]}
    return {**data, "shown": [p.case.pk for p in shown], **more}


def test_nothing_alike_is_said_as_such(desk: Client) -> None:
    assert "Nothing came in again and again" in page(desk)
    assert "No cluster was dismissed" in page(desk, "/desk/clusters/?show=dismissed")
    assert "No cluster is handled as one" in page(desk, "/desk/clusters/?show=joined")
    assert "Nothing came in" in page(desk, "/desk/clusters/?show=nonsense&page=x")


def test_the_list_shows_words_size_senders_and_that_it_grows(
    scene: Scene, clock: Any, desk: Client
) -> None:
    filed(scene, 3)
    found(clock)
    html = page(desk)
    assert "The transformer behind the primary school" in html
    assert "each from a different person" in html
    assert "Growing" in html
    clock.shift(timedelta(days=2))
    desk.force_login(scene.cast.desk)
    assert "Growing" not in page(desk)


def test_many_from_one_sender_are_called_a_flood_and_lead_to_a_restriction(
    scene: Scene, clock: Any, desk: Client
) -> None:
    same = ContactDetails(phone="01712345678")
    plays = [Play(scene, named=False, text=LONG, contact=same) for _each in range(3)]
    cluster = found(clock)
    assert "Flood" in page(desk)
    assert any(
        f"/office/cases/{play.number}/restrict/" in page(desk, url(cluster)) for play in plays
    )


def test_a_campaign_is_nobodys_fault(scene: Scene, clock: Any, desk: Client) -> None:
    filed(scene, 3)
    html = page(desk, url(found(clock)))
    assert "are a campaign. That is their right" in html
    assert "/restrict/" not in html


def test_differences_are_marked(scene: Scene, clock: Any, desk: Client) -> None:
    filed(scene, 2)
    filed(scene, 1, ALIKE, first=50)
    html = page(desk, url(found(clock)))
    assert "<mark>four</mark>" in html
    assert "The very same words" in html


def test_the_one_that_an_office_has_is_suggested_as_the_lead(
    scene: Scene, clock: Any, desk: Client
) -> None:
    _first, second, _third = filed(scene, 3)
    cluster = found(clock)
    second.forward()
    assert f'<option value="{second.number}" selected>' in page(desk, url(cluster))


def test_the_desk_unticks_some_and_handles_the_rest_as_one(
    scene: Scene, clock: Any, desk: Client
) -> None:
    plays = filed(scene, 4)
    cluster = found(clock)
    lead, other, third, out = plays
    answer = desk.post(f"/en{url(cluster)}", sent(cluster, lead, lead, other, third, shown=plays))
    assert answer.status_code == 302
    assert (other.state, third.state, out.state) == (*["closed: merged"] * 2, "received")
    html = page(desk, url(cluster))
    assert "3 of 3 are together." in html
    assert "Handled as one" in page(desk, "/desk/clusters/?show=joined")
    assert "Nothing came in again" in page(desk)


def test_those_that_no_page_shows_are_joined_too_but_only_the_same_words_if_asked(
    scene: Scene, clock: Any, desk: Client
) -> None:
    plays = filed(scene, 3) + filed(scene, 1, ALIKE, first=50)
    cluster = found(clock)
    lead, shown, _hidden, alike = plays
    data = sent(cluster, lead, shown, shown=[lead, shown], exact_only="1")
    assert desk.post(f"/en{url(cluster)}", data).status_code == 302
    assert states(cluster) == {"joined": 3, "left_out": 1}
    assert alike.state == "received"


def test_progress_is_shown_while_it_goes_on(scene: Scene, clock: Any, desk: Client) -> None:
    plays = filed(scene, 9)
    cluster = found(clock)
    desk.post(f"/en{url(cluster)}", sent(cluster, plays[0], *plays, shown=plays))
    html = page(desk, f"{url(cluster)}live/")
    assert "6 of 9 are together." in html
    assert "hx-get" in html


def test_why_one_could_not_be_joined_is_said(scene: Scene, clock: Any, desk: Client) -> None:
    plays = filed(scene, 3)
    cluster = found(clock)
    plays[2].forward().accept()
    desk.post(f"/en{url(cluster)}", sent(cluster, plays[0], plays[1], plays[2], shown=plays[:2]))
    assert "It has gone on meanwhile" in page(desk, url(cluster))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"do": "join", "lead": "nothing"}, "Choose an open filing"),
        ({"do": "join"}, "Choose an open filing"),
        ({"do": "dismiss", "reason": ""}, "at least 3 letters"),
        ({"case": ["x", "9" * 30], "shown": ["-1"]}, "Choose an open filing"),
    ],
)
def test_what_is_wrong_is_said_in_words(
    scene: Scene, clock: Any, desk: Client, data: dict[str, Any], said: str
) -> None:
    filed(scene, 3)
    cluster = found(clock)
    answer = desk.post(f"/en{url(cluster)}", data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert states(cluster) == {"found": 3}


def test_the_desk_dismisses_with_a_reason(scene: Scene, clock: Any, desk: Client) -> None:
    filed(scene, 3)
    cluster = found(clock)
    data = {"do": "dismiss", "reason": "A class wrote letters"}
    assert desk.post(f"/en{url(cluster)}", data).status_code == 302
    assert "A class wrote letters" in page(desk, url(cluster))
    assert "Handle as one</button>" not in page(desk, url(cluster))


@pytest.mark.parametrize("who", ["overseer", "auditor"])
def test_those_who_oversee_read_and_do_nothing(
    scene: Scene, clock: Any, client: Client, who: str
) -> None:
    plays = filed(scene, 3)
    cluster = found(clock)
    client.force_login(getattr(scene.cast, who))
    assert "Handle as one</button>" not in page(client, url(cluster))
    answer = client.post(f"/en{url(cluster)}", sent(cluster, plays[0], *plays, shown=plays))
    assert answer.status_code == 403
    assert states(cluster) == {"found": 3}


def test_of_a_filing_from_which_one_is_barred_nothing_is_shown(
    scene: Scene, clock: Any, desk: Client
) -> None:
    hidden, *_others = filed(scene, 2)
    shown = filed(scene, 2, ALIKE, first=50)
    cluster = found(clock)
    hidden.about(user_id=scene.cast.desk.pk)
    html = page(desk, url(cluster)) + page(desk)
    assert hidden.number not in html
    assert shown[0].number in html


def test_a_cluster_of_which_all_is_hidden_is_none(scene: Scene, clock: Any, desk: Client) -> None:
    plays = filed(scene, 3)
    cluster = found(clock)
    assert str(cluster.key) in page(desk)
    for play in plays:
        play.about(user_id=scene.cast.desk.pk)
    html = page(desk)
    assert str(cluster.key) not in html
    assert "Nothing came in again and again" in html
    assert ">1<" not in html
    page(desk, url(cluster), status=404)
    page(desk, f"{url(cluster)}live/", status=404)


def test_no_way_to_a_restriction_names_a_filing_from_which_one_is_barred(
    scene: Scene, clock: Any, desk: Client
) -> None:
    same = ContactDetails(phone="01712345678")
    plays = [Play(scene, named=False, text=LONG, contact=same) for _each in range(3)]
    cluster = found(clock)
    assert "Restrict whoever filed this" in page(desk, url(cluster))
    most = next(play for play in plays if play.case.pk == cluster.most_case_id)
    most.about(user_id=scene.cast.desk.pk)
    html = page(desk, url(cluster))
    assert most.number not in html
    assert "Restrict whoever filed this" not in html


def test_the_list_costs_the_same_however_many_there_are(
    scene: Scene, clock: Any, desk: Client
) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(desk)
        return len(captured)

    filed(scene, 3)
    found(clock)
    page(desk)
    one = cost()
    for place in (scene.cast.upazila, scene.cast.other_upazila):
        for _each in range(3):
            text = "Somebody parks a bus on the footpath near the market every single evening."
            Play(scene, named=False, text=text, place=place.code)
    clock.shift(timedelta(minutes=5))
    from fairplay.services.finding import find_clusters

    find_clusters()
    assert Cluster.objects.count() == 3
    assert cost() == one
