"""Publishing, what is sensitive, and who the citizen is."""

from typing import Any

import pytest

from complaints.models import Case, IdentityLook, Notice, Statement
from complaints.selectors import public_cases
from complaints.services import notice_words
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, refused


def consenting(scene: Scene, **filing: Any) -> Play:
    return Play(scene, publish_consent=True, **filing)


def is_public(play: Play) -> bool:
    return public_cases().filter(pk=play.case.pk).exists()


# --- Publishing -------------------------------------------------------------------------------


def test_a_case_is_public_once_the_citizen_agreed_and_the_desk_released_a_text(
    scene: Scene,
) -> None:
    play = consenting(scene)
    assert not is_public(play)
    play.publish()
    assert is_public(play)
    assert play.case.public_text == "A meter shows a wrong number."
    assert play.told("published") == {"citizen"}


def test_without_consent_nothing_is_published(scene: Scene) -> None:
    with refused("not_publishable"):
        Play(scene).publish()


@pytest.mark.parametrize("by", ["focal", "head", "overseer", "citizen"])
def test_only_the_desk_publishes_and_takes_out(scene: Scene, by: str) -> None:
    play = consenting(scene).forward()
    with refused("not_yours"):
        play.publish(by=by)
    play.publish()
    with refused("not_yours"):
        play.unpublish(by=by)


def test_taken_out_it_is_gone(scene: Scene) -> None:
    play = consenting(scene).publish().unpublish()
    assert not is_public(play)
    assert (play.case.public_text, play.case.published_at) == ("", None)
    with refused("not_published"):
        play.unpublish()


def test_a_released_text_is_needed(scene: Scene) -> None:
    from complaints.services import publishing

    play = consenting(scene)
    with refused("invalid"):
        publishing.publish(actor=play.actor("desk"), number=play.number, public_text="  ")


@pytest.mark.parametrize("how", ["at filing", "by the citizen", "by the desk"])
def test_a_sensitive_case_is_never_published(scene: Scene, how: str) -> None:
    play = consenting(scene, about_official=how == "at filing")
    if how != "at filing":
        play.mark_sensitive(by="citizen" if "citizen" in how else "desk")
    assert not play.case.publish_consent
    with refused("not_publishable"):
        play.publish()


# --- Sensitive --------------------------------------------------------------------------------


def test_marking_takes_it_out_of_the_public_and_seals_the_identity(scene: Scene) -> None:
    play = consenting(scene, share_contact=True).publish().mark_sensitive()
    case = play.case
    assert (case.sensitive, case.publish_consent, case.share_contact) == (True, False, False)
    assert (case.public_text, case.published_at) == ("", None)
    assert not is_public(play)


def test_about_an_official_the_consents_given_at_filing_do_not_count(scene: Scene) -> None:
    case = Play(scene, about_official=True, share_contact=True, publish_consent=True).case
    assert (case.sensitive, case.publish_consent, case.share_contact) == (True, False, False)


def test_naming_whom_it_is_about_makes_it_sensitive(scene: Scene) -> None:
    from complaints.submission import Whom

    play = Play(scene, respondents=(Whom(user_id=scene.cast.focal.pk),))
    assert (play.case.sensitive, play.state) == (True, "received")


def test_consent_does_not_come_back_when_the_mark_is_lifted(scene: Scene) -> None:
    play = consenting(scene).mark_sensitive().clear_sensitive()
    assert not play.case.sensitive
    with refused("not_publishable"):
        play.publish()


@pytest.mark.parametrize("by", ["citizen", "desk"])
def test_citizen_and_desk_mark_in_any_state(scene: Scene, by: str) -> None:
    assert Play(scene).forward().accept().mark_sensitive(by=by).case.sensitive
    assert Play(scene).decline().mark_sensitive(by=by).case.sensitive


@pytest.mark.parametrize("by", ["focal", "head", "case_officer", "overseer"])
def test_nobody_else_marks(scene: Scene, by: str) -> None:
    with refused("not_yours"):
        Play(scene).forward().accept().mark_sensitive(by=by)


@pytest.mark.parametrize("by", ["citizen", "desk", "focal"])
def test_only_an_overseer_lifts_the_mark(scene: Scene, by: str) -> None:
    with refused("not_yours"):
        Play(scene).forward().mark_sensitive().clear_sensitive(by=by)


def test_lifting_needs_a_reason_that_the_citizen_does_not_read(scene: Scene) -> None:
    from complaints.services import answering

    play = Play(scene).mark_sensitive()
    with refused("invalid"):
        answering.clear_sensitive(actor=play.actor("overseer"), number=play.number, reason="")
    play.clear_sensitive()
    assert Statement.objects.get(event=play.last).internal
    assert "clear_sensitive" not in [e.event.move for e in play.file_for("citizen").timeline]


def test_notices_of_a_sensitive_case_say_only_that_there_is_news(scene: Scene) -> None:
    play = Play(scene, about_official=True).forward().accept().answer()
    assert set(play.heard()) == {"news"}
    for row in Notice.objects.filter(contact__case=play.case):
        assert row.values == {"number": play.number}


def test_a_notice_written_before_the_mark_leaves_as_news(scene: Scene) -> None:
    play = Play(scene).forward().mark_sensitive()
    before = Notice.objects.get(contact__case=play.case, template="forwarded")
    written = notice_words.render(before)
    assert "Grid" not in written.subject + written.body + written.sms
    assert written.subject == "There is news on your case"


# --- Who the citizen is -----------------------------------------------------------------------


def test_the_handler_sees_the_contact_with_a_reason(scene: Scene) -> None:
    play = Play(scene).forward().accept()
    assert play.break_seal().name == "Rahima"
    look = IdentityLook.objects.get(case=play.case)
    assert (look.user, look.office) == (scene.cast.case_officer, scene.cast.department)
    assert look.ground == "seal_broken"


@pytest.mark.parametrize("reason", ["", "because", "   "])
def test_without_a_reason_the_seal_stays(scene: Scene, reason: str) -> None:
    play = Play(scene).forward().accept()
    with refused("invalid"):
        play.break_seal(reason=reason)
    assert not IdentityLook.objects.exists()
    assert "break_seal" not in play.moves


def test_where_the_citizen_allowed_it_no_reason_is_needed(scene: Scene) -> None:
    play = Play(scene, share_contact=True).forward().accept()
    assert play.break_seal(reason="").phone == "+8801712345678"
    assert IdentityLook.objects.get(case=play.case).ground == "shared"
    assert play.told("seal_broken") == set()


def test_on_a_sensitive_case_a_reason_is_needed_whatever_was_allowed(scene: Scene) -> None:
    play = Play(scene, share_contact=True).forward().accept().mark_sensitive()
    # Even if the consent came back into the row by some other way.
    Case.objects.filter(pk=play.case.pk).update(share_contact=True)
    with refused("invalid"):
        play.break_seal(reason="")


def test_the_citizen_sees_who_looked_when_and_why(scene: Scene) -> None:
    play = Play(scene).forward().accept()
    play.break_seal()
    assert play.told("seal_broken") == {"citizen"}
    file = play.file_for("citizen")
    assert file.timeline[-1].event.move == "break_seal"
    assert file.timeline[-1].said == {"text": "To visit the house"}
    (look,) = file.looks
    assert (look.office, look.at) == (scene.cast.department, play.last.happened_at)


@pytest.mark.parametrize("by", ["desk", "overseer", "auditor", "rival_focal", "district_focal"])
def test_only_the_handler_breaks_the_seal(scene: Scene, by: str) -> None:
    play = Play(scene).forward().accept()
    with pytest.raises(Exception, match=r"not_yours|no_such_case"):
        play.break_seal(by=by)
    assert not IdentityLook.objects.exists()


def test_the_last_office_loses_the_right_with_the_case(scene: Scene) -> None:
    play = Play(scene).forward().send_back()
    with refused("not_yours"):
        play.break_seal(by="focal")
    assert play.break_seal(by="desk").name == "Rahima"


def test_an_anonymous_case_has_nobody_to_show(scene: Scene) -> None:
    play = Play(scene, named=False).forward().accept()
    assert not play.break_seal()
