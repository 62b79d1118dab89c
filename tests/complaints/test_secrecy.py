"""Who the citizen is and what opens the case lie nowhere in clear: no table, cache, notice or log."""

import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client

from channels.relay import deliver_notices
from complaints import proofs, tracking
from complaints.errors import NoSuchCase
from complaints.models import Case, Contact, FilingKey, Notice
from complaints.services import identity, intake, repeating, sealing
from complaints.services.intake import Receipt
from complaints.submission import ContactDetails, Submission
from tests.complaints.conftest import SUNDAY, Scene
from tests.complaints.play import Play

NAME, PHONE, EMAIL = "Shamsunnahar", "01798765432", "shamsu.1971@example.org"
FOR_NAME = "Khodeja Begum"
#: As they are stored in clear, if they were: however they are written.
CONTACT = (NAME, "1798765432", EMAIL, "shamsu.1971", "Khodeja")


def file_it(key: str = "once", **parts: Any) -> Receipt:
    from accounts.actors import Actor

    submission = Submission(
        text="The electricity meter shows a wrong number.",
        contact=ContactDetails(NAME, PHONE, EMAIL, FOR_NAME, "spoken"),
        language="en",
        on_behalf=True,
        **parts,
    )
    return intake.submit(actor=Actor(kind="citizen"), submission=submission, key=key)


def worked(scene: Scene) -> Play:
    """A case through which contact and secrets have gone by every way there is."""
    play = Play.__new__(Play)
    play.scene, play.cast = scene, scene.cast
    play.receipt = file_it()
    play.number = play.receipt.number
    play.ask(by="desk").reply().forward().accept()
    play.break_seal()
    play.message().answer().dispute()
    play.withdraw(pressured=True).call_back()
    deliver_notices()
    return play


def forms_of(receipt: Receipt) -> list[str]:
    """Both secrets, in groups and without spaces."""
    secrets = (receipt.secret, receipt.withdrawal_secret)
    return [form for s in secrets for form in (s, tracking.digits_only(s))]


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return [name for (name,) in cursor.fetchall()]


def everything_stored() -> Iterator[tuple[str, str]]:
    """Every row of every table as text; binary columns stand in it as hexadecimal digits."""
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" AS t')  # noqa: S608
            for (row,) in cursor.fetchall():
                yield table, row


def everything_cached() -> Iterator[tuple[str, bytes]]:
    with redis.Redis.from_url(settings.CACHES["default"]["LOCATION"]) as client:
        for key in client.scan_iter():
            kinds = {b"string": client.get, b"hash": client.hgetall}
            read = kinds.get(client.type(key), lambda _key: b"")
            yield key.decode(), repr(read(key)).encode()


def found_in_clear(words: list[str] | tuple[str, ...]) -> list[str]:
    """Where any of the words stands, as text or as the bytes of a binary column."""
    wanted = [w.casefold() for w in words] + [w.encode().hex() for w in words]
    rows = [(where, row.casefold()) for where, row in everything_stored()]
    rows += [(key, f"{key} {value.decode()}".casefold()) for key, value in everything_cached()]
    return [f"{where}: {w}" for where, row in rows for w in wanted if w in row]


# --- In the database --------------------------------------------------------------------------


def test_no_table_and_no_cache_holds_a_contact_in_clear(scene: Scene) -> None:
    worked(scene)
    assert len(tables()) > 40
    assert found_in_clear(CONTACT) == []


def test_the_search_itself_would_find_it(scene: Scene) -> None:
    Play(scene, text=f"My name is {NAME}, and this is my complaint.")
    assert found_in_clear(CONTACT) != []


def test_no_table_and_no_cache_holds_a_secret(scene: Scene) -> None:
    play = worked(scene)
    assert found_in_clear(forms_of(play.receipt)) == []


def test_filed_by_the_api_and_followed_it_is_the_same(scene: Scene, client: Client) -> None:
    body = {
        "text": "The electricity meter shows a wrong number.",
        "name": NAME,
        "phone": PHONE,
        "email": EMAIL,
    }
    receipt = client.post(
        "/api/v1/complaints/",
        json.dumps(body),
        content_type="application/json",
        headers={"Idempotency-Key": "k"},
    ).json()
    client.post("/complaints/track/", {"number": receipt["number"], "secret": receipt["secret"]})
    assert client.get(f"/complaints/track/{receipt['number']}/").status_code == 200
    secrets = [receipt["secret"], tracking.digits_only(receipt["secret"])]
    assert found_in_clear([*CONTACT, *secrets]) == []


def test_a_secret_is_kept_as_hmac_sha_256_of_number_and_secret_under_the_key_outside(
    scene: Scene,
) -> None:
    receipt = file_it()
    case = Case.objects.get(number=receipt.number)
    for stored, secret in (
        (case.secret_hash, receipt.secret),
        (case.withdrawal_hash, receipt.withdrawal_secret),
    ):
        message = f"{receipt.number}\x00{secret.replace(' ', '')}".encode()
        key = settings.TRACKING_KEYS[0].encode()
        assert stored == hmac.new(key, message, hashlib.sha256).hexdigest()


def test_two_secrets_of_16_digits_are_given_and_they_differ(scene: Scene) -> None:
    receipts = [file_it(key=str(n)) for n in range(5)]
    secrets = [s for r in receipts for s in (r.secret, r.withdrawal_secret)]
    assert len(set(secrets)) == 10
    assert all(len(tracking.digits_only(s)) == 16 for s in secrets)


def test_a_contact_opens_with_the_key_and_is_found_by_its_blind_index(scene: Scene) -> None:
    receipt = file_it()
    contact = Contact.objects.get(case__number=receipt.number)
    assert identity.contact_of(contact.case) == ContactDetails(
        NAME, "+8801798765432", EMAIL, FOR_NAME, "spoken"
    )
    assert contact.phone_index == sealing.blind_index("phone", "+8801798765432")
    assert contact.phone_index != hashlib.sha256(b"+8801798765432").hexdigest()


def test_another_key_opens_nothing(scene: Scene, settings: Any) -> None:
    from cryptography.fernet import Fernet

    receipt = file_it()
    settings.CONTACT_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(sealing.CannotUnseal):
        identity.contact_of(Case.objects.get(number=receipt.number))


# --- Proving a case ---------------------------------------------------------------------------


def hmacs_of(monkeypatch: pytest.MonkeyPatch, number: str, secret: str) -> int:
    """How many HMACs one wrong guess costs."""
    done, real = [], hmac.new

    def counted(*args: Any, **kwargs: Any) -> Any:
        done.append(1)
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(hmac, "new", counted)
        with pytest.raises(NoSuchCase):
            proofs.check_secret(number, secret, "192.0.2.1")
    return len(done)


def test_an_unknown_number_costs_the_same_work_as_a_wrong_secret(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = file_it().number
    costs = [
        hmacs_of(monkeypatch, *guess)
        for guess in (
            (number, "1111 2222 3333 4444"),
            ("0000-0000-0000-T", "1111 2222 3333 4444"),
            (number, "too short"),
            ("no number at all", "1111 2222 3333 4444"),
            ("", ""),
        )
    ]
    # Two secrets are compared, whatever was typed; the rest are the counters' names.
    assert costs[0] > 2
    assert len(set(costs)) == 1


def test_a_wrong_secret_and_an_unknown_number_ask_the_database_the_same(
    scene: Scene, django_assert_num_queries: Any
) -> None:
    number = file_it().number
    for typed in (number, "0000-0000-0000-T", "nonsense"):
        with django_assert_num_queries(1), pytest.raises(NoSuchCase):
            proofs.check_secret(typed, "1111 2222 3333 4444", "192.0.2.1")


def test_a_proof_dies_with_the_secret(scene: Scene, client: Client) -> None:
    receipt = file_it()
    page = f"/complaints/track/{receipt.number}/"
    client.post("/complaints/track/", {"number": receipt.number, "secret": receipt.secret})
    assert client.get(page).status_code == 200
    again = sealing.secret_hash(receipt.number, tracking.new_secret())
    Case.objects.filter(number=receipt.number).update(secret_hash=again)
    assert client.get(page).status_code == 302


@pytest.mark.parametrize("which", ["secret", "withdrawal_secret"])
def test_each_proof_hangs_on_the_secret_it_was_made_with(
    scene: Scene, client: Client, which: str
) -> None:
    receipt = file_it()
    page = f"/complaints/track/{receipt.number}/"
    secret = getattr(receipt, which)
    client.post("/complaints/track/", {"number": receipt.number, "secret": secret})
    other = "withdrawal_hash" if which == "secret" else "secret_hash"
    Case.objects.filter(number=receipt.number).update(**{other: "0" * 64})
    assert client.get(page).status_code == 200


def test_a_proof_ends_an_hour_after_it_was_last_used(
    scene: Scene, client: Client, clock: Any
) -> None:
    receipt = file_it()
    page = f"/complaints/track/{receipt.number}/"
    client.post("/complaints/track/", {"number": receipt.number, "secret": receipt.secret})
    for _visit in range(3):
        clock.shift(timedelta(minutes=50))
        assert client.get(page).status_code == 200
    clock.shift(timedelta(minutes=61))
    assert client.get(page).status_code == 302


def test_a_session_may_open_its_own_cases_and_no_other(scene: Scene, client: Client) -> None:
    mine, other = file_it(key="a"), file_it(key="b")
    client.post("/complaints/track/", {"number": mine.number, "secret": mine.secret})
    assert client.get(f"/complaints/track/{other.number}/").status_code == 302


# --- The kept receipt -------------------------------------------------------------------------


def test_the_receipt_for_a_repeat_is_kept_encrypted_and_erased_after_24_hours(
    scene: Scene, clock: Any
) -> None:
    receipt = file_it(key="again")
    kept = FilingKey.objects.get()
    assert sealing.unseal(kept.sealed_receipt)["secret"] == receipt.secret
    assert "again" not in kept.key_hash
    assert file_it(key="again") == receipt
    clock.shift(timedelta(hours=24, microseconds=-1))
    assert repeating.forget_answers() == 0
    clock.shift(timedelta(microseconds=1))
    assert repeating.forget_answers() == 1
    assert not FilingKey.objects.exists()


def test_after_24_hours_the_same_key_files_anew(scene: Scene, clock: Any) -> None:
    receipt = file_it(key="again")
    clock.shift(timedelta(hours=24))
    assert file_it(key="again").number != receipt.number


# --- Notices and logs -------------------------------------------------------------------------


def test_a_notice_holds_ids_and_values_and_no_address(scene: Scene) -> None:
    play = worked(scene)
    rows = str(list(Notice.objects.filter(case=play.case).values()))
    for word in (*CONTACT, *forms_of(play.receipt)):
        assert word not in rows


def test_the_notice_gets_there_all_the_same_and_holds_no_secret(scene: Scene) -> None:
    play = worked(scene)
    to_citizen = [m for m in mail.outbox if m.to == [EMAIL]]
    assert len(to_citizen) >= 5
    for message in to_citizen:
        for word in (NAME, "Khodeja", *forms_of(play.receipt)):
            assert word not in f"{message.subject} {message.body}"


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Every line of every logger, before anything is masked."""
    return "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)


def test_no_log_holds_a_contact_or_a_secret(
    scene: Scene, caplog: pytest.LogCaptureFixture, client: Client
) -> None:
    with caplog.at_level(logging.DEBUG):
        play = worked(scene)
        Notice.objects.update(status="pending", attempts=0, channel="sms", next_at=SUNDAY)
        deliver_notices()
        # Mistakes are where secrets get into logs.
        wrong = {"number": play.number, "secret": play.receipt.secret[:-1] + "0"}
        client.post("/complaints/track/", wrong)
        client.post("/complaints/track/", wrong | {"secret": play.receipt.secret})
        client.get(f"/complaints/track/?number={play.number}")
    lines = logged(caplog)
    assert "sms" in lines
    for word in (*CONTACT, *forms_of(play.receipt)):
        assert word not in lines


def test_an_error_while_filing_logs_neither(
    scene: Scene, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from complaints.services import router

    def broken(*_args: Any, **_more: Any) -> Any:
        raise RuntimeError("no rules")

    monkeypatch.setattr(router.engine, "decide", broken)
    with caplog.at_level(logging.DEBUG):
        receipt = file_it()
    assert Case.objects.get(number=receipt.number).tray == "rule_error"
    lines = logged(caplog)
    assert "no rules" in lines
    for word in (*CONTACT, *forms_of(receipt)):
        assert word not in lines
