"""A complaint by direct message at X from its first word to its end; and one that everybody can read."""

from typing import Any

import pytest
from django.test import Client

from channels import intake
from channels.inbound import CannotFetch, File
from channels.models import Conversation, Message
from channels.registry import INBOUND
from complaints.models import Attachment, Case
from tests.channels.xapi import NO_MESSAGES, US, Somebody, X, bring, direct, mention, photo, x
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.complaints.uploads import image

__all__ = ["x"]
WORDS = "The electricity meter shows a wrong number and nobody comes."


@pytest.fixture
def rahima(client: Client, scene: Scene, x: X) -> Somebody:
    return Somebody(client, x)


def played(scene: Scene, case: Case) -> Play:
    play = Play.__new__(Play)
    play.scene, play.cast, play.receipt, play.number = scene, scene.cast, case, case.number
    return play.forward() if case.status == "received" else play


# --- Direct messages --------------------------------------------------------------------------


def test_a_whole_conversation(scene: Scene, rahima: Somebody) -> None:
    [question] = rahima.write(WORDS)
    assert "official" in question
    [question] = rahima.write("2")
    assert "Where is it?" in question
    [question] = rahima.write("Mirzapur")
    assert "published" in question
    receipt, withdrawal = rahima.write("yes")
    case = Case.objects.get()
    assert (case.channel, case.text, case.publish_consent) == ("x", WORDS, True)
    assert "Secret to follow it" in receipt
    assert "Only to withdraw" in withdrawal
    play = played(scene, case).accept().ask()
    assert "Which meter is it?" in rahima.heard()[-1]
    rahima.write("The left one.")
    play.answer()
    assert "Answer YES" in rahima.heard()[-1]
    [closed] = rahima.write("yes")
    assert "closed as solved" in closed
    [thanks] = rahima.write("5")
    assert "Thank you" in thanks
    assert play.state == "closed: confirmed"
    assert not rahima.x.posts


def test_two_people_with_the_same_words_have_two_conversations(
    client: Client, rahima: Somebody
) -> None:
    bring(client, {"data": [direct(WORDS), direct(WORDS, sender="777")]})
    intake.take_messages()
    assert Conversation.objects.filter(step="official").count() == 2


def test_a_photo_is_fetched_as_the_account_and_its_link_is_no_word(rahima: Somebody) -> None:
    content = image()
    attached = photo(rahima.x, content)
    rahima.write(f"{WORDS} https://t.co/Mq6pVXPx1M", **attached)
    rahima.write("2")
    rahima.write("skip")
    rahima.write("2")
    case = Case.objects.get()
    assert case.text == WORDS
    assert Attachment.objects.filter(case=case).count() == 1


def test_a_link_that_they_wrote_stays(rahima: Somebody) -> None:
    rahima.write(f"{WORDS} See https://t.co/abcdefghij")
    rahima.write("2")
    rahima.write("skip")
    rahima.write("2")
    assert Case.objects.get().text == f"{WORDS} See https://t.co/abcdefghij"


def test_a_film_is_not_kept_and_they_are_told(rahima: Somebody) -> None:
    media = {"media_url_https": "https://pbs.twimg.com/still.jpg", "type": "video", "url": ""}
    answers = rahima.write(WORDS, attachment={"type": "media", "media": media})
    assert any("Not all files" in answer for answer in answers)
    assert not any(asked.method == "GET" for asked in rahima.x.asked)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://evil.example/1.jpg", "strange_address"),
        ("http://169.254.169.254/latest/meta-data/", "strange_address"),
        ("{x}/gone.jpg", "gone"),
    ],
)
def test_a_file_from_elsewhere_is_not_asked_for(x: X, url: str, why: str) -> None:
    with pytest.raises(CannotFetch) as failure:
        INBOUND["x"].fetch(File({"type": "photo", "url": url.format(x=x.origin)}))
    assert (failure.value.why, failure.value.for_good) == (why, True)


def test_a_file_larger_than_any_that_is_kept_is_given_up(x: X, settings: Any) -> None:
    settings.FILES_MAX_BYTES = 1000
    x.files["/big.jpg"] = b"x" * 5000
    with pytest.raises(CannotFetch) as failure:
        INBOUND["x"].fetch(File({"type": "photo", "url": f"{x.origin}/big.jpg"}))
    assert (failure.value.why, failure.value.for_good) == ("large", True)


# --- Mentions ---------------------------------------------------------------------------------


def test_a_mention_is_filed_at_once_and_its_receipt_goes_by_direct_message(
    rahima: Somebody,
) -> None:
    receipt, withdrawal = rahima.posts(f"@CabinetPortal {WORDS}")
    case = Case.objects.get()
    assert (case.channel, case.text, case.publish_consent) == ("x", WORDS, False)
    assert case.number in receipt
    assert "Secret to follow it" in receipt
    assert case.number in withdrawal
    assert not rahima.x.posts
    assert not Conversation.objects.get().step


def test_a_mention_of_somebody_who_takes_no_messages_is_a_complaint_all_the_same(
    rahima: Somebody,
) -> None:
    rahima.x.always = 403, NO_MESSAGES, {}
    rahima.posts(f"@CabinetPortal {WORDS}")
    assert Case.objects.get().text == WORDS
    assert not rahima.x.posts


def test_news_of_it_comes_by_direct_message_and_never_in_public(
    scene: Scene, rahima: Somebody
) -> None:
    rahima.posts(f"{WORDS} @cabinetportal, please look!")
    case = Case.objects.get()
    assert case.text == f"{WORDS} , please look!"
    played(scene, case).accept().answer()
    assert "Answer YES" in rahima.heard()[-1]
    assert not rahima.x.posts


def test_a_post_does_not_answer_a_question_that_was_asked_in_private(rahima: Somebody) -> None:
    rahima.write("The bridge to our village is broken since August.")
    assert Conversation.objects.get().step == "official"
    rahima.posts(f"@CabinetPortal {WORDS}")
    assert Case.objects.get().text == WORDS
    conversation = Conversation.objects.get()
    assert conversation.step == "official"
    assert conversation.file_at is not None
    rahima.write("2")
    rahima.write("skip")
    rahima.write("2")
    assert Case.objects.latest("id").text == "The bridge to our village is broken since August."


def test_a_post_is_a_complaint_of_its_own_beside_an_open_case(rahima: Somebody) -> None:
    rahima.posts(f"@CabinetPortal {WORDS}")
    rahima.posts("@CabinetPortal The road in front of our school is broken.")
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "more", "filed"),
    [
        ("@CabinetPortal thanks!", {"in_reply_to_user_id": US}, 0),
        ("@CabinetPortal ok https://t.co/abcdefghij", {"in_reply_to_user_id": US}, 0),
        ("@CabinetPortal the bridge is broken", {"in_reply_to_user_id": US}, 1),
        ("@CabinetPortal ধন্যবাদ", {"in_reply_to_user_id": US}, 0),
        ("@CabinetPortal", {}, 0),
        ("RT @Other: @CabinetPortal the bridge is broken", {"referenced_tweets": "retweeted"}, 0),
        ("@CabinetPortal see what they say of the bridge", {"referenced_tweets": "quoted"}, 1),
    ],
)
def test_a_nod_is_no_complaint(
    rahima: Somebody, text: str, more: dict[str, Any], filed: int
) -> None:
    if "referenced_tweets" in more:
        more = {"referenced_tweets": [{"type": more["referenced_tweets"], "id": "5"}]}
    answers = rahima.posts(text, **more)
    assert Case.objects.count() == filed
    assert bool(answers) == bool(filed)
    assert Message.objects.get().state == "done"


def test_a_reply_is_known_by_the_post_that_it_answers(rahima: Somebody) -> None:
    answered = {"includes": {"tweets": [{"id": "500", "author_id": US}]}}
    replied = {"referenced_tweets": [{"type": "replied_to", "id": "500"}]}
    assert not rahima.posts("@CabinetPortal thanks!", **answered, **replied)


def test_too_few_words_that_answer_nothing_are_asked_about_in_private(rahima: Somebody) -> None:
    [answer] = rahima.posts("hey @CabinetPortal")
    assert "কী ও কোথায় ঘটেছে" in answer
    assert not Case.objects.exists()
    assert not rahima.x.posts


def test_an_edited_post_is_the_same_post(rahima: Somebody) -> None:
    rahima.posts(f"@CabinetPortal {WORDS}", id="900")
    rahima.posts(f"@CabinetPortal {WORDS}!", id="901", edit_history_tweet_ids=["900", "901"])
    assert Case.objects.get().text == WORDS


@pytest.mark.parametrize("given", ["address", "key"])
def test_a_photo_of_a_post_is_kept(rahima: Somebody, given: str) -> None:
    server = rahima.x
    server.files["/media/GxYz.jpg"] = image()
    media = {"media_key": "3_555", "type": "photo", "url": f"{server.origin}/media/GxYz.jpg"}
    server.known["/2/tweets/900"] = {"data": {"id": "900"}, "includes": {"media": [media]}}
    includes = {"media": [media]} if given == "address" else {}
    found = mention(f"@CabinetPortal {WORDS} https://t.co/pic", id="900", includes=includes)
    found["payload"]["attachments"] = {"media_keys": ["3_555"]}
    found["payload"]["entities"]["urls"] = [{"url": "https://t.co/pic", "media_key": "3_555"}]
    rahima.brings(found)
    case = Case.objects.get()
    assert case.text == WORDS
    assert Attachment.objects.filter(case=case).count() == 1


def test_where_x_does_not_say_where_a_photo_is_the_words_are_filed(rahima: Somebody) -> None:
    attached = {"attachments": {"media_keys": ["3_555", "13_556"]}}
    answers = rahima.posts(f"@CabinetPortal {WORDS}", **attached)
    assert Case.objects.get().text == WORDS
    assert any("Not all files" in answer for answer in answers)
