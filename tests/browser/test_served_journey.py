"""A summary is served, read on a phone by whom it concerns, appealed against, and decided."""

from collections.abc import Callable
from typing import Any

import pytest

from complaints.models import Appeal, Case, ServedSummary
from complaints.services import answering, casework
from complaints.submission import Whom
from tests.browser.test_officer_journey import Officer, address
from tests.browser.test_officer_journey import cast as cast
from tests.browser.test_officer_journey import scene as scene
from tests.browser.test_officer_journey import sign_in as sign_in
from tests.complaints.conftest import Scene

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def answered(scene: Scene) -> Any:
    """An answered case about the department's case officer."""
    people = scene.cast
    receipt = scene.file_named(text="The transformer burnt out and nobody came.", place="3.47")
    number, focal = receipt.number, scene.actor(people.focal)
    casework.forward(
        actor=scene.actor(people.desk), number=number, office=people.department, reason="Grid"
    )
    casework.accept(actor=focal, number=number, case_officer=people.focal)
    answering.answer(
        actor=focal,
        number=number,
        outcome="resolved",
        text="The transformer was changed.",
        evidence="Photo",
        cause="delay",
    )
    whom = Whom(user_id=people.case_officer.pk)
    answering.link_respondent(actor=scene.actor(people.desk), number=number, respondent=whom)
    return receipt


def test_served_read_appealed_decided(scene: Scene, sign_in: Callable[..., Officer]) -> None:
    receipt = answered(scene)
    decider = sign_in(scene.cast.ministry_focal)
    decider.go(address(receipt, "serve/"))
    page = decider.page
    page.get_by_label("Case Officer").check()
    page.get_by_label("Summary").fill("Rahima says that the transformer stood broken for a week.")
    page.get_by_label("I have read it once more", exact=False).check()
    decider.press("Serve a summary")
    assert "This tells who filed the case" in decider.words
    assert "[name] says that the transformer" in decider.words
    page.get_by_label("Summary").fill("In May a transformer stood broken for a week.")
    decider.press("Serve a summary")
    assert "A summary was served on Case Officer" in decider.words

    respondent = sign_in(scene.cast.case_officer, width=360, java_script_enabled=False)
    respondent.page.goto("/en/office/served/")
    respondent.page.get_by_role("link", name="Summary").click()
    assert "In May a transformer stood broken" in respondent.words
    assert receipt.number not in respondent.page.content()
    respondent.page.get_by_label("Why it is wrong").fill("I was on leave in May, ask the office.")
    respondent.page.get_by_role("button", name="Send the appeal").click()
    assert "It is not decided yet." in respondent.words
    assert Case.objects.get(number=receipt.number).status == "appealed"

    decider.go(address(receipt, "dismiss/"))
    page.get_by_label("Your decision, with reasons").fill("The office answers for it in any case.")
    page.get_by_label("The decision in words for whoever appealed").fill(
        "You were on leave, but nobody was named to stand in."
    )
    decider.press("Dismiss the appeal")
    assert Appeal.objects.get().upheld is False

    reader = sign_in(scene.cast.case_officer, width=360)
    reader.go("/en/office/served/")
    reader.page.get_by_role("link", name="The decision on your appeal").click()
    reader.page.wait_for_load_state()
    reader.look()
    assert "nobody was named to stand in" in reader.words
    assert "The office answers for it" not in reader.words
    first = ServedSummary.objects.earliest("id")
    reader.go(f"/bn/office/served/{first.key}/")
    sign_in(scene.cast.alice, width=360).go("/en/office/served/")
