"""Letters to citizens can be answered: what they carry, over a real SMTP server."""

import re
from datetime import timedelta
from typing import Any

import pytest

from channels import relay
from channels.email import marks
from channels.email.outbound import EmailOut
from channels.outbound import Letter
from complaints.models import Case, Notice
from complaints.services import links
from complaints.services.notice_words import Rendered
from complaints.services.notices import Address
from tests.channels.letters import inbox
from tests.channels.smtp import Letters, post_office
from tests.complaints.conftest import Scene
from tests.complaints.play import Play

__all__ = ["inbox", "post_office"]
CITIZEN = "rahima@example.org"


@pytest.mark.usefixtures("inbox")
def test_a_letter_to_a_citizen_carries_the_token_of_its_case(
    scene: Scene, post_office: Letters
) -> None:
    play = Play(scene).forward().accept().ask()
    relay.deliver_notices()
    token = links.reply_token(play.case.pk)
    letters = post_office.to(CITIZEN)
    assert len(letters) >= 3
    for letter in letters:
        assert letter["Reply-To"] == f"complaints+{token}@portal.example"
        assert re.fullmatch(rf"<notice-\d+\.{token}@testserver>", letter["Message-ID"])
        assert letter["From"] == "Complaint portal <no-reply@portal.example>"
        assert letter["Auto-Submitted"] == "auto-generated"
        assert letter["Content-Language"] == "en"
        assert letter["List-Unsubscribe"] is None
        assert letter.get_content_type() == "text/plain"
    assert len({letter["Message-ID"] for letter in letters}) == len(letters)
    ids = set(
        Notice.objects.filter(case=play.case, user=None, office=None, channel="email").values_list(
            "provider_id", flat=True
        )
    )
    # Not the ids themselves: each holds the token by which an answer is taken for the citizen's.
    assert ids == {links.kept_id("email", letter["Message-ID"]) for letter in letters}
    assert not ids & {letter["Message-ID"] for letter in letters}


@pytest.mark.usefixtures("inbox")
def test_the_token_opens_nothing(scene: Scene, post_office: Letters) -> None:
    play = Play(scene)
    relay.deliver_notices()
    [letter] = post_office.to(CITIZEN)
    token = links.reply_token(play.case.pk)
    assert token not in letter.get_content()
    assert links.clock_of(token) is None
    assert links.case_of_reply(token) == play.case
    assert links.case_of_reply(token[:-1] + ("a" if token[-1] != "a" else "b")) is None


@pytest.mark.usefixtures("inbox")
def test_a_retry_is_the_same_letter(scene: Scene, post_office: Letters, clock: Any) -> None:
    Play(scene)
    post_office.refusal = "451 later"
    relay.deliver_notices()
    notice = Notice.objects.get(contact__isnull=False)
    assert (notice.status, notice.provider_id) == ("pending", "")
    post_office.refusal = ""
    Notice.objects.update(status="pending")
    for _try in range(2):
        clock.shift(timedelta(minutes=15))
        Notice.objects.filter(pk=notice.pk).update(status="pending", sent_at=None)
        relay.deliver_notices()
    first, second = post_office.to(CITIZEN)
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.usefixtures("inbox")
def test_officers_letters_carry_no_token_and_are_not_answered(
    scene: Scene, post_office: Letters
) -> None:
    play = Play(scene).forward()
    relay.deliver_notices()
    token = links.reply_token(play.case.pk)
    officers = [letter for letter in post_office.arrived if CITIZEN not in letter["To"]]
    assert officers
    for letter in officers:
        assert letter["Reply-To"] is None
        assert token not in letter.as_string()
        assert re.fullmatch(r"<notice-\d+\.[0-9a-f]{20}@testserver>", letter["Message-ID"])
        assert "answer this e-mail" not in letter.get_content()


@pytest.mark.usefixtures("inbox")
def test_what_is_about_no_case_goes_back_to_the_mailbox(post_office: Letters, db: None) -> None:
    words = Rendered("Your message", "Write more.\n", "", "en", template="chat_write")
    with EmailOut() as way:
        way.send(Letter(Address("email", CITIZEN, "en"), words, "9"))
    [letter] = post_office.arrived
    assert letter["Reply-To"] == "complaints@portal.example"
    assert letter["Message-ID"] == marks.message_id("9")


@pytest.mark.usefixtures("inbox")
def test_a_code_is_not_to_be_answered(scene: Scene, post_office: Letters) -> None:
    case = Play(scene).case
    words = Rendered("Your code", "123456\n", "", "en", template="code")
    with EmailOut() as way:
        way.send(Letter(Address("email", CITIZEN, "en"), words, "9", case.pk))
    [letter] = post_office.arrived
    assert letter["Reply-To"] is None
    assert links.reply_token(case.pk) not in letter.as_string()


def test_without_a_mailbox_nothing_of_it_is_there(scene: Scene, post_office: Letters) -> None:
    Play(scene)
    relay.deliver_notices()
    [letter] = post_office.to(CITIZEN)
    assert letter["Reply-To"] is None
    assert re.fullmatch(r"<notice-\d+@testserver>", letter["Message-ID"])
    assert "answer this e-mail" not in letter.get_content()


# --- Words ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("inbox")
def test_it_says_that_it_can_be_answered_and_how(scene: Scene, post_office: Letters) -> None:
    play = Play(scene)
    relay.deliver_notices()
    assert "You can answer this e-mail" in post_office.to(CITIZEN)[-1].get_content()
    play.forward().accept().ask()
    relay.deliver_notices()
    assert "Or simply answer this e-mail." in post_office.to(CITIZEN)[-1].get_content()
    play.reply().answer()
    relay.deliver_notices()
    code = links.code_of(play.clock("confirm"))
    assert f"YES {code}" in post_office.to(CITIZEN)[-1].get_content()


@pytest.mark.usefixtures("inbox")
def test_of_a_sensitive_case_only_the_token_goes_along(scene: Scene, post_office: Letters) -> None:
    play = Play(scene, about_official=True)
    relay.deliver_notices()
    [letter] = post_office.to(CITIZEN)
    assert letter["Subject"] == "There is news on your case"
    assert links.reply_token(play.case.pk) in letter["Reply-To"]


@pytest.mark.usefixtures("inbox")
def test_the_envelope_and_the_address_are_those_of_the_person_alone(
    scene: Scene, post_office: Letters
) -> None:
    Play(scene)
    Play(scene)
    relay.deliver_notices()
    assert [to for _sender, to in post_office.envelopes] == [[CITIZEN], [CITIZEN]]
    assert {sender for sender, _to in post_office.envelopes} == {"no-reply@portal.example"}
    assert Case.objects.count() == 2
