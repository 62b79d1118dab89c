"""The writer: numbers without gaps, heads of every day, whatever comes between."""

import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from record import chain, merkle, signing
from record.documents import head_body
from record.models import Entry, Node, SigningKey, TreeHead, Waiting
from record.selectors import BLOCK, end_of_day, frontier, inclusion, leaves_of, waiting_age
from record.services import writing
from tests.owner import owner
from tests.record.conftest import DAY, LogScene


def logged() -> list[tuple[int, int, bytes]]:
    rows = Entry.objects.order_by("log_seq").values_list("log_seq", "event_id", "leaf_hash")
    return [(seq, event, bytes(leaf)) for seq, event, leaf in rows]


def root_over(hashes: list[bytes]) -> bytes:
    tree = merkle.Frontier(0, [])
    for value in hashes:
        list(tree.append(merkle.leaf_hash(value)))
    return tree.root()


def test_events_get_numbers_without_a_gap_in_the_order_of_their_ids(log: LogScene) -> None:
    hashes = log.events(3)
    assert writing.write() == 3
    assert logged() == [(n, n, merkle.leaf_hash(hashes[n - 1])) for n in (1, 2, 3)]
    assert not Waiting.objects.exists()


def test_with_nothing_to_do_nothing_happens(log: LogScene) -> None:
    assert writing.write() == 0
    log.midnight(DAY + timedelta(days=9))
    assert writing.write() == 0
    assert not TreeHead.objects.exists()


@pytest.mark.parametrize("sizes", [(1, 1), (255, 1), (256,), (257, 300), (700, 68), (100, 500, 1)])
def test_whatever_the_batches_the_tree_is_the_same(
    log: LogScene, sizes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BATCH", 97)
    hashes: list[bytes] = []
    for size in sizes:
        hashes += log.events(size)
        writing.write()
    assert frontier(len(hashes)).root() == root_over(hashes)
    assert Node.objects.count() == sum(len(hashes) // (BLOCK << n) for n in range(12))


def test_a_late_commit_with_a_lower_id_comes_after(log: LogScene) -> None:
    log.made = 5
    log.events(1)
    writing.write()
    log.made = 2
    log.events(1)
    writing.write()
    assert [event for _seq, event, _leaf in logged()] == [6, 3]


def test_the_head_of_a_day_holds_what_was_recorded_before_its_midnight(log: LogScene) -> None:
    log.events(2)
    writing.write()
    log.events(1, at=end_of_day(DAY) - timedelta(seconds=1))
    log.events(4, at=end_of_day(DAY) + timedelta(seconds=1))
    log.midnight()
    writing.write()
    head = TreeHead.objects.get()
    assert (head.day, head.size, head.previous_size) == (DAY, 3, 0)
    assert Entry.objects.count() == 7


def test_just_after_midnight_the_new_day_waits_for_stragglers_of_the_old_one(log: LogScene) -> None:
    log.events(1)
    writing.write()
    log.midnight(after=timedelta(seconds=30))
    log.events(1)
    assert writing.write() == 0
    log.events(1, at=end_of_day(DAY) - timedelta(seconds=1))
    assert writing.write() == 1
    log.midnight()
    assert writing.write() == 1
    assert TreeHead.objects.get().size == 2
    assert [event for _seq, event, _leaf in logged()] == [1, 3, 2]


def test_a_head_is_signed_over_its_day_size_and_root(log: LogScene) -> None:
    hashes = log.events(5)
    log.midnight(DAY - timedelta(days=1))
    writing.write()
    log.midnight()
    writing.write()
    head = TreeHead.objects.select_related("key").get()
    assert bytes(head.root) == root_over(hashes)
    assert bytes(head.previous_root) == merkle.EMPTY_ROOT
    message = chain.canonical(head_body(head))
    public = bytes(head.key.public)
    assert signing.verify(public, message, bytes(head.signature))
    assert signing.key_id(public) == head.key_id
    head.size += 1
    assert not signing.verify(public, chain.canonical(head_body(head)), bytes(head.signature))
    assert not signing.verify(b"short", message, bytes(head.signature))


def test_every_day_has_a_head_that_continues_the_day_before(log: LogScene) -> None:
    log.days(3, 0, 300, 1)
    heads = list(TreeHead.objects.order_by("day"))
    assert [head.size for head in heads] == [3, 3, 303, 304]
    for before, head in pairwise(heads):
        assert (head.previous_size, bytes(head.previous_root)) == (before.size, bytes(before.root))
        proof = [bytes.fromhex(value) for value in head.consistency]
        assert merkle.verify_consistency(
            before.size, head.size, proof, bytes(before.root), bytes(head.root)
        )
    assert [len(list(leaves_of(head))) for head in heads] == [3, 0, 300, 1]


def test_days_missed_in_an_outage_get_their_heads_afterwards(log: LogScene) -> None:
    log.events(1)
    writing.write()
    log.events(2, at=end_of_day(DAY) + timedelta(hours=1))
    log.events(4, at=end_of_day(DAY) + timedelta(hours=25))
    log.midnight(DAY + timedelta(days=3))
    writing.write()
    sizes = TreeHead.objects.order_by("day").values_list("day", "size")
    assert list(sizes) == [(DAY + timedelta(days=n), size) for n, size in enumerate((1, 3, 7, 7))]
    writing.write()
    assert TreeHead.objects.count() == 4


def test_what_was_there_before_the_log_is_in_its_first_head(log: LogScene) -> None:
    log.events(2, at=timezone.now() - timedelta(days=400))
    writing.write()
    log.midnight()
    writing.write()
    assert list(TreeHead.objects.values_list("day", "size")) == [(DAY, 2)]


def test_each_leaf_is_proved_against_the_first_head_that_holds_it(log: LogScene) -> None:
    log.days(2, 0, 600, 5)
    for index in (0, 1, 2, 255, 256, 512, 601, 602, 606):
        leaf = logged()[index][2]
        proof = inclusion(leaf)
        assert proof is not None
        head = proof["head"]
        assert head is not None
        assert proof["index"] == index
        assert head.previous_size <= index < head.size
        root = bytes(head.root)
        assert merkle.verify_inclusion(leaf, index, head.size, proof["path"], root)


def test_a_leaf_of_today_has_a_place_and_no_head_yet(log: LogScene) -> None:
    (value,) = log.events(1)
    writing.write()
    assert inclusion(merkle.leaf_hash(value)) == {"index": 0, "head": None, "path": []}
    assert inclusion(b"\0" * 32) is None


def test_a_proof_in_a_long_log_costs_few_queries(
    log: LogScene, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    log.days(1500, 700)
    leaf = logged()[700][2]
    with django_assert_max_num_queries(4):  # type: ignore[attr-defined]
        inclusion(leaf)


def test_a_log_that_lost_its_end_is_not_signed_again(log: LogScene) -> None:
    log.days(5)
    with owner():
        Entry.objects.filter(log_seq__gt=3).delete()
    log.midnight(DAY + timedelta(days=1))
    with pytest.raises(writing.Inconsistent, match="2026-11-22"):
        writing.write()
    assert TreeHead.objects.count() == 1


def test_a_log_whose_leaf_was_changed_is_not_signed_again(log: LogScene) -> None:
    log.days(5)
    with owner():
        Entry.objects.filter(log_seq=2).update(leaf_hash=b"x" * 32)
    log.midnight(DAY + timedelta(days=1))
    with pytest.raises(writing.Inconsistent):
        writing.write()


def test_a_new_key_signs_from_its_first_head_on_and_the_old_one_stays(
    log: LogScene, settings
) -> None:
    log.days(1)
    settings.RECORD_FORMER_KEYS = [signing.fingerprint(signing.public_key())]
    settings.RECORD_KEY = b"another key of thirty-two bytes!"
    log.midnight(DAY + timedelta(days=1))
    writing.write()
    first, second = TreeHead.objects.order_by("day").select_related("key")
    assert first.key_id != second.key_id
    for head in (first, second):
        message = chain.canonical(head_body(head))
        assert signing.verify(bytes(head.key.public), message, bytes(head.signature))
    assert SigningKey.objects.count() == 2


def test_a_head_that_somebody_else_signed_is_not_continued(log: LogScene, settings) -> None:
    """Whoever owns the database has a key of their own; our signature would vouch for theirs."""
    log.days(1)
    ours, settings.RECORD_KEY = settings.RECORD_KEY, b"another key of thirty-two bytes!"
    head = TreeHead.objects.get()
    with owner():
        head.key = writing.key_in_use()
        head.signature = signing.sign(chain.canonical(head_body(head)))
        head.save()
    settings.RECORD_KEY = ours
    log.midnight(DAY + timedelta(days=1))
    with pytest.raises(writing.Inconsistent, match="not signed with the key in use"):
        writing.write()
    assert TreeHead.objects.count() == 1


def test_a_head_with_another_date_of_signing_is_not_continued(log: LogScene) -> None:
    log.days(1)
    with owner():
        TreeHead.objects.update(signed_at=timezone.now() - timedelta(days=9))
    log.midnight(DAY + timedelta(days=1))
    with pytest.raises(writing.Inconsistent):
        writing.write()


@pytest.mark.parametrize("table", ["entry", "node", "treehead", "signingkey"])
@pytest.mark.parametrize("verb", ["UPDATE record_{0} SET {1} = {1}", "DELETE FROM record_{0}"])
def test_the_database_refuses_to_change_the_log(log: LogScene, table: str, verb: str) -> None:
    log.days(300)
    column = {"entry": "leaf_hash", "node": "hash", "treehead": "root", "signingkey": "public"}
    with (
        pytest.raises(DatabaseError, match="never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(table, column[table]))


def test_how_long_the_oldest_event_waits_is_known(log: LogScene) -> None:
    assert waiting_age() is None
    log.events(1)
    log.clock.shift(90)
    assert waiting_age() == timedelta(seconds=90)
    writing.write()
    assert waiting_age() is None


def test_after_its_time_no_new_step_is_begun(log: LogScene) -> None:
    log.events(1)
    assert writing.write(seconds=0) == 0
    assert Waiting.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_do_what_one_would_do(log: LogScene) -> None:
    hashes = log.events(400)
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        try:
            for _again in range(5):
                writing.write()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [seq for seq, _event, _leaf in logged()] == list(range(1, 401))
    assert frontier(400).root() == root_over(hashes)


@pytest.mark.django_db(transaction=True)
def test_a_writer_that_dies_in_the_middle_leaves_all_as_it_was(
    log: LogScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = log.events(300)

    def die(*_given: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Node.objects, "bulk_create", die)
        with pytest.raises(KeyboardInterrupt):
            writing.write()
    assert not Entry.objects.exists()
    assert Waiting.objects.count() == 300
    writing.write()
    assert frontier(300).root() == root_over(hashes)
