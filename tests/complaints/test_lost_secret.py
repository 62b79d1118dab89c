"""A lost secret: who proves the contact gets new ones, and nobody learns what belongs together."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints import limits
from complaints.errors import WrongCode
from complaints.models import ContactProof, Notice
from complaints.services import lost_secret, notice_words, notices, sealing
from complaints.services.intake import Receipt
from complaints.submission import ContactDetails
from tests.complaints.conftest import Scene
from tests.complaints.filing import html
from tests.complaints.losing import (
    EMAIL,
    LOST,
    NO_FIT,
    ON_ITS_WAY,
    OTHER_PHONE,
    PHONE,
    asked,
    code_of,
    opens,
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
    settings.TRACKING_KEYS = ["another key of the same length......"]
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
    written = notice_words.render(notice)
    for words in (written.subject, written.body, written.sms):
        assert receipt.number not in words
        assert "http" not in words
    assert re.search(r"\d{6}", written.body)
