"""Keys are changed while the portal works: all that is sealed follows, nothing is lost or in the way."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.conf import settings as live
from django.core.management import CommandError, call_command
from django.db import close_old_connections, connection, models, transaction

from channels.models import Conversation, Device, Message
from complaints.models import Case, Contact, DataKey, FilingKey, Handle, Notice
from complaints.services import contacts, identity, rotation, sealing
from complaints.services.rotation import Tally
from complaints.services.sealing import Under
from tests.complaints.conftest import SUNDAY, Scene

#: Columns of bytes that are no secret: hashes, signatures and public keys of the record.
PLAIN_ROOMS = {"record"}
OLD = live.CONTACT_KEYS[0]


def new_key() -> str:
    return Fernet.generate_key().decode()


def silent(_tally: Tally) -> None:
    """Nobody listens."""


def command(*args: str) -> str:
    out = StringIO()
    call_command("rotate_keys", *args, stdout=out)
    return out.getvalue()


def filled(scene: Scene, name: str = "one") -> None:
    """A row with something sealed in every room's tables."""
    receipt = scene.file_named()
    case = scene.case(receipt)
    FilingKey.objects.create(
        key_hash=name,
        body_hash=name,
        sealed_receipt=sealing.seal({"number": case.number}),
        expires_at=SUNDAY,
    )
    handle = Handle.objects.create(
        channel="sms",
        index=name,
        sealed=sealing.seal({"address": "+8801712345678", "other": ""}),
        language="en",
        created_at=SUNDAY,
    )
    Notice.objects.create(
        handle=handle,
        template="code",
        sealed=sealing.seal({"code": "123456"}),
        channel="sms",
        key=f"sealed:{name}",
        created_at=SUNDAY,
        next_at=SUNDAY,
    )
    Message.objects.create(
        channel="sms",
        external_id=name,
        sealed=sealing.seal({"payload": {"text": "Hello"}}),
        handle=handle,
        next_at=SUNDAY,
        received_at=SUNDAY,
    )
    Conversation.objects.create(
        handle=handle, sealed=sealing.seal({"text": "Half"}), changed_at=SUNDAY
    )
    Device.objects.create(
        contact=case.contact,
        index=name,
        sealed=sealing.seal({"endpoint": "https://push.example.org/1"}),
        language="en",
        created_at=SUNDAY,
    )
    # Somebody without a contact whose news goes to a handle: nothing to be sealed with a key.
    other = scene.case(scene.file())
    Contact.objects.create(
        case=other, sealed=sealing.seal({}), handle=handle, language="en", created_at=SUNDAY
    )


def states() -> dict[str, set[str]]:
    """Under which keys the values of each column are."""
    return {
        column.name: {column.under(row).value for row in column.rows()}
        for column in rotation.columns()
        if column.rows().exists()
    }


# --- Nothing is forgotten ---------------------------------------------------------------------


def test_every_column_of_bytes_is_renewed_or_is_known_to_be_no_secret() -> None:
    found = [
        (
            model._meta.app_label,
            f"{model._meta.label_lower}.{field.name}",
            rotation.is_sealed(field),
        )
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField)
    ]
    forgotten = [name for app, name, sealed in found if not sealed and app not in PLAIN_ROOMS]
    assert not forgotten, f"Name it sealed… or wrapped…, or say why not: {forgotten}"
    assert len(rotation.columns()) >= 8


def test_all_that_is_sealed_is_under_the_new_key_afterwards_and_opens_with_it_alone(
    scene: Scene, settings: Any
) -> None:
    filled(scene)
    case = Case.objects.exclude(contact__data_key=None).get()
    before = identity.contact_of(case)
    assert before.name
    settings.CONTACT_KEYS = [new_key(), OLD]
    assert set().union(*states().values()) == {"older"}
    # All but what tests of other rooms fill.
    assert len(states()) >= 8
    said = command()
    assert "Nothing in the database needs an older key" in said
    settings.CONTACT_KEYS = settings.CONTACT_KEYS[:1]
    assert set().union(*states().values()) == {"first"}
    assert identity.contact_of(Case.objects.get(pk=case.pk)) == before
    assert sealing.unseal(Message.objects.get().sealed) == {"payload": {"text": "Hello"}}
    assert sealing.unseal(FilingKey.objects.get().sealed_receipt) == {"number": case.number}


def test_what_a_contact_s_own_key_sealed_is_not_touched(scene: Scene, settings: Any) -> None:
    scene.file_named()
    sealed = bytes(Contact.objects.get().sealed)
    wrapped = bytes(DataKey.objects.get().wrapped)
    settings.CONTACT_KEYS = [new_key(), OLD]
    command()
    assert bytes(Contact.objects.get().sealed) == sealed
    assert bytes(DataKey.objects.get().wrapped) != wrapped
    assert contacts.details_of(Contact.objects.get())["name"] == "Rahima"


def test_an_erased_contact_and_empty_columns_are_passed_over(scene: Scene, settings: Any) -> None:
    filled(scene)
    Contact.objects.update(sealed=b"", data_key=None)
    Message.objects.update(sealed=None)
    settings.CONTACT_KEYS = [new_key(), OLD]
    said = command()
    assert "complaints.contact.sealed: 0 rows" in said
    assert bytes(Contact.objects.first().sealed) == b""


def test_of_three_keys_the_first_seals_and_each_still_opens(scene: Scene, settings: Any) -> None:
    oldest, middle, newest = OLD, new_key(), new_key()
    filled(scene, "oldest")
    settings.CONTACT_KEYS = [middle, oldest]
    filled(scene, "middle")
    settings.CONTACT_KEYS = [newest, middle, oldest]
    filled(scene, "newest")
    assert states()["channels.message.sealed"] == {"older", "first"}
    assert "channels.message.sealed: 3 rows, 2 sealed anew" in command()
    settings.CONTACT_KEYS = [newest]
    assert set().union(*states().values()) == {"first"}


# --- Checking ---------------------------------------------------------------------------------


def test_check_counts_and_changes_nothing(scene: Scene, settings: Any) -> None:
    filled(scene)
    assert "Nothing in the database needs an older key" in command("--check")
    settings.CONTACT_KEYS = [new_key(), OLD]
    before = bytes(Message.objects.get().sealed)
    with pytest.raises(CommandError, match=r"\d+ values still need an older key"):
        command("--check")
    assert bytes(Message.objects.get().sealed) == before


def test_a_key_that_is_missing_is_said_and_nothing_of_it_is_harmed(
    scene: Scene, settings: Any
) -> None:
    filled(scene)
    before = bytes(Message.objects.get().sealed)
    settings.CONTACT_KEYS = [new_key(), new_key()]
    with pytest.raises(CommandError, match=r"opened by none of the 2 keys given"):
        command()
    assert bytes(Message.objects.get().sealed) == before
    settings.CONTACT_KEYS = [settings.CONTACT_KEYS[0], OLD]
    assert "Nothing in the database needs an older key" in command()


def test_no_value_and_no_key_is_ever_said(scene: Scene, settings: Any) -> None:
    filled(scene)
    settings.CONTACT_KEYS = [new_key(), OLD]
    said = command("--batch", "1")
    assert not any(key in said for key in settings.CONTACT_KEYS)
    assert "Rahima" not in said
    assert "gAAAA" not in said


# --- Killed, twice at once, while people file --------------------------------------------------


class Killed(BaseException):
    """The process is gone."""


def message(column: str = "channels.message") -> rotation.Column:
    return next(c for c in rotation.columns() if c.name.startswith(column))


def many(count: int) -> None:
    Message.objects.bulk_create(
        [
            Message(
                channel="sms",
                external_id=str(n),
                sealed=sealing.seal({"n": n}),
                next_at=SUNDAY + timedelta(days=1),
                received_at=SUNDAY,
            )
            for n in range(count)
        ]
    )


def test_killed_half_way_it_has_done_half_and_goes_on_from_there(
    scene: Scene, settings: Any
) -> None:
    many(10)
    settings.CONTACT_KEYS = [new_key(), OLD]

    def killed(tally: Tally) -> None:
        if tally.renewed == 6:
            raise Killed

    with pytest.raises(Killed):
        rotation.rotate(message(), killed, batch=3)
    assert rotation.check(message(), silent).older == 4
    assert rotation.rotate(message(), silent, batch=3).renewed == 4
    assert [sealing.unseal(m.sealed)["n"] for m in Message.objects.order_by("pk")] == [*range(10)]


def test_what_is_filed_meanwhile_is_kept_and_counted(scene: Scene, settings: Any) -> None:
    for _one in range(4):
        scene.file_named()
    settings.CONTACT_KEYS = [new_key(), OLD]
    first = settings.CONTACT_KEYS[0]

    def files(tally: Tally) -> None:
        if tally.rows == 2:
            # One server has the new settings, one still runs with the old ones.
            scene.file_named(text="Filed meanwhile, with the new key.")
            settings.CONTACT_KEYS = [OLD]
            scene.file_named(text="Filed meanwhile, with the old key.")
            settings.CONTACT_KEYS = [first, OLD]

    keys = message("complaints.datakey")
    done = rotation.rotate(keys, files, batch=1)
    assert (done.rows, done.older) == (6, 5)
    assert rotation.check(keys, silent).older == 0
    for case in Case.objects.all():
        assert identity.contact_of(case).name == "Rahima"


@pytest.fixture
def another_connection() -> Iterator[Callable[[Callable[[], None]], threading.Thread]]:
    """Runs something in a thread with a database connection of its own."""
    threads: list[threading.Thread] = []

    def start(work: Callable[[], None]) -> threading.Thread:
        def run() -> None:
            try:
                work()
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        threads.append(thread)
        thread.start()
        return thread

    yield start
    for thread in threads:
        thread.join(20)
    close_old_connections()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_it_once(settings: Any, another_connection: Any) -> None:
    many(40)
    settings.CONTACT_KEYS = [new_key(), OLD]
    done: list[Tally] = []

    def one() -> None:
        done.append(rotation.rotate(message(), silent, batch=3))

    other = another_connection(one)
    one()
    other.join(20)
    assert sum(tally.renewed for tally in done) == 40
    assert rotation.check(message(), silent).older == 0
    assert [sealing.unseal(m.sealed)["n"] for m in Message.objects.order_by("pk")] == [*range(40)]


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_works_on_is_left_for_the_end(
    settings: Any, another_connection: Any
) -> None:
    many(6)
    settings.CONTACT_KEYS = [new_key(), OLD]
    held, free = threading.Event(), threading.Event()
    second = Message.objects.order_by("pk")[1]

    def works() -> None:
        with transaction.atomic():
            row = Message.objects.select_for_update().get(pk=second.pk)
            held.set()
            free.wait(10)
            row.why = "worked on"
            row.save(update_fields=["why"])

    other = another_connection(works)
    assert held.wait(10)

    def progress(tally: Tally) -> None:
        if tally.rows == 5:
            # All others are done by now, none had to wait.
            free.set()

    done = rotation.rotate(message(), progress, batch=2)
    other.join(10)
    assert (done.rows, done.renewed) == (6, 6)
    assert Message.objects.get(pk=second.pk).why == "worked on"
    assert rotation.check(message(), silent).older == 0


@pytest.mark.django_db(transaction=True)
def test_a_row_that_stays_locked_is_left_alone_and_said(
    settings: Any, another_connection: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(3)
    settings.CONTACT_KEYS = [new_key(), OLD]
    monkeypatch.setattr(rotation, "PATIENCE", "50ms")
    held, free = threading.Event(), threading.Event()

    def works() -> None:
        with transaction.atomic():
            list(Message.objects.select_for_update().order_by("pk")[:1])
            held.set()
            free.wait(20)

    other = another_connection(works)
    assert held.wait(10)
    try:
        with pytest.raises(CommandError, match="1 values still need an older key"):
            command()
    finally:
        free.set()
    other.join(10)
    assert "Nothing in the database needs an older key" in command()


# --- The keys of secrets and links -------------------------------------------------------------


@pytest.mark.parametrize("state", list(Under))
def test_which_key_opens_something_is_told(settings: Any, state: Under) -> None:
    first, older, gone = new_key(), new_key(), new_key()
    token = Fernet({"first": first, "older": older, "none": gone}[state]).encrypt(b"{}")
    settings.CONTACT_KEYS = [first, older]
    assert sealing.under(token) is state
