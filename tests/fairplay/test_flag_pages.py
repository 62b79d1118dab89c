"""Patterns on their pages: who reads and decides."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from tests.complaints.conftest import Scene
from tests.complaints.test_together import together as together
from tests.factories.agencies import make_officer
from tests.fairplay.test_flags import file_many, look, routed

__all__ = ["routed"]


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(f"/en{path}")
    assert answer.status_code == status
    return str(answer.content.decode())


def test_an_overseer_reads_a_flag_and_decides(routed: Scene, client: Client) -> None:
    client.force_login(routed.cast.overseer)
    assert "Nothing is to be examined" in page(client, "/oversight/flags/")
    plays = file_many(routed, 10)
    (flag,) = look()
    url = f"/oversight/flags/{flag.key}/"
    assert url in page(client, "/oversight/flags/")
    html = page(client, url)
    assert all(play.number in html for play in plays)
    assert client.post(f"/en{url}", {"confirm": "yes", "reason": "ok"}).status_code == 422
    assert client.post(f"/en{url}", {}).status_code == 422
    sent = {"confirm": "no", "reason": "A storm cut the power that day."}
    assert client.post(f"/en{url}", sent).status_code == 302
    assert "A storm cut the power that day." in page(client, url)
    assert client.post(f"/en{url}", sent).status_code == 409
    assert url in page(client, "/oversight/flags/?show=dismissed")


def test_an_auditor_reads_and_an_officer_does_not(routed: Scene, client: Client) -> None:
    file_many(routed, 10)
    (flag,) = look()
    url = f"/oversight/flags/{flag.key}/"
    client.force_login(routed.cast.auditor)
    assert "An overseer decides." in page(client, url)
    assert client.post(f"/en{url}", {"confirm": "no", "reason": "x" * 20}).status_code == 403
    client.force_login(routed.cast.focal)
    assert client.get(f"/en{url}").status_code == 403


def test_of_cases_from_which_one_is_barred_nothing_is_shown(routed: Scene, client: Client) -> None:
    play, *_others = file_many(routed, 10)
    (flag,) = look()
    play.about(user_id=routed.cast.overseer.pk)
    client.force_login(routed.cast.overseer)
    assert play.number not in page(client, f"/oversight/flags/{flag.key}/")


def test_looking_costs_the_same_however_many_cases_there_are(routed: Scene) -> None:
    make_officer("Somebody", Role.CASE_OFFICER, routed.cast.department, phone="nonsense")
    look()

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            look()
        return len(captured)

    file_many(routed, 2)
    few = cost()
    file_many(routed, 6)
    assert cost() == few
