"""Empty forms of a citizen's moves: drawn once, they are what would have been drawn for each page."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from complaints.forms import FORMS, MOVE_FORMS
from complaints.forms.fields import MoveForm, WithFiles
from complaints.views import blank_moves
from complaints.views.blank_moves import BlankMove, form_of
from complaints.views.tracking import CITIZENS_MOVES
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w{64})"')
ALIKE = [move for move in CITIZENS_MOVES if MOVE_FORMS[move].is_alike() and move != "confirm"]


@pytest.fixture(autouse=True)
def _drawn_anew() -> None:
    blank_moves._drawn_once.cache_clear()


def opened(client: Client, play: Play) -> str:
    """The address of the case's page, opened with its secret."""
    client.post("/en/complaints/track/", {"number": play.number, "secret": play.receipt.secret})
    return f"/en/complaints/track/{play.number}/"


def form_on(page: str, number: str, move: str) -> str:
    """The form of a move on a page, with its token."""
    found = re.search(rf'<form method="post"[^>]*{number}/{move}/".*?</form>', page, re.DOTALL)
    assert found, f"no form to {move}"
    return found[0]


@pytest.mark.parametrize("language", ["en", "bn", "id"])
@pytest.mark.parametrize("move", ALIKE)
@pytest.mark.parametrize("parts", [{}, {"about_official": True}])
def test_it_is_the_form_that_would_have_been_drawn(
    scene: Scene, move: str, language: str, parts: dict[str, bool]
) -> None:
    for play in (Play(scene, **parts), Play(scene, **parts).forward().accept()):
        case, actor = play.case, play.actor("citizen")
        for plain in (False, True):
            with translation.override(language):
                form = form_of(move, case, actor)
                context = {"form": form, "case": case, "plain": plain, "csrf_token": "a-token"}
                expected = render_to_string("complaints/_move.html", context)
                blank = BlankMove(move, case, actor, "a-token")
                assert (blank.plain if plain else blank.folded) == expected
                assert blank.title == form.title


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_so_is_the_one_that_is_sent_by_one_tap(scene: Scene, language: str) -> None:
    play = Play(scene).forward().accept().answer()
    case, actor = play.case, play.actor("citizen")
    with translation.override(language):
        context = {
            "form": form_of("confirm", case, actor),
            "action": f"/complaints/track/{case.number}/confirm/",
            "csrf_token": "a-token",
        }
        expected = render_to_string("complaints/_solved.html", context)
        assert BlankMove("confirm", case, actor, "a-token").plain == expected


def test_a_second_answer_that_is_disputed_goes_elsewhere(scene: Scene) -> None:
    first = Play(scene).forward().accept().answer()
    again = Play(scene).forward().accept().answer().dispute().answer()
    with translation.override("en"):
        said = [
            BlankMove("dispute", p.case, p.actor("citizen"), "t").folded for p in (first, again)
        ]
    assert "half the time" in said[0]
    assert "next higher office" in said[1]


def test_each_page_has_its_own_number_step_and_token(client: Client, scene: Scene) -> None:
    plays = [Play(scene), Play(scene).forward().accept()]
    for play in plays:
        page = client.get(opened(client, play)).content.decode()
        form = form_on(page, play.number, "message")
        assert f'name="seen" value="{play.case.last_seq}"' in form
        assert set(TOKEN.findall(page)) == {token_of(form)}
        assert not any(other.number in page for other in plays if other is not play)
        assert "place-of" not in page


def test_the_form_is_taken_with_its_token_and_not_without(scene: Scene) -> None:
    client, play = Client(enforce_csrf_checks=True), Play(scene)
    door = client.get("/en/complaints/track/").content.decode()
    secrets = {"number": play.number, "secret": play.receipt.secret}
    client.post("/en/complaints/track/", {**secrets, "csrfmiddlewaretoken": token_of(door)})
    page = client.get(f"/en/complaints/track/{play.number}/").content.decode()
    address = f"/en/complaints/track/{play.number}/message/"
    words = {"text": "It is still dark."}
    assert client.post(address, words).status_code == 403
    sent = {**words, "csrfmiddlewaretoken": token_of(form_on(page, play.number, "message"))}
    assert client.post(address, sent).status_code == 302
    assert play.last.move == "message"


def token_of(page: str) -> str:
    found = TOKEN.search(page)
    assert found
    return found[1]


def test_what_was_refused_comes_back_as_it_was_typed_and_the_others_are_empty(
    client: Client, scene: Scene
) -> None:
    play = Play(scene).forward().accept().answer()
    address = opened(client, play)
    typed = "<b>too long</b>" * 1500
    response = client.post(f"{address}dispute/", {"reason": typed, "seen": play.case.last_seq})
    page = response.content.decode()
    assert response.status_code == 422
    assert "&lt;b&gt;too long" in form_on(page, play.number, "dispute")
    assert "too long" not in form_on(page, play.number, "message")
    assert "too long" not in client.get(address).content.decode()


def test_a_sensitive_case_is_kept_out_of_browsers_and_others_are_not(scene: Scene) -> None:
    plain, sealed = Play(scene), Play(scene, about_official=True)
    forms = [BlankMove("message", p.case, p.actor("citizen"), "t").folded for p in (plain, sealed)]
    assert ['autocomplete="off"' in form for form in forms] == [False, True]


def test_what_is_put_in_is_escaped(scene: Scene) -> None:
    play = Play(scene)
    form = BlankMove("message", play.case, play.actor("citizen"), '"><script>')
    assert "<script>" not in form.folded


def test_forms_that_choose_their_fields_by_the_case_are_never_alike() -> None:
    """Each class is asked who made its fields; a new one that does so by the case is told apart."""
    for form in FORMS:
        makers = [
            cls for cls in form.__mro__ if "__init__" in vars(cls) and issubclass(cls, MoveForm)
        ]
        assert form.is_alike() is (set(makers) <= {MoveForm, WithFiles}), form
    assert not MOVE_FORMS["testify"].is_alike()
    assert not MOVE_FORMS["link_respondent"].is_alike()
