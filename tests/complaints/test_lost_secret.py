"""A lost secret: who proves the contact gets new ones, and nobody learns what belongs together."""

import re
import threading
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints import limits
from complaints.errors import Invalid, TooMany, WrongCode
from complaints.models import Case, Contact, ContactProof, Event, Notice
from complaints.services import casework, lost_secret, notices, sealing
from complaints.services.intake import Receipt
from complaints.submission import ContactDetails
from complaints.tasks import forget_receipts
from tests.complaints.conftest import Scene
from tests.complaints.test_filing_pages import html

LOST = "/en/complaints/track/lost/"
PHONE, EMAIL = "01712345678", "rahima@example.org"
OTHER_PHONE = "01811223344"
ON_ITS_WAY = "If this is the contact of that case, a code is on its way."
NO_FIT = "This code does not fit, or it is no longer valid."


@pytest.fixture
def receipt(scene: Scene) -> Receipt:
    """What was given at filing, with a phone number and an e-mail address, and lost."""
    return scene.file_named()


def asked(receipt: Receipt, contact: str = PHONE, **more: Any) -> ContactProof:
    return lost_secret.ask_code(number=receipt.number, contact=contact, **more)


def code_of(proof: ContactProof) -> str:
    """The code as it is sent, read from the message that goes out."""
    notice = Notice.objects.get(key=f"code:{proof.key}")
    found = re.search(r"\d{6}", notices.render(notice).sms)
    assert found
    return found.group()


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def use(proof: ContactProof, code: str = "", **more: Any):
    return lost_secret.use_code(key=proof.key, code=code or code_of(proof), **more)


def opens(receipt: Receipt, secret: str) -> bool:
    answer = Client().post("/en/complaints/track/", {"number": receipt.number, "secret": secret})
    return bool(answer.status_code == 302)


# --- The way of somebody who lost it --------------------------------------------------------


def test_a_citizen_gets_new_secrets_by_a_code_to_the_contact(client, scene, receipt):
    track = html(client.get("/en/complaints/track/"))
    assert f'href="{LOST}"' in track
    answer = client.post(LOST, {"number": receipt.number, "contact": PHONE})
    assert answer.status_code == 302
    assert ON_ITS_WAY in html(client.get(answer.url))
    proof = ContactProof.objects.get()
    done = client.post(answer.url, {"code": code_of(proof)})
    assert done.url == f"{LOST}{proof.key}/new/"
    page = html(client.get(done.url))
    secret, withdrawal = re.findall(r"\d{4} \d{4} \d{4} \d{4}", page)
    assert receipt.number in page
    assert opens(receipt, secret)
    assert opens(receipt, withdrawal)


def test_the_old_secrets_and_what_they_had_opened_are_dead(client, receipt):
    url = f"/en/complaints/track/{receipt.number}/"
    client.post("/en/complaints/track/", {"number": receipt.number, "secret": receipt.secret})
    assert client.get(url).status_code == 200
    use(asked(receipt))
    assert client.get(url).status_code == 302
    assert not opens(receipt, receipt.secret)
    assert not opens(receipt, receipt.withdrawal_secret)


@pytest.mark.parametrize(
    ("contact", "way"),
    [
        (PHONE, "sms"),
        ("+880 1712-345678", "sms"),
        ("০১৭১২৩৪৫৬৭৮", "sms"),
        (EMAIL, "email"),
        (" Rahima@Example.org ", "email"),
    ],
)
def test_the_contact_may_be_written_in_any_way_and_the_code_goes_there(receipt, contact, way):
    proof = asked(receipt, contact)
    notice = Notice.objects.get(key=f"code:{proof.key}")
    assert notice.channel == way
    assert notices.address_of(notice).to == ("+8801712345678" if way == "sms" else EMAIL)


def test_a_code_in_bangla_digits_and_with_spaces_counts(receipt):
    proof = asked(receipt)
    code = code_of(proof).translate(str.maketrans("0123456789", "০১২৩৪৫৬৭৮৯"))
    assert use(proof, f"{code[:3]} {code[3:]}").number == receipt.number


def test_the_new_secrets_can_be_taken_off_the_device_and_are_gone(client, receipt):
    proof = asked(receipt)
    new = client.post(f"{LOST}{proof.key}/", {"code": code_of(proof)}).url
    again = client.post(f"{LOST}{proof.key}/", {"code": "1"})
    assert again.url == new, "sent twice, the secrets are still there"
    assert client.post(new).url == "/en/complaints/track/"
    assert client.get(new).status_code == 410
    assert Client().get(new).status_code == 410


def test_no_cache_keeps_any_of_the_pages(client, receipt):
    proof = asked(receipt)
    code = code_of(proof)
    for url in (LOST, f"{LOST}{proof.key}/", f"{LOST}{proof.key}/new/"):
        assert "no-store" in client.get(url)["Cache-Control"]
    assert "no-store" in client.post(f"{LOST}{proof.key}/", {"code": code})["Cache-Control"]


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_the_pages_are_there_in_each_language(client, receipt, language):
    proof = asked(receipt)
    base = LOST.replace("/en/", f"/{language}/")
    assert client.get(base).status_code == 200
    assert client.get(f"{base}{proof.key}/").status_code == 200
    new = client.post(f"{base}{proof.key}/", {"code": code_of(proof)}).url
    assert client.get(new).status_code == 200


def test_without_a_contact_it_is_said_that_a_secret_cannot_be_replaced(client):
    assert "a lost secret can’t be replaced" in html(client.get(LOST))


def test_what_can_be_no_number_and_no_contact_is_said_at_the_field(client):
    answer = client.post(LOST, {"number": "12", "contact": "my phone"})
    assert answer.status_code == 422
    assert "Check the number: 12 digits and a letter" in html(answer)
    assert "This is not a telephone number." in html(answer)
    empty = client.post(LOST, {})
    assert "Write the phone number or the e-mail address." in html(empty)
    assert "Write the code." in html(client.post(f"{LOST}{uuid4()}/", {"code": ""}))


# --- Nobody learns anything -----------------------------------------------------------------


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


def test_every_way_to_ask_gets_the_same_page(client, ways_to_ask):
    pages = set()
    for number, contact in ways_to_ask.values():
        answer = client.post(LOST, {"number": number, "contact": contact})
        assert answer.status_code == 302
        page = html(Client().get(answer.url))
        pages.add(page.replace(answer.url, "").replace(answer.url[3:], ""))
    assert len({re.sub(r'(nonce|value)="[^"]*"', "", page) for page in pages}) == 1
    assert Notice.objects.filter(template="code").count() == 1


def test_every_way_to_ask_costs_the_same_work(ways_to_ask, monkeypatch):
    counted: list[str] = []
    for module in (limits, sealing, lost_secret):
        for name in ("new", "compare_digest"):
            real = getattr(module.hmac, name)

            def count(*args: Any, _real: Any = real, _name: str = name, **more: Any) -> Any:
                counted.append(_name)
                return _real(*args, **more)

            if not getattr(real, "counts", False):
                count.counts = True  # type: ignore[attr-defined]
                monkeypatch.setattr(module.hmac, name, count)
    limits.codes_for("warm: the hourly key is there")
    work = {}
    for way, (number, contact) in ways_to_ask.items():
        counted.clear()
        with CaptureQueriesContext(connection) as queries:
            lost_secret.ask_code(number=number, contact=contact, address="192.0.2.1")
        kinds = [re.match(r"\w+( INTO \S+)?", q["sql"]).group() for q in queries]
        work[way] = (
            sorted(counted),
            [kind.replace("ROLLBACK", "RELEASE") for kind in kinds],
        )
    assert len(work["right"][0]) >= 3
    assert 'INSERT INTO "complaints_notice"' in work["right"][1]
    for way, done in work.items():
        assert done == work["right"], way


def test_a_wrong_code_costs_the_same_for_a_real_and_a_made_up_proof(receipt, monkeypatch):
    real = asked(receipt)
    decoy = asked(receipt, OTHER_PHONE)
    assert (decoy.case_id, decoy.contact_id) == (None, None)
    work = []
    for proof in (real, decoy):
        with CaptureQueriesContext(connection) as queries, pytest.raises(WrongCode):
            use(proof, wrong(sealing.one_time_code(proof.pk, proof.nonce)))
        work.append([q["sql"].split()[0] for q in queries])
    assert work[0] == work[1]


def test_the_right_code_of_a_made_up_proof_opens_nothing(receipt):
    decoy = asked(receipt, OTHER_PHONE)
    with pytest.raises(WrongCode):
        use(decoy, sealing.one_time_code(decoy.pk, decoy.nonce))


def test_a_wrong_code_and_a_proof_that_never_was_get_the_same_answer(client, receipt):
    proof = asked(receipt)
    bodies = []
    for key, code in ((proof.key, wrong(code_of(proof))), (uuid4(), "123456"), (proof.key, "x")):
        answer = client.post(f"{LOST}{key}/", {"code": code})
        assert answer.status_code == 422
        bodies.append(NO_FIT in html(answer))
    assert bodies == [True] * 3


def test_no_code_and_no_new_secret_lies_in_any_table(client, receipt):
    proof = asked(receipt)
    code = code_of(proof)
    given = use(proof)
    kept = " ".join(
        str(row)
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
        for row in model._default_manager.values_list()
    )
    assert str(proof.nonce) in kept, "all tables were looked through"
    assert not re.search(rf"(?<!\d){code}(?!\d)", kept)
    for secret in (given.secret, given.withdrawal_secret):
        assert secret not in kept
        assert secret.replace(" ", "") not in kept


def test_the_code_hangs_on_a_key_outside_the_database(receipt, settings):
    proof = asked(receipt)
    code = code_of(proof)
    settings.TRACKING_KEY = "another key of the same length......"
    assert sealing.one_time_code(proof.pk, proof.nonce) != code


def test_codes_are_six_digits_each_of_their_own():
    codes = {sealing.one_time_code(n, f"{n:032x}") for n in range(200)}
    assert len(codes) > 195
    assert all(re.fullmatch(r"\d{6}", code) for code in codes)


@pytest.mark.parametrize("language", ["en", "bn", "id"])
def test_the_message_says_nothing_of_the_case_but_the_code(scene, language):
    receipt = scene.file_named(about_official=True, language=language)
    notice = Notice.objects.get(key=f"code:{asked(receipt).key}")
    assert notice.values == {"proof": ContactProof.objects.get().pk}
    written = notices.render(notice)
    for words in (written.subject, written.body, written.sms):
        assert receipt.number not in words
        assert "http" not in words
    assert re.search(r"\d{6}", written.body)


# --- Limits ---------------------------------------------------------------------------------


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
    with pytest.raises(notices.Unreachable):
        notices.render(pending)
    clock.shift(timedelta(minutes=15))
    with pytest.raises(notices.Unreachable):
        notices.render(Notice.objects.get(key=f"code:{late.key}"))


def test_an_erased_contact_proves_nothing(receipt):
    Contact.objects.update(erased_at=timezone.now())
    assert asked(receipt).case_id is None


def test_old_proofs_are_erased_by_a_task_and_fresh_ones_stay(receipt, clock):
    old = asked(receipt)
    clock.shift(timedelta(hours=1, minutes=16))
    fresh = asked(receipt)
    forget_receipts()
    assert list(ContactProof.objects.values_list("pk", flat=True)) == [fresh.pk]
    with pytest.raises(notices.Unreachable):
        notices.render(Notice.objects.get(key=f"code:{old.key}"))


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


# --- What it leaves -------------------------------------------------------------------------


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
    assert receipt.number in notices.render(told).body
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


# --- The API --------------------------------------------------------------------------------


def post(number: str, what: str, body: dict[str, str]):
    return Client().post(
        f"/api/v1/complaints/{number}/{what}/", body, content_type="application/json"
    )


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
