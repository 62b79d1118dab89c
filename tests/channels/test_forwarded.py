"""What was forwarded on WhatsApp is told to officers as such, and to nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from channels import intake
from complaints.models import Case, Event
from complaints.told_to_systems import data_for_systems
from tests.channels.graph import Graph, OnWhatsApp, graph
from tests.channels.test_whatsapp_conversation import WORDS, filed, photo, played
from tests.channels.test_whatsapp_reading import read
from tests.complaints.conftest import Scene
from tests.complaints.verifying import codes

__all__ = ["graph"]
TAG = "Forwarded message</span>"
MANY = "Message forwarded many times</span>"
WHAT = "it is not their own words or photo."


@pytest.fixture
def rahima(scene: Scene, client: Client, graph: Graph) -> OnWhatsApp:
    """Somebody with a number and an id."""
    return OnWhatsApp(client, graph)


@pytest.mark.parametrize(
    ("context", "said"),
    [
        ({"forwarded": True}, "once"),
        ({"frequently_forwarded": True}, "often"),
        ({"forwarded": True, "frequently_forwarded": True}, "often"),
        ({"forwarded": False, "frequently_forwarded": False}, ""),
        ({"from": "15550783881", "id": "wamid.out1"}, ""),
        ({"forwarded": "yes"}, ""),
        ([True], ""),
        (None, ""),
    ],
)
def test_the_context_says_how_far_it_was_passed_on(context: Any, said: str) -> None:
    assert read("text", text={"body": "Look"}, context=context).forwarded == said
    image = {"caption": "Look", "mime_type": "image/jpeg", "id": "1"}
    assert read("image", image=image, context=context).forwarded == said
    place = {"latitude": 23.8, "longitude": 90.4}
    assert read("location", location=place, context=context).forwarded == said


def steps(case: Case) -> dict[str, str]:
    """Of each step of a case that says it, how far what came with it was passed on."""
    rows = Event.objects.filter(case=case, data__has_key="forwarded")
    return dict(rows.values_list("move", "data__forwarded"))


def page(scene: Scene, case: Case) -> str:
    client = Client()
    client.force_login(scene.cast.desk)
    return str(client.get(f"/en/office/cases/{case.number}/").content.decode())


def following(scene: Scene, case: Case) -> str:
    """The case as its citizen's account shows it."""
    Case.objects.filter(pk=case.pk).update(owner=scene.cast.charlie)
    client = Client()
    client.force_login(scene.cast.charlie)
    shown = client.get(f"/en/complaints/track/{case.number}/", follow=True)
    return str(shown.content.decode())


def finish(person: OnWhatsApp) -> Case:
    for words in ("2", "skip", "2"):
        person.write(words)
    return Case.objects.get(channel="whatsapp")


def test_a_forwarded_complaint_has_the_tag_at_its_filing_alone(
    scene: Scene, rahima: OnWhatsApp
) -> None:
    rahima.write(type="text", text={"body": WORDS}, context={"forwarded": True})
    case = finish(rahima)
    assert steps(case) == {"submit": "once"}
    shown = page(scene, case)
    assert (shown.count(TAG), shown.count(WHAT)) == (1, 1)
    assert codes() == set()


def test_one_part_of_several_is_enough_and_the_furthest_counts(
    scene: Scene,
    rahima: OnWhatsApp,
    graph: Graph,
) -> None:
    rahima.write(WORDS)
    graph.keep("1003383421", photo())
    image = {"mime_type": "image/jpeg", "id": "1003383421"}
    rahima.write(type="image", image=image, context={"frequently_forwarded": True})
    rahima.write(type="text", text={"body": "Also this"}, context={"forwarded": True})
    case = finish(rahima)
    assert steps(case) == {"submit": "often"}
    assert MANY in page(scene, case)


def test_own_words_have_none(scene: Scene, rahima: OnWhatsApp) -> None:
    case = filed(rahima)
    assert steps(case) == {}
    assert WHAT not in page(scene, case)


def test_it_is_said_of_a_message_and_a_reply_and_not_of_the_next(
    scene: Scene, rahima: OnWhatsApp
) -> None:
    case = filed(rahima)
    play = played(scene, case)
    rahima.write(type="text", text={"body": "See what they say"}, context={"forwarded": True})
    rahima.write("And this is what I say.")
    assert Event.objects.filter(case=case, move="message").count() == 2
    assert steps(case) == {"message": "once"}
    play.ask()
    rahima.write(
        type="text", text={"body": "The left one."}, context={"frequently_forwarded": True}
    )
    assert steps(case) == {"message": "once", "reply": "often"}


def test_words_that_waited_for_the_question_which_case_keep_it(
    scene: Scene, rahima: OnWhatsApp
) -> None:
    cases = [filed(rahima)]
    rahima.write(f"NEW {WORDS}")
    for words in ("2", "skip", "2"):
        rahima.write(words)
    cases.append(Case.objects.latest("id"))
    rahima.write(type="text", text={"body": "They still do this."}, context={"forwarded": True})
    rahima.write("1")
    assert [steps(case) for case in cases].count({"message": "once"}) == 1


def test_what_is_filed_when_time_is_over_keeps_it(
    scene: Scene, rahima: OnWhatsApp, clock: Any
) -> None:
    rahima.write(type="text", text={"body": WORDS}, context={"forwarded": True})
    clock.shift(timedelta(hours=3))
    intake.take_messages()
    assert steps(Case.objects.get(channel="whatsapp")) == {"submit": "once"}


def test_neither_the_citizen_nor_a_system_is_told(scene: Scene, rahima: OnWhatsApp) -> None:
    rahima.write(type="text", text={"body": WORDS}, context={"forwarded": True})
    case = finish(rahima)
    event = Event.objects.get(case=case, move="submit")
    assert "forwarded" not in data_for_systems("submit", event.data)
    officers, citizens = page(scene, case), following(scene, case)
    assert WORDS in citizens
    assert (WHAT in officers, WHAT in citizens) == (True, False)


def test_a_draft_of_own_words_is_not_marked_by_what_goes_elsewhere(
    scene: Scene, rahima: OnWhatsApp
) -> None:
    case = filed(rahima)
    rahima.write(f"NEW {WORDS}")
    said = {"body": f"{case.number} look at this letter"}
    rahima.write(type="text", text=said, context={"forwarded": True})
    assert steps(case) == {"message": "once"}
    for words in ("2", "skip", "2"):
        rahima.write(words)
    assert steps(Case.objects.latest("id")) == {}


@pytest.mark.parametrize(
    ("first", "then"), [({"forwarded": True}, {}), ({}, {"frequently_forwarded": True})]
)
def test_another_complaint_says_nothing_of_the_one_that_it_ends(
    scene: Scene, rahima: OnWhatsApp, first: dict[str, bool], then: dict[str, bool]
) -> None:
    rahima.write(type="text", text={"body": WORDS}, context=first)
    rahima.write(type="text", text={"body": f"NEW {WORDS}"}, context=then)
    finished = Case.objects.get(channel="whatsapp")
    for words in ("2", "skip", "2"):
        rahima.write(words)
    begun = Case.objects.latest("id")
    assert begun != finished
    assert steps(finished) == ({"submit": "once"} if first else {})
    assert steps(begun) == ({"submit": "often"} if then else {})
