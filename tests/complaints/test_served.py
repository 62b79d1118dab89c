"""A summary served on whom a case is about; what they read; and their own appeal through it."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from channels.email.outbound import EmailOut
from channels.outbound import Letter
from complaints.errors import Invalid, TooMany
from complaints.models import Notice, ServedSummary, Statement
from complaints.services import notices, served_summaries
from complaints.services.notice_words import render
from complaints.services.respondent_appeals import respondent_appeal
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day, end_of_day, refused
from tests.factories.agencies import make_officer

SUMMARY = "On 3 November a meter was read wrongly in a house of your area, and not read again."


def about_the_officer(scene: Scene) -> Play:
    """An answered case about the department's case officer; the ministry would decide an appeal."""
    play = Play(scene).forward().accept(officer="focal").answer(by="focal")
    return play.about(user_id=scene.cast.case_officer.pk)


def serve(play: Play, who: str = "case_officer", by: str = "ministry_focal", **more: Any) -> Any:
    row = play.case.respondents.filter(ended_at=None).first()
    person = getattr(play.cast, who)
    served_summaries.serve(
        actor=play.actor(by),
        number=play.number,
        respondent=more.pop("respondent", row.pk if row else 0),
        user=person.pk,
        text=more.pop("text", SUMMARY),
        **more,
    )
    return ServedSummary.objects.latest("id")


def served_case(scene: Scene) -> tuple[Play, ServedSummary]:
    play = about_the_officer(scene)
    return play, serve(play)


def appeal(play: Play, summary: ServedSummary, who: str = "case_officer") -> Any:
    return respondent_appeal(
        actor=play.actor(who), key=summary.key, grounds="I read that meter on the second."
    )


# --- Serving ----------------------------------------------------------------------------------


def test_it_is_served_on_the_person_and_kept_beside_the_record(scene: Scene) -> None:
    play, summary = served_case(scene)
    assert summary.user == scene.cast.case_officer
    assert summary.event.statement.body == {"text": SUMMARY}
    assert summary.event.statement.internal
    assert SUMMARY not in str(summary.event.data)
    assert play.state == "answered"
    assert summary.appeal_until == end_of_day(30)
    assert play.case.respondents.get().served_at is not None


@pytest.mark.parametrize("state", ["answered", "closed", "appealed"])
def test_whoever_would_decide_an_appeal_serves_it(scene: Scene, state: str) -> None:
    play = about_the_officer(scene)
    if state == "closed":
        play.confirm()
    if state == "appealed":
        play.appeal()
    assert "serve" in play.may("ministry_focal")
    assert "serve" in play.may("ministry_head")
    for other in ("focal", "head", "desk", "overseer"):
        assert "serve" not in play.may(other), other
    assert serve(play).case == play.case


def test_of_a_declined_case_an_overseer_serves_it(scene: Scene) -> None:
    play = Play(scene).about(user_id=scene.cast.rival_focal.pk).decline()
    assert "serve" in play.may("overseer")
    assert serve(play, "rival_focal", by="overseer").user == scene.cast.rival_focal


def test_serving_before_an_appeal_takes_the_decision_from_nobody(scene: Scene) -> None:
    play, _summary = served_case(scene)
    assert "dismiss" in play.appeal().may("ministry_focal")


@pytest.mark.parametrize("state", ["received", "forwarded", "in_progress"])
def test_before_an_answer_nothing_is_served(scene: Scene, state: str) -> None:
    play = Play(scene).about(user_id=scene.cast.rival_focal.pk)
    if state != "received":
        play.forward()
    if state == "in_progress":
        play.accept()
    with refused("wrong_state"):
        serve(play, "rival_focal", by="overseer")


def test_of_a_case_about_nobody_there_is_nobody_to_serve(scene: Scene) -> None:
    play = Play(scene).forward().accept().answer().appeal()
    assert "serve" not in play.may("ministry_focal")
    with refused("about_nobody"):
        serve(play)


def test_a_post_is_served_by_its_holder_of_now(scene: Scene) -> None:
    cast = scene.cast
    play = Play(scene).forward(to=cast.rival_ministry)
    play.accept(officer="rival_case_officer", by="rival_focal").answer(by="rival_case_officer")
    play.about(office_id=cast.district_office.pk, role=Role.FOCAL)
    assert [u for _row, u in served_summaries.servable(play.case)] == [cast.district_focal]
    assert serve(play, "district_focal", by="overseer").user == cast.district_focal


@pytest.mark.parametrize("gone", ["empty", "inactive", "other", "own"])
def test_nobody_else_is_served(scene: Scene, gone: str) -> None:
    cast = scene.cast
    play = about_the_officer(scene)
    if gone == "empty":
        play.about(office_id=cast.upazila_office.pk, role=Role.FOCAL)
        with refused("invalid"):
            serve(play, respondent=play.case.respondents.latest("id").pk)
    elif gone == "inactive":
        User.objects.filter(pk=cast.case_officer.pk).update(is_active=False)
        with refused("invalid"):
            serve(play)
    elif gone == "own":
        type(play.case).objects.filter(pk=play.case.pk).update(owner=cast.case_officer)
        with refused("invalid"):
            serve(play)
    else:
        with refused("invalid"):
            serve(play, "rival_focal")
    assert not ServedSummary.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "Rahima says that the meter in her house was read wrongly.",
        "The complaint came from rahima@example.org about a meter.",
        "Call 01712-345 678 and ask about the meter that was read.",
        "Call ০১৭১২৩৪৫৬৭৮ and ask about the meter that was read.",
        "It is about RAHIMA's meter, which was read wrongly.",
    ],
)
def test_what_tells_who_filed_it_is_not_served(scene: Scene, text: str) -> None:
    play = about_the_officer(scene)
    with refused("tells_who"):
        serve(play, text=text)
    assert not ServedSummary.objects.exists()
    assert "serve" not in play.moves


def test_the_cases_number_is_not_served_either(scene: Scene) -> None:
    play = about_the_officer(scene)
    with refused("tells_who"):
        serve(play, text=f"In case {play.number} a meter was read wrongly.")


def test_guessing_names_by_refusals_ends_soon(scene: Scene) -> None:
    play = about_the_officer(scene)
    for _guess in range(10):
        with pytest.raises(Invalid):
            serve(play, text="Rahima says that the meter was read wrongly.")
    with pytest.raises(TooMany):
        serve(play, text="Rahima says that the meter was read wrongly.")


def test_whoever_may_not_serve_learns_nothing_by_trying(scene: Scene) -> None:
    play = about_the_officer(scene)
    for text in ("Rahima says that it was read wrongly.", SUMMARY):
        with refused("not_yours"):
            serve(play, by="overseer", text=text)


def test_a_second_press_on_an_old_page_serves_nothing(scene: Scene) -> None:
    play = about_the_officer(scene)
    seen = play.case.last_seq
    serve(play, seen=seen)
    with refused("stale"):
        serve(play, seen=seen)
    assert ServedSummary.objects.count() == 1


# --- What they are told and read --------------------------------------------------------------


def letter_of(notice: Notice) -> Any:
    address = notices.address_of(notice)
    with EmailOut() as way:
        way.send(Letter(address, render(notice, address.language), str(notice.pk), notice.case_id))
    return mail.outbox[-1]


def test_the_letter_names_neither_the_case_nor_what_it_is_about(scene: Scene) -> None:
    play, summary = served_case(scene)
    letter = letter_of(Notice.objects.get(template="served"))
    assert letter.to == [scene.cast.case_officer.email]
    assert f"/office/served/{summary.key}/" in letter.body
    whole = str(letter.message())
    for secret in (play.number, play.number.replace("-", ""), "meter", "Rahima", SUMMARY):
        assert secret not in whole, secret


def test_a_letter_does_not_leave_for_an_account_that_is_closed(scene: Scene) -> None:
    served_case(scene)
    User.objects.filter(pk=scene.cast.case_officer.pk).update(is_active=False)
    with pytest.raises(notices.Unreachable, match="inactive"):
        notices.address_of(Notice.objects.get(template="served"))


def test_only_they_read_it_and_nothing_of_the_case_with_it(scene: Scene, client: Client) -> None:
    play, summary = served_case(scene)
    url = f"/en/office/served/{summary.key}/"
    client.force_login(scene.cast.case_officer)
    page = client.get(url).content.decode()
    assert "meter was read wrongly" in page
    for secret in (play.number, "Rahima", "electricity meter shows", "Answered"):
        assert secret not in page, secret
    listed = client.get("/en/office/served/").content.decode()
    assert str(summary.key) in listed
    assert play.number not in listed
    for other in ("focal", "ministry_focal", "overseer", "alice", "desk"):
        client.force_login(getattr(scene.cast, other))
        assert client.get(url).status_code == 404, other
        assert str(summary.key) not in client.get("/en/office/served/").content.decode()


def test_when_it_was_read_is_written_down_once(scene: Scene, client: Client, clock: Any) -> None:
    _play, summary = served_case(scene)
    client.force_login(scene.cast.case_officer)
    client.get(f"/en/office/served/{summary.key}/")
    summary.refresh_from_db()
    first = summary.read_at
    clock.move_to(day(2))
    client.get(f"/en/office/served/{summary.key}/")
    summary.refresh_from_db()
    assert first is not None
    assert summary.read_at == first


def test_nothing_served_says_so(scene: Scene, client: Client) -> None:
    client.force_login(scene.cast.alice)
    assert "Nothing was served on you" in client.get("/en/office/served/").content.decode()


def test_the_citizen_reads_that_a_summary_was_served_and_not_on_whom(scene: Scene) -> None:
    play, _summary = served_case(scene)
    entry = play.file_for("citizen").timeline[-1]
    assert (entry.event.move, entry.said, entry.who) == ("serve", {}, "")


def test_officers_read_on_whom_and_what(scene: Scene, client: Client) -> None:
    play, _summary = served_case(scene)
    client.force_login(scene.cast.ministry_focal)
    page = client.get(f"/en/office/cases/{play.number}/").content.decode()
    assert "A summary was served on Case Officer" in page
    assert SUMMARY in page


# --- Pages and API ----------------------------------------------------------------------------


def test_the_page_takes_the_appeal_and_shows_it(scene: Scene, client: Client) -> None:
    play, summary = served_case(scene)
    client.force_login(scene.cast.case_officer)
    url = f"/en/office/served/{summary.key}/"
    short = client.post(url, {"grounds": "No"})
    assert short.status_code == 422
    assert "at least 10 letters" in short.content.decode()
    sent = client.post(url, {"grounds": "I read that meter on the second."}, follow=True)
    page = sent.content.decode()
    assert "Your appeal is on its way." in page
    assert "not decided yet" in page
    assert play.number not in page
    assert play.state == "appealed"


def test_what_was_typed_too_late_is_not_lost(scene: Scene, client: Client) -> None:
    play, summary = served_case(scene)
    play.appeal()
    client.force_login(scene.cast.case_officer)
    answer = client.post(
        f"/en/office/served/{summary.key}/", {"grounds": "I was not there at all."}
    )
    assert answer.status_code == 422
    assert "I was not there at all." in answer.content.decode()


def test_visitors_are_sent_to_sign_in(scene: Scene, client: Client) -> None:
    _play, summary = served_case(scene)
    for url in ("/en/office/served/", f"/en/office/served/{summary.key}/"):
        assert client.get(url)["Location"].startswith("/en/accounts/login")


def test_the_form_refuses_and_suggests_what_could_be_served(scene: Scene, client: Client) -> None:
    play = about_the_officer(scene)
    row = play.case.respondents.get()
    client.force_login(scene.cast.ministry_focal)
    url = f"/en/office/cases/{play.number}/serve/"
    assert "On whom is it served?" in client.get(url).content.decode()
    data = {
        "whom": f"{row.pk}-{scene.cast.case_officer.pk}",
        "text": "Rahima says that the meter was read wrongly.",
        "checked": "on",
        "seen": play.case.last_seq,
    }
    answer = client.post(url, data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "[name] says that the meter was read wrongly." in page
    done = client.post(url, {**data, "text": SUMMARY})
    assert done.status_code == 302
    assert ServedSummary.objects.get().user == scene.cast.case_officer


def test_unread_it_is_not_served(scene: Scene, client: Client) -> None:
    play = about_the_officer(scene)
    row = play.case.respondents.get()
    client.force_login(scene.cast.ministry_focal)
    data = {"whom": f"{row.pk}-{scene.cast.case_officer.pk}", "text": SUMMARY}
    assert client.post(f"/en/office/cases/{play.number}/serve/", data).status_code == 422
    assert not ServedSummary.objects.exists()


def test_the_api_lists_and_takes_the_appeal(scene: Scene, client: Client) -> None:
    play, summary = served_case(scene)
    client.force_login(scene.cast.case_officer)
    body: Any = client.get("/api/v1/served/").json()
    assert [row["key"] for row in body["results"]] == [str(summary.key)]
    assert play.number not in str(body)
    url = f"/api/v1/served/{summary.key}/appeal/"
    assert client.post(url, {"grounds": "No"}, "application/json").status_code == 422
    sent = client.post(url, {"grounds": "I read that meter on time."}, "application/json")
    assert sent.status_code == 201
    again = client.post(url, {"grounds": "I read that meter on time."}, "application/json")
    assert (again.status_code, again.json()["code"]) == (409, "not_now")
    client.force_login(scene.cast.rival_focal)
    assert client.get("/api/v1/served/").json()["results"] == []
    assert (
        client.post(url, {"grounds": "It was me, really."}, "application/json").status_code == 404
    )


def test_statements_of_it_can_be_erased_and_the_page_says_so(scene: Scene, client: Client) -> None:
    _play, summary = served_case(scene)
    Statement.objects.filter(event=summary.event).update(body={}, erased_at=summary.served_at)
    client.force_login(scene.cast.case_officer)
    page = client.get(f"/en/office/served/{summary.key}/").content.decode()
    assert "These words were erased." in page


def test_in_an_office_with_several_of_a_post_each_can_be_served(scene: Scene) -> None:
    cast = scene.cast
    second = make_officer("Second", Role.CASE_OFFICER, cast.department)
    play = Play(scene).forward().accept(officer="focal").answer(by="focal")
    play.about(office_id=cast.department.pk, role=Role.CASE_OFFICER)
    whom = {user for _row, user in served_summaries.servable(play.case)}
    assert whom == {cast.case_officer, second}
