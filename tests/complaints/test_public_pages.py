"""What everybody may read: the start page and published cases, and nothing that names a person."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils.translation import override

from complaints.errors import Refused
from complaints.middleware import ActorMiddleware
from complaints.models import Case
from complaints.selectors import published
from complaints.selectors.finding import Why, why
from complaints.selectors.published import PublicFilter, choices
from complaints.services import answering, casework, publishing
from routing.facts import Decision, Reason
from tests.complaints.conftest import Scene
from tests.complaints.filing import html

SECRET_WORDS = "Rahima of house 12 says that the meter is wrong."


def publish(scene: Scene, text: str = "A meter in Gazipur shows a wrong number.", **parts) -> Case:
    """A case that was filed, forwarded and released."""
    parts.setdefault("place", scene.cast.upazila.code)
    receipt = scene.file_named(
        text=SECRET_WORDS, publish_consent=True, place_note="Beside the blue door", **parts
    )
    desk = scene.actor(scene.cast.desk)
    casework.forward(
        actor=desk, number=receipt.number, office=scene.cast.department, reason="Power"
    )
    publishing.publish(actor=desk, number=receipt.number, public_text=text)
    return scene.case(receipt)


# --- The start page -------------------------------------------------------------------------


def test_the_start_page_says_what_this_is_and_leads_to_both_ways_in(client, scene):
    page = html(client.get("/en/"))
    assert 'href="/en/complaints/new/"' in page
    assert 'href="/en/complaints/track/"' in page
    assert "Call 333." in page
    assert "How the offices are doing" not in page  # there are no cases yet


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_the_start_page_is_there_in_each_language(client, scene, language):
    assert client.get(f"/{language}/").status_code == 200


def test_indonesia_names_its_own_numbers(client, scene, settings):
    settings.COUNTRY = "id"
    assert "Call 1.708." not in html(client.get("/en/"))
    assert "Call 1708." in html(client.get("/en/"))


def test_the_start_page_asks_little_of_the_database(client, scene, django_assert_max_num_queries):
    publish(scene)
    client.get("/en/")
    with django_assert_max_num_queries(2):
        client.get("/en/")


# --- Published cases ------------------------------------------------------------------------


def test_only_released_cases_are_shown_and_only_their_released_text(client, scene):
    shown = publish(scene)
    hidden = scene.file_named(text="Nobody released this one yet.", publish_consent=True)
    for path in ("/en/", "/en/cases/", f"/en/cases/{shown.number}/"):
        page = html(client.get(path))
        assert "A meter in Gazipur" in page
        assert hidden.number not in page
        for secret in (SECRET_WORDS, "Rahima", "blue door", "01712345678", "+8801712345678"):
            assert secret not in page


@pytest.mark.parametrize("number", ["{hidden}", "0000-0000-0000-T", "nonsense", "x" * 300])
def test_any_other_case_is_not_found(client, scene, number):
    hidden = scene.file().number
    assert client.get(f"/en/cases/{number.format(hidden=hidden)}/").status_code == 404


def test_a_case_that_became_sensitive_is_gone(client, scene):
    case = publish(scene)
    actor = scene.actor(scene.cast.desk)
    answering.mark_sensitive(actor=actor, number=case.number)
    assert client.get(f"/en/cases/{case.number}/").status_code == 404
    Case.objects.filter(pk=case.pk).update(published_at=case.published_at, publish_consent=True)
    assert client.get(f"/en/cases/{case.number}/").status_code == 404


def test_the_list_is_narrowed_by_what_stands_in_the_address(client, scene):
    cast = scene.cast
    meter = publish(scene, "A Meter shows a wrong number.", category=cast.billing.code)
    road = publish(scene, "The road is broken.", place=cast.other_upazila.code, category="roads")

    def found(query: str) -> set[str]:
        page = html(client.get(f"/en/cases/?{query}"))
        return {case.number for case in (meter, road) if case.number in page}

    both = {meter.number, road.number}
    assert found("") == both
    assert found("q=meter") == {meter.number}
    assert found("q=METER+wrong") == {meter.number}
    assert found(f"q={road.number}") == {road.number}
    assert found("q=banana") == set()
    assert found(f"place={cast.division.code}") == both
    assert found(f"place={cast.district.code}") == {meter.number}
    assert found("place=3.4") == set()
    assert found("category=electricity") == {meter.number}
    assert found("category=roads") == {road.number}
    assert found(f"agency={cast.ministry.code}") == both
    assert found(f"agency={cast.rival_ministry.code}") == set()


def test_an_empty_list_says_why(client, scene):
    assert "Nothing is published yet" in html(client.get("/en/cases/"))
    publish(scene)
    page = html(client.get("/en/cases/?q=banana"))
    assert "No published case fits." in page


@pytest.mark.parametrize(
    "query",
    ["q=%00", "place=%00", "before=1-%00", "before=nonsense", "before=-1-2", "before=9" + "9" * 30,
     "before=99999999999999999-1", "before=%E0%A7%A7-%E0%A7%A7", "q=" + "x" * 3000, "q=%25_%5C",
     "category='--", "agency=%F0%9F%98%A1"],
)  # fmt: skip
def test_odd_addresses_break_nothing(client, scene, query):
    assert client.get(f"/en/cases/?{query}").status_code == 200


def test_older_pages_follow_each_other_without_gap_or_repeat(scene, clock, monkeypatch):
    monkeypatch.setattr(published, "A_PAGE", 2)
    cases = []
    for n in range(5):
        clock.shift(timedelta(minutes=n // 2))  # some at the same moment
        cases.append(publish(scene, f"Case of the meter number {n} of five."))
    seen, before = [], ""
    for _ in range(3):
        which = PublicFilter(before=before)
        page = published.published(which, choices(which))
        seen += page.cases
        before = page.older
    assert before == ""
    assert [case.pk for case in seen] == [case.pk for case in reversed(cases)]


def test_a_list_page_links_to_the_older_ones_and_keeps_the_filter(client, scene, monkeypatch):
    monkeypatch.setattr(published, "A_PAGE", 1)
    publish(scene, "The first meter is wrong.")
    publish(scene, "The second meter is wrong.")
    page = html(client.get("/en/cases/?q=meter"))
    assert "second" in page
    assert "first" not in page
    assert 'href="?q=meter&amp;before=' in page


def test_public_pages_ask_little_of_the_database(client, scene, django_assert_max_num_queries):
    case = publish(scene)
    cast = scene.cast
    query = f"q=meter&place={cast.district.code}&category=electricity&agency={cast.ministry.code}"
    with django_assert_max_num_queries(5):
        client.get(f"/en/cases/?{query}")
    with django_assert_max_num_queries(2):
        client.get(f"/en/cases/{case.number}/")


def test_words_are_looked_up_in_an_index(scene):
    case = publish(scene)
    Case.objects.bulk_create(
        Case(
            country="bd",
            number=f"copy-{n}",
            status="received",
            language="en",
            channel="web",
            text="-",
            public_text=f"The street light number {n} is dark since {n * 7919 % 1000} days.",
            published_at=case.published_at,
            publish_consent=True,
            filed_at=case.filed_at,
        )
        for n in range(3000)
    )
    which = PublicFilter(words="gazipur")
    sql, values = published._narrowed(
        published.public_cases(), which, choices(which)
    ).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE complaints_case")
        cursor.execute("SELECT gin_clean_pending_list(%s)", ["case_public_trgm_idx"])
        cursor.execute(f"EXPLAIN {sql}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "case_public_trgm_idx" in plan, plan


def test_visitors_may_keep_public_pages_for_a_minute_and_others_not(client, scene):
    case = publish(scene)
    for path in ("/en/", "/en/cases/", f"/en/cases/{case.number}/"):
        answer = client.get(path)
        assert answer["Cache-Control"] == "public, max-age=60"
        assert not answer.cookies
    client.force_login(scene.cast.focal)
    assert "private" in client.get("/en/cases/")["Cache-Control"]


def test_public_pages_are_only_read(client, scene):
    for path in ("/en/", "/en/cases/", "/en/places/search/", "/en/offices/search/"):
        assert client.post(path).status_code == 405


# --- Reasons, refusals ----------------------------------------------------------------------


def test_a_decision_is_explained_with_names_and_words(scene):
    reason = Reason("r1", "note", 80, found=("meter", "bill"), conditions=("covers:3.47",))
    told = why(Decision(target="grid", reasons=(reason,)))
    assert told == Why(agency="Grid Department", words=("meter", "bill"), by_place=True)
    unsure = why(Decision(suggested="grid", desk_because="below_threshold", reasons=(reason,)))
    assert (unsure.agency, unsure.guess) == ("", "Grid Department")
    with override("en"):
        assert "not sure" in str(unsure.desk_because)
    assert why(None).desk_because


def test_a_refusal_that_no_view_caught_becomes_a_page(rf, scene):
    request = rf.get("/en/somewhere/")
    request.session, request.user = Client().session, scene.cast.alice
    request.actor = scene.actor(scene.cast.alice)
    with override("en"):
        answer = ActorMiddleware(lambda r: None).process_exception(request, Refused())
    assert answer.status_code == 409
    assert "This could not be done." in html(answer)
