"""What is a report of danger: known in everyday words, and never held back by a restriction."""

from typing import Any

import pytest
from django.core.cache import cache

from complaints import safety
from routing.services import forget
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.complaints.test_restrictions import HARMLESS, filed, restrict
from tests.factories.routing import publish_rules


@pytest.fixture(autouse=True)
def _no_counts(db: Any) -> None:
    cache.clear()


@pytest.mark.parametrize(
    "text",
    [
        "Orang itu mengancam dan memperkosa anak tetangga.",
        "Kakak saya dibunuh di kebun.",
        "Kabel putus, anak saya hampir mati kena strum.",
        "The wire sparks and my son got a shock.",
        "If nobody comes my baby will die.",
        "তারা আমাকে মেরে ফেলবে।",
        "আমার ভাই মারা গেছে।",
        "agun legeche amader barite",
        "Polisi minta uang, saya diperas.",
    ],
)
def test_danger_is_known_in_the_words_in_which_people_tell_it(text: str) -> None:
    assert safety.is_safety_report(text, "other")


@pytest.mark.parametrize(
    ("category", "is_danger"),
    [("safety-fire", True), ("police-licence", True), ("policemen", False), ("", False)],
)
def test_what_lies_below_a_subject_of_danger_is_meant_too(category: str, is_danger: bool) -> None:
    assert safety.is_safety_report(HARMLESS, category) is is_danger


def test_an_official_beside_a_word_of_misconduct_does_not_wait(scene: Scene) -> None:
    rules = publish_rules({"words": "lamp*", "target": scene.cast.department.code})
    rules.settings |= {"official_titles": ["lineman"], "misconduct_words": ["demanded money"]}
    rules.save()
    forget("bd")
    restrict(Play(scene))
    text = "The lineman demanded money for the lamp at our corner."
    assert not safety.is_safety_report(text)
    case = filed(scene, text=text)
    assert (case.status, case.tray) == ("received", "")
