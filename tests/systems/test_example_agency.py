"""The example agency system at work: a project of its own, in processes of its own, over the real API."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from oauth2_provider.models import get_access_token_model

from complaints.models import Attachment, Case, Event
from systems.models import Delivery, Reference
from systems.out import sending
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.conftest import ROOT, eventually
from tests.factories.agencies import RegistryCast, make_registry
from tests.systems.conftest import Joined
from tests.systems.desks import FOLDER, Desk, Line, a_database, line_to
from tests.systems.hearing import follow

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROOMS = {
    *("accounts", "agencies", "routing", "record", "complaints", "channels", "console", "fairplay"),
    *("oversight", "systems", "grs", "tests"),
}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
#: What an engineer who copies it has to install.
NEEDED = {"django", "requests", "standardwebhooks"}


@pytest.fixture
def cast(live_server: object) -> RegistryCast:
    """The tiny country, where the portal of these tests sees it."""
    return make_registry()


@pytest.fixture
def scene(cast: RegistryCast) -> Scene:
    """The cast in real time: another process has a clock of its own."""
    return Scene(cast)


@pytest.fixture
def line(live_server: object) -> Iterator[Line]:
    with line_to(live_server.url) as opened:
        yield opened


@pytest.fixture
def database(live_server: object) -> Iterator[str]:
    with a_database() as url:
        yield url


@pytest.fixture
def desk(joined: Joined, line: Line, database: str, tmp_path: Path) -> Iterator[Desk]:
    """The example, joined and running."""
    # The log is followed from the first time on.
    follow()
    running = Desk(
        {
            "PORTAL_URL": line.url,
            "PORTAL_CLIENT_ID": joined.system.client_id,
            "PORTAL_CLIENT_SECRET": joined.secret,
            "DATABASE_URL": database,
        },
        tmp_path,
    )
    try:
        running.manage("migrate")
        assert "Joined as Grid Works of grid." in running.manage("join")
        running.start_web()
        running.start_loop()
        yield running
    finally:
        running.stop()
        # Shown where a test fails.
        print(running.log("web"), running.log("loop"), sep="\n")


def tell() -> None:
    """What the worker does every few seconds."""
    follow()
    sending.send_due()


def at(desk: Desk, play: Play, status: str) -> str:
    """The address of the ticket once it has this status."""
    return f"tickets/{desk.is_soon(play.number, status)}/"


def soon(play: Play, state: str) -> None:
    eventually(lambda: play.state == state, 15)


def moves(play: Play, move: str) -> int:
    return Event.objects.filter(case=play.case, move=move).count()


def test_a_case_lives_its_whole_life_at_the_desk(
    scene: Scene, desk: Desk, joined: Joined, line: Line
) -> None:
    play = Play(scene).forward()
    tell()
    ticket = at(desk, play, "In work")
    assert play.state == "in_progress"
    assert play.case.assigned == joined.system.user
    assert Reference.objects.get(case=play.case).external_id in ticket
    assert desk.rows("SELECT came_by FROM desk_event WHERE raw LIKE '%%forward%%'")[0] == (
        "webhook",
    )

    desk.send(ticket, status="Question", text="Which meter is it?")
    soon(play, "waiting")
    play.reply()
    tell()
    at(desk, play, "In work")
    assert "The left one." in desk.page(ticket)

    page = desk.send(ticket, status="Solved", text="It was changed.")
    assert "Say how it can be seen, or add a file." in page
    desk.send(ticket, ("order.exe", b"MZ no picture"), status="Solved", text="It was changed.")
    eventually(lambda: "refused" in desk.page(ticket), 15)
    assert "Only these can be added" in desk.page(ticket)
    desk.send(ticket, ("order.pdf", PDF), status="Solved", text="It was changed.")
    soon(play, "answered")
    file = Attachment.objects.get(case=play.case)
    assert file.event.move == "answer"
    assert play.case.outcome == "resolved"
    assert desk.ticket(play.number)[1] == "Solved"

    play.dispute()
    tell()
    at(desk, play, "In work")
    assert "It is as wrong as before" in desk.page(ticket)
    desk.send(ticket, status="Solved", text="Now it is right.", evidence="Reading of today")
    soon(play, "answered")
    play.confirm()
    tell()
    at(desk, play, "Closed")

    _its_own_complaint_comes_back_as_a_case(desk)
    _it_survives_a_token_that_is_gone(desk, line, scene)
    _nobody_else_can_call_it(desk)
    assert_nothing_private(desk)


def _its_own_complaint_comes_back_as_a_case(desk: Desk) -> None:
    desk.send(
        "new/",
        text="The pole in front of our house leans over the road.",
        language="en",
        name="Karim Uddin",
        phone="01712345699",
    )
    filed = eventually(lambda: Case.objects.filter(channel="agency_system").first(), 15)
    tell()
    ref = desk.is_soon(filed.number, "In work")
    assert Reference.objects.get(case=filed).external_id == ref
    assert filed.holder.code == "grid"


def _it_survives_a_token_that_is_gone(desk: Desk, line: Line, scene: Scene) -> None:
    get_access_token_model().objects.all().delete()
    eventually(lambda: any(status == 401 for _method, _path, status in line.calls), 15)
    play = Play(scene).forward()
    tell()
    at(desk, play, "In work")


def _nobody_else_can_call_it(desk: Desk) -> None:
    before = desk.rows("SELECT count(*) FROM desk_event")
    answer = requests.post(
        f"{desk.url}/hook/", json={"type": "case.answer", "data": {}}, timeout=20
    )
    assert answer.status_code == 401
    assert desk.rows("SELECT count(*) FROM desk_event") == before


def assert_nothing_private(desk: Desk) -> None:
    """Of citizens it knows the words alone."""
    kept = str(
        [
            *desk.rows("SELECT * FROM desk_ticket JOIN desk_line ON ticket_id = desk_ticket.id"),
            *desk.rows("SELECT * FROM desk_event"),
            *desk.rows("SELECT * FROM desk_sending"),
        ]
    )
    logs = desk.log("web") + desk.log("loop")
    for secret in ("Rahima", "01712345678", "rahima@", "Karim", "01712345699", "whsec_"):
        assert secret not in kept + logs


def test_what_either_side_misses_is_made_up_for(scene: Scene, desk: Desk, line: Line) -> None:
    _the_desk_is_away_and_a_webhook_is_lost(scene, desk)
    play = Play(scene).forward()
    tell()
    ticket = at(desk, play, "In work")

    # The answer gets lost: it is asked again under the same key, and done once.
    line.once("deaf", "/status/")
    desk.send(ticket, status="Message", text="Somebody comes on Sunday.")
    eventually(lambda: desk.page(ticket).count("Message – done") == 1, 15)
    assert [s for _m, p, s in line.calls if p.endswith(f"{play.number}/status/")] == [200, 200]
    assert moves(play, "message") == 1

    # The portal is too busy, and says for how long.
    line.once("busy", "/status/")
    desk.send(ticket, status="Message", text="It will be Monday.")
    eventually(lambda: moves(play, "message") == 2, 15)

    # The citizen writes, and the clerk answers without knowing.
    play.message()
    desk.send(ticket, status="Solved", text="The meter was changed.", evidence="Work order 77")
    eventually(lambda: "Solved – refused" in desk.page(ticket), 15)
    assert "Someone else has changed this case" in desk.page(ticket)
    assert play.state == "in_progress"
    eventually(lambda: "Is there any news?" in desk.page(ticket), 15)

    _the_portal_is_away(scene, desk, line, play, ticket)
    _what_differs_is_found_at_night(desk, play)


def _the_desk_is_away_and_a_webhook_is_lost(scene: Scene, desk: Desk) -> None:
    desk.stop("web", "loop")
    play = Play(scene).forward()
    tell()
    assert Delivery.objects.get().state == "waiting"
    assert Delivery.objects.get().error == "unreachable"

    assert "1 events from the feed" in desk.manage("catch_up")
    assert desk.ticket(play.number)[1] == "In work"
    desk.start_web()
    Delivery.objects.update(next_at=Delivery.objects.get().made_at)
    sending.send_due()
    assert Delivery.objects.get(state="sent").log_seq
    assert desk.rows("SELECT came_by FROM desk_event") == [("feed",)]
    desk.start_loop()


def _the_portal_is_away(scene: Scene, desk: Desk, line: Line, play: Play, ticket: str) -> None:
    line.breaks = lambda _method, _path: "down"
    desk.send(ticket, status="Solved", text="The meter was changed.", evidence="Work order 77")
    desk.send("new/", text="No light in the whole street.", language="bn", email="k@example.org")
    eventually(lambda: "The portal does not answer" in desk.page(), 15)
    assert "2 waiting to be sent" in desk.page()
    # The first that comes through is filed, but the desk does not hear of it.
    line.once("deaf", "/system/cases/")
    soon(play, "answered")
    filed = eventually(lambda: Case.objects.filter(channel="agency_system").first(), 15)
    desk.is_soon(filed.number, "In work")
    assert Case.objects.filter(channel="agency_system").count() == 1
    tell()
    eventually(lambda: "The portal does not answer" not in desk.page(), 15)
    count = "SELECT count(*) FROM desk_ticket"
    assert desk.rows(count) == [(Case.objects.count(),)]


def _what_differs_is_found_at_night(desk: Desk, play: Play) -> None:
    desk.stop("loop")
    assert "0 differences" in desk.manage("reconcile")
    play.dispute()
    said = desk.manage("reconcile")
    assert f"{play.number} differed" in said
    assert desk.ticket(play.number)[1] == "In work"


def test_it_is_a_project_of_its_own() -> None:
    found = set()
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {name.name.split(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add((node.module or "").split(".")[0])
    assert found & ROOMS == set()
    assert found - {"desk"} - NEEDED - set(sys.stdlib_module_names) == set()


def test_it_is_small_enough_to_be_read_in_one_go() -> None:
    files = [p for p in FOLDER.rglob("*.py") if "migrations" not in p.parts]
    lines = [line.strip() for path in files for line in path.read_text().splitlines()]
    assert len([line for line in lines if line and not line.startswith("#")]) <= 700


def test_its_readme_and_our_page_name_what_is_there() -> None:
    commands = {p.stem for p in (FOLDER / "desk/management/commands").glob("[a-z]*.py")}
    readme = (FOLDER / "README.md").read_text()
    assert commands <= set(re.findall(r"manage\.py (\w+)", readme))
    page = (ROOT / "docs/join.md").read_text()
    assert "examples/agency_system" in page
    named = set(re.findall(r"`(desk/[\w/]+\.py)`", readme))
    assert named
    assert [name for name in named if not (FOLDER / name).exists()] == []
