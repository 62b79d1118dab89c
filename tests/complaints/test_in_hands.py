"""Who has a case now, on every page: in an appeal whoever decides it."""

import html
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from complaints.in_hands import hands_of, with_decider
from complaints.models import Appeal, Case
from complaints.public_words import standing
from complaints.selectors.lists import public_cases
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day

MINISTRY, DEPARTMENT = "Ministry of Power", "Grid Department"


@pytest.fixture
def appealed(scene: Scene) -> Play:
    """A published case of the department, whose appeal the ministry decides."""
    play = Play(scene, publish_consent=True).forward().accept().answer()
    return play.publish().appeal()


@pytest.fixture
def with_overseers(appealed: Play) -> Play:
    """One whose appeal overseers decide."""
    Appeal.objects.filter(case=appealed.case).update(office=None)
    return appealed


def facts(page: str) -> dict[str, str]:
    """The facts of a page, by their names."""
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]+>", " ", words).split()) for name, words in found}


def tag(page: str) -> str:
    """The first tag of a page: how the case stands."""
    found = re.search(r'<strong class="govuk-tag[^"]*">(.*?)</strong>', page)
    return html.unescape(found[1]) if found else ""


class Pages:
    """The pages of one case, as their readers get them."""

    def __init__(self, play: Play, client: Client) -> None:
        self.play, self.client = play, client

    def office(self, who: str) -> str:
        self.client.force_login(getattr(self.play.cast, who))
        return self._get(f"/en/office/cases/{self.play.number}/")

    def track(self) -> str:
        given = {"number": self.play.number, "secret": self.play.receipt.secret}
        self.client.post("/en/complaints/track/", given)
        return self._get(f"/en/complaints/track/{self.play.number}/")

    def public(self) -> str:
        return self._get(f"/en/cases/{self.play.number}/")

    def listed(self, who: str) -> str:
        self.client.force_login(getattr(self.play.cast, who))
        return self._get("/en/office/?status=appealed")

    def _get(self, url: str) -> str:
        answer = self.client.get(url)
        assert answer.status_code == 200, url
        return str(answer.content.decode())


@pytest.fixture
def pages(appealed: Play, client: Client) -> Pages:
    return Pages(appealed, client)


@pytest.mark.parametrize("who", ["focal", "ministry_focal", "overseer"])
def test_on_an_officers_page_the_office_that_decides_has_it(pages: Pages, who: str) -> None:
    shown = facts(pages.office(who))
    assert shown["Who has it"].startswith(f"{MINISTRY} to decide the appeal")
    assert shown["Had it before"] == DEPARTMENT


def test_on_the_citizens_page_tag_and_facts_name_the_office_that_decides(pages: Pages) -> None:
    page = pages.track()
    assert tag(page) == f"With {MINISTRY}"
    assert facts(page)["Who has it"].startswith(f"{MINISTRY} to decide the appeal")
    assert facts(page)["Had it before"] == DEPARTMENT


def test_on_the_public_page_and_in_its_list_too(pages: Pages) -> None:
    page = pages.public()
    assert tag(page) == f"With {MINISTRY}"
    assert facts(page)["Who has it"] == f"{MINISTRY} to decide the appeal"
    assert facts(page)["Had it before"] == DEPARTMENT
    assert tag(pages._get("/en/cases/")) == f"With {MINISTRY}"


@pytest.mark.parametrize("who", ["focal", "ministry_focal", "overseer"])
def test_in_an_officers_list_the_office_that_decides_stands_beside_the_state(
    pages: Pages, who: str
) -> None:
    row = pages.listed(who).split("<tbody>")[1]
    assert MINISTRY in row
    assert DEPARTMENT not in row
    assert "Case Officer" not in row


def test_who_has_it_has_it_since_the_appeal(appealed: Play, client: Client, clock: Any) -> None:
    file = appealed.file_for("focal")
    assert file.in_hands_since == Appeal.objects.get().filed_at
    clock.move_to(day(5))
    appealed.uphold()
    again = appealed.file_for("focal")
    assert again.hands.office == appealed.cast.department
    assert again.in_hands_since == appealed.last.happened_at


def test_of_a_merged_case_it_is_not_said_that_they_decide_since_its_lead_was_forwarded(
    scene: Scene,
) -> None:
    lead, merged = Play(scene), Play(scene)
    merged.merge(lead)
    lead.forward().accept().answer()
    assert merged.file_for("citizen").in_hands_since == lead.case.forwarded_at
    lead.appeal()
    file = merged.file_for("citizen")
    assert (file.hands.words, file.in_hands_since) == (MINISTRY, None)


def test_where_no_office_decides_the_overseers_have_it(
    with_overseers: Play, client: Client
) -> None:
    pages = Pages(with_overseers, client)
    assert facts(pages.office("focal"))["Who has it"].startswith("The overseers to decide")
    assert "The overseers" in pages.listed("focal").split("<tbody>")[1]
    assert tag(pages.track()) == "With the overseers"
    assert tag(pages.public()) == "With the overseers"
    with translation.override("en"):
        assert standing("appealed", "") == "with the overseers"


def test_once_it_is_decided_the_office_has_it_again(pages: Pages) -> None:
    pages.play.uphold()
    page = pages.track()
    assert tag(page) == f"With {DEPARTMENT}"
    assert facts(page)["Who has it"].startswith(DEPARTMENT)
    assert "Had it before" not in facts(page)


def test_while_it_is_disputed_whose_it_is_the_overseers_have_it(
    scene: Scene, client: Client
) -> None:
    play = Play(scene).forward().send_back().forward(to=scene.cast.rival_ministry)
    pages = Pages(play.send_back(by="rival_focal"), client)
    assert facts(pages.office("overseer"))["Who has it"].startswith("The overseers")
    assert tag(pages.track()) == "Received"


def test_of_a_list_the_office_that_decides_is_read_with_it(appealed: Play) -> None:
    with CaptureQueriesContext(connection) as queries:
        (case,) = public_cases()
        assert hands_of(case).name
        (case,) = with_decider(Case.objects.select_related("holder"))
        assert hands_of(case).office == appealed.cast.ministry
    assert len(queries) == 2


def test_read_without_it_it_is_asked_for_once_and_only_in_an_appeal(appealed: Play) -> None:
    cases = Case.objects.select_related("holder")
    case = cases.get(pk=appealed.case.pk)
    with CaptureQueriesContext(connection) as queries:
        assert hands_of(case).office == appealed.cast.ministry
    assert len(queries) == 1
    case = cases.get(pk=appealed.dismiss().case.pk)
    with CaptureQueriesContext(connection) as queries:
        assert hands_of(case).before is None
    assert len(queries) == 0


def test_the_feed_says_so_too(appealed: Play, client: Client) -> None:
    [item] = client.get("/en/cases/feed.json").json()["items"]
    assert item["title"] == f"{appealed.number}: with {MINISTRY}"
    Appeal.objects.update(office=None)
    cache.clear()
    [item] = client.get("/en/cases/feed.json").json()["items"]
    assert item["title"] == f"{appealed.number}: with the overseers"


def test_open311_says_so_too_and_still_names_the_agency_that_answers(
    appealed: Play, client: Client
) -> None:
    [row] = client.get("/en/open311/v2/requests.json").json()
    assert row["status_notes"] == f"with {MINISTRY}"
    assert row["agency_responsible"] == DEPARTMENT
