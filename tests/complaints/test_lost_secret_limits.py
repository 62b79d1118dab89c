"""A lost secret: how often one may ask and guess, what it leaves, and the same by the API."""

import threading
from datetime import timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from complaints import limits
from complaints.errors import Invalid, TooMany, WrongCode
from complaints.models import Case, Contact, ContactProof, Event, Notice
from complaints.services import casework, lost_secret, notice_words
from complaints.services.intake import Receipt
from complaints.submission import ContactDetails
from complaints.tasks import forget_receipts
from tests.complaints.conftest import Scene
from tests.complaints.filing import html
from tests.complaints.losing import (
    EMAIL,
    LOST,
    ON_ITS_WAY,
    OTHER_PHONE,
    PHONE,
    asked,
    code_of,
    opens,
    post,
    use,
    wrong,
)


@pytest.fixture
def receipt(scene: Scene) -> Receipt:
    """What was given at filing, with a phone number and an e-mail address, and lost."""
    return scene.file_named()


@pytest.fixture
def ways_to_ask(scene: Scene, receipt: Receipt) -> dict[str, tuple[str, str]]:
    """Number and contact: right, and in each way wrong."""
    by_phone = scene.file(contact=ContactDetails(name="Karim", phone=OTHER_PHONE))
    return {
        "right": (receipt.number, PHONE),
        "wrong contact": (receipt.number, OTHER_PHONE),
        "no such number": ("0000-0000-0000-T", PHONE),
        "no contact": (scene.file().number, PHONE),
        "no contact of this kind": (by_phone.number, EMAIL),
    }


def test_three_codes_an_hour_go_to_a_case_and_the_fourth_asked_for_looks_no_different(
    client, receipt, clock
):
    for contact in (PHONE, EMAIL, PHONE):
        assert asked(receipt, contact).case_id
    answer = client.post(LOST, {"number": receipt.number, "contact": PHONE})
    assert answer.status_code == 302
    assert ON_ITS_WAY in html(client.get(answer.url))
    assert Notice.objects.filter(template="code").count() == 3
    clock.shift(timedelta(hours=1, seconds=1))
    assert asked(receipt).case_id is not None


def test_the_limit_holds_without_a_cache_too(receipt, monkeypatch):
    monkeypatch.setattr(limits, "codes_for", lambda _whom: 0)
    assert [bool(asked(receipt).case_id) for _ in range(4)] == [True, True, True, False]


def test_who_guesses_contacts_does_not_use_up_the_citizens_codes(receipt):
    for n in range(10):
        asked(receipt, f"018112233{n:02d}")
    assert asked(receipt).case_id is not None


def test_too_many_asked_from_one_address_are_held_up(receipt, monkeypatch):
    monkeypatch.setattr(limits, "CODES_ASKED_AN_HOUR_FROM_ADDRESS", 2)
    for _ in range(2):
        asked(receipt, address="192.0.2.7")
    with pytest.raises(TooMany):
        asked(receipt, address="192.0.2.7")
    assert asked(receipt, address="192.0.2.8")


def test_after_five_wrong_tries_the_right_code_is_dead(receipt):
    proof = asked(receipt)
    code = code_of(proof)
    for _ in range(lost_secret.MOST_TRIES):
        with pytest.raises(WrongCode):
            use(proof, wrong(code))
    with pytest.raises(WrongCode):
        use(proof, code)
    assert opens(receipt, receipt.secret)
    proof.refresh_from_db()
    assert proof.tries == lost_secret.MOST_TRIES


def test_the_fifth_try_may_be_the_right_one(receipt):
    proof = asked(receipt)
    code = code_of(proof)
    for _ in range(lost_secret.MOST_TRIES - 1):
        with pytest.raises(WrongCode):
            use(proof, wrong(code))
    assert use(proof, code).number == receipt.number


def test_who_guesses_on_and_on_is_held_up(client, receipt):
    key = asked(receipt).key
    answers = [
        client.post(f"{LOST}{key}/", {"code": "x"}).status_code
        for _ in range(limits.GUESSES_AN_HOUR + 1)
    ]
    assert answers == [422] * limits.GUESSES_AN_HOUR + [429]


@pytest.mark.parametrize(("minutes", "works"), [(14.99, True), (15, False)])
def test_a_code_is_valid_for_a_quarter_of_an_hour(receipt, clock, minutes, works):
    proof = asked(receipt)
    code = code_of(proof)
    clock.shift(timedelta(minutes=minutes))
    if works:
        assert use(proof, code)
    else:
        with pytest.raises(WrongCode):
            use(proof, code)


def test_a_code_proves_once_and_takes_the_other_codes_with_it(receipt):
    first, second = asked(receipt), asked(receipt, EMAIL)
    codes = code_of(first), code_of(second)
    use(first)
    for proof, code in zip((first, second), codes, strict=True):
        with pytest.raises(WrongCode):
            use(proof, code)


def test_a_code_that_is_out_of_date_or_used_is_not_sent_any_more(receipt, clock):
    late, used = asked(receipt), asked(receipt)
    pending = Notice.objects.get(key=f"code:{used.key}")
    use(used)
    with pytest.raises(notice_words.Unreachable):
        notice_words.render(pending)
    clock.shift(timedelta(minutes=15))
    with pytest.raises(notice_words.Unreachable):
        notice_words.render(Notice.objects.get(key=f"code:{late.key}"))


def test_an_erased_contact_proves_nothing(receipt):
    Contact.objects.update(erased_at=timezone.now())
    assert asked(receipt).case_id is None


def test_old_proofs_are_erased_by_a_task_and_fresh_ones_stay(receipt, clock):
    old = asked(receipt)
    clock.shift(timedelta(hours=1, minutes=16))
    fresh = asked(receipt)
    forget_receipts()
    assert list(ContactProof.objects.values_list("pk", flat=True)) == [fresh.pk]
    with pytest.raises(notice_words.Unreachable):
        notice_words.render(Notice.objects.get(key=f"code:{old.key}"))


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_the_right_code_get_one_pair_of_secrets():
    from tests.factories.agencies import make_registry

    receipt = Scene(make_registry()).file_named()
    proof = asked(receipt)
    code, given = code_of(proof), []

    def run() -> None:
        try:
            given.append(use(proof, code))
        except WrongCode:
            given.append(None)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [secrets for secrets in given if secrets]
    assert len(winners) == 1
    assert opens(receipt, winners[0].secret)


def test_the_record_says_it_without_a_word_and_still_verifies(receipt):
    use(asked(receipt))
    event = Event.objects.filter(case__number=receipt.number).latest("seq")
    assert (event.move, event.party, event.commitment) == ("new_secrets", "citizen", "")
    assert event.from_status == event.to_status
    assert (event.data, event.actor_id, event.office_id) == ({}, None, None)
    said = StringIO()
    call_command("verify_record", stdout=said)


def test_state_and_clocks_stay_as_they_were(receipt):
    before = Case.objects.get(number=receipt.number)
    use(asked(receipt))
    after = Case.objects.get(number=receipt.number)
    assert (after.status, after.next_due) == (before.status, before.next_due)


def test_the_citizen_and_the_officers_read_it_in_the_timeline(client, scene, receipt):
    given = use(asked(receipt))
    client.post("/en/complaints/track/", {"number": receipt.number, "secret": given.secret})
    page = html(client.get(f"/en/complaints/track/{receipt.number}/"))
    assert "You got new secrets; the old ones no longer open the case" in page
    client.force_login(scene.cast.desk)
    page = html(client.get(f"/en/office/cases/{receipt.number}/"))
    assert "The citizen proved their contact and got new secrets" in page


def test_the_contact_is_told_and_of_a_sensitive_case_only_that_there_is_news(scene, receipt):
    use(asked(receipt))
    told = Notice.objects.get(template="secrets_renewed")
    assert receipt.number in notice_words.render(told).body
    sealed = scene.file_named(about_official=True)
    use(asked(sealed))
    assert Notice.objects.filter(case__number=sealed.number, template="news").exists()
    assert not Notice.objects.filter(
        case__number=sealed.number, template="secrets_renewed"
    ).exists()


@pytest.mark.parametrize("who", ["desk", "overseer", "focal"])
def test_no_officer_renews_the_secrets_of_a_case(scene, receipt, who):
    from complaints.errors import NoSuchCase
    from complaints.services.identity import renew_secrets

    proof = asked(receipt)
    casework.forward(
        actor=scene.actor(scene.cast.desk),
        number=receipt.number,
        office=scene.cast.department,
        reason="Power meters",
    )
    with pytest.raises(NoSuchCase):
        renew_secrets(
            actor=scene.actor(getattr(scene.cast, who)), number=receipt.number, proof=proof
        )
    assert opens(receipt, receipt.secret)


def test_an_app_gets_new_secrets_the_same_way(receipt):
    answer = post(receipt.number, "code", {"contact": EMAIL})
    assert answer.status_code == 202
    proof = ContactProof.objects.get(key=answer.json()["proof"])
    body = {"proof": str(proof.key), "code": code_of(proof)}
    done = post(receipt.number, "new-secrets", body)
    assert done.status_code == 200
    assert "no-store" in done["Cache-Control"]
    assert opens(receipt, done.json()["secret"])
    assert post(receipt.number, "new-secrets", body).status_code == 422
    assert Event.objects.latest("id").channel == "api"


def test_the_api_answers_every_way_to_ask_alike(ways_to_ask):
    answers = [post(number, "code", {"contact": what}) for number, what in ways_to_ask.values()]
    assert {answer.status_code for answer in answers} == {202}
    assert {tuple(answer.json()) for answer in answers} == {("proof", "expires_at")}
    assert len({answer.json()["expires_at"] for answer in answers}) == 1
    assert all(UUID(answer.json()["proof"]) for answer in answers)


def test_the_code_of_one_case_is_none_for_another(scene, receipt):
    proof = asked(receipt)
    body = {"proof": str(proof.key), "code": code_of(proof)}
    answer = post(scene.file_named().number, "new-secrets", body)
    assert answer.status_code == 422
    assert answer.json()["code"] == "wrong_code"


def test_the_api_says_which_field_is_wrong(receipt):
    answer = post(receipt.number, "code", {"contact": "nothing"})
    assert answer.status_code == 422
    assert "contact" in answer.json()["errors"]
    with pytest.raises(Invalid):
        lost_secret.ask_code(number="x", contact=PHONE)
