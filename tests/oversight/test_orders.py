"""Files that take a while: ordered once, made once, taken up again, erased in time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from complaints.errors import Invalid
from oversight.models import FileOrder
from oversight.orders import making, placing
from oversight.orders.kinds import Kind, Progress, register
from oversight.orders.making import DEAD_AFTER, make_next
from tests.oversight.conftest import House
from tests.oversight.ordering import Maker, order_of
from tests.oversight.ordering import maker as maker

pytestmark = pytest.mark.django_db


def content(order: FileOrder) -> bytes:
    with default_storage.open(FileOrder.objects.get(pk=order.pk).file) as file:
        return bytes(file.read())


def status(order: FileOrder) -> str:
    return FileOrder.objects.get(pk=order.pk).status


class TestOrdering:
    def test_the_same_file_is_ordered_once(self, house: House, maker: Maker) -> None:
        actor = house.scene.actor(house.cast.overseer)
        first = order_of(actor=actor)
        assert order_of(actor=actor).pk == first.pk
        assert make_next()
        assert order_of(actor=actor).pk == first.pk
        assert not make_next()
        assert maker.made == [1]

    def test_another_person_language_or_parameter_is_another_file(
        self, house: House, maker: Maker
    ) -> None:
        overseer = house.scene.actor(house.cast.overseer)
        auditor = house.scene.actor(house.cast.auditor)
        orders = [
            order_of(actor=overseer),
            order_of(actor=auditor),
            order_of(2, actor=overseer),
            order_of(actor=overseer, language="bn"),
            order_of(),
        ]
        assert len({order.pk for order in orders}) == 5

    def test_what_is_too_old_is_made_anew(self, house: House, maker: Maker) -> None:
        first = order_of(fresh_for=timedelta(hours=1))
        make_next()
        assert order_of(fresh_for=timedelta(hours=1)).pk == first.pk
        house.day(0.1)
        assert order_of(fresh_for=timedelta(hours=1)).pk != first.pk

    def test_after_its_time_it_is_ordered_anew_even_before_it_is_erased(
        self, house: House, maker: Maker
    ) -> None:
        first = order_of()
        house.day(7)
        assert order_of().pk != first.pk

    def test_one_that_failed_is_tried_again(self, house: House, maker: Maker) -> None:
        order = order_of()
        FileOrder.objects.update(status="failed", tries=3)
        assert order_of().pk == order.pk
        assert status(order) == "waiting"
        make_next()
        assert status(order) == "done"

    def test_more_than_five_at_once_are_refused(self, house: House, maker: Maker) -> None:
        actor = house.scene.actor(house.cast.overseer)
        for n in range(5):
            order_of(n, actor=actor)
        with pytest.raises(Invalid):
            order_of(6, actor=actor)
        assert order_of(1, actor=actor)
        make_next()
        assert order_of(6, actor=actor)

    @pytest.mark.django_db(transaction=True)
    def test_two_who_order_at_once_get_the_same(self, house: House, maker: Maker) -> None:
        def order(_n: int) -> int:
            try:
                return order_of().pk
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as threads:
            assert len(set(threads.map(order, range(6)))) == 1
        assert FileOrder.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_without_a_broker_it_is_ordered_all_the_same(
        self, house: House, maker: Maker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def no_broker(*_: Any, **__: Any) -> None:
            raise placing.OperationalError("nobody listens")

        monkeypatch.setattr(placing.current_app, "send_task", no_broker)
        assert status(order_of()) == "waiting"

    def test_two_kinds_of_one_name_are_refused(self, maker: Maker) -> None:
        with pytest.raises(ValueError, match="table"):
            register(Kind("table", title=str, make=maker))


class TestMaking:
    def test_a_file_is_made_with_its_size_and_kept_a_week(self, house: House, maker: Maker) -> None:
        order = order_of()
        assert make_next()
        made = FileOrder.objects.get(pk=order.pk)
        assert (made.status, made.size, made.tries) == ("done", 12, 1)
        assert made.until == order.asked_at + timedelta(days=7)
        assert content(order) == b"one,two\n1,2\n"

    def test_the_first_ordered_is_made_first(self, house: House, maker: Maker) -> None:
        first, second = order_of(1), order_of(2)
        make_next()
        assert (status(first), status(second)) == ("done", "waiting")

    def test_progress_is_told_while_it_is_made(
        self, house: House, maker: Maker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen: list[tuple[str, int, int]] = []

        def look(order: FileOrder, progress: Progress) -> None:
            progress(30, 120)
            seen.extend(FileOrder.objects.values_list("status", "done", "whole"))

        monkeypatch.setattr(maker, "before", look)
        order_of()
        make_next()
        assert seen == [("running", 30, 120)]

    def test_no_more_are_made_at_once_than_set(
        self, house: House, maker: Maker, settings: Any
    ) -> None:
        order_of(1), order_of(2), order_of(3)
        assert making.claim()
        assert making.claim() is None
        settings.FILES_MADE_AT_ONCE = 2
        assert making.claim()
        assert making.claim() is None

    def test_what_a_dead_worker_left_is_taken_up(self, house: House, maker: Maker) -> None:
        order = order_of()
        assert making.claim()
        assert not make_next()
        house.clock.shift(DEAD_AFTER + timedelta(seconds=1))
        assert make_next()
        assert status(order) == "done"
        assert maker.made == [2]

    def test_half_a_file_of_a_dead_worker_is_erased(self, house: House, maker: Maker) -> None:
        order_of()
        assert making.claim()
        default_storage.save("orders/half", ContentFile(b"one,t"))
        FileOrder.objects.update(file="orders/half")
        house.clock.shift(DEAD_AFTER + timedelta(seconds=1))
        assert make_next()
        assert not default_storage.exists("orders/half")

    def test_whoever_lost_an_order_stops_and_changes_nothing(
        self, house: House, maker: Maker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def taken_by_another(order: FileOrder, progress: Progress) -> None:
            FileOrder.objects.update(tries=2, done=7)

        monkeypatch.setattr(maker, "before", taken_by_another)
        order = order_of()
        assert make_next()
        row = FileOrder.objects.get(pk=order.pk)
        assert (row.status, row.done, row.file) == ("running", 7, "")

    def test_erased_meanwhile_it_leaves_no_file(
        self, house: House, maker: Maker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(maker, "before", lambda *_: FileOrder.objects.all().delete())
        monkeypatch.setattr(default_storage, "save", lambda *_: pytest.fail("a file was stored"))
        order_of()
        assert make_next()
        assert not FileOrder.objects.exists()

    def test_a_mistake_is_tried_three_times_then_it_failed(
        self, house: House, maker: Maker
    ) -> None:
        maker.error = RuntimeError("broken")
        order = order_of()
        assert [make_next() for _try in range(4)] == [True, True, True, False]
        assert status(order) == "failed"
        assert maker.made == [1, 2, 3]

    def test_what_workers_die_of_is_given_up(self, house: House, maker: Maker) -> None:
        order = order_of()
        for _try in range(3):
            assert making.claim()
            house.clock.shift(DEAD_AFTER + timedelta(seconds=1))
        assert making.claim() is None
        assert status(order) == "failed"

    def test_what_takes_too_long_failed_at_once(self, house: House, maker: Maker) -> None:
        maker.error = SoftTimeLimitExceeded()
        order = order_of()
        make_next()
        assert status(order) == "failed"

    def test_a_kind_that_is_no_longer_made_fails(self, house: House) -> None:
        order = placing.place("gone", {}, language="en", name="x", content_type="text/plain")
        for _try in range(3):
            make_next()
        assert status(order) == "failed"


class TestErasing:
    def test_after_its_time_it_is_gone_with_its_file(self, house: House, maker: Maker) -> None:
        order = order_of()
        report = order_of(2, kept_for=None)
        make_next(), make_next()
        stored = FileOrder.objects.get(pk=order.pk).file
        assert making.erase_old() == 0
        house.day(7.1)
        assert making.erase_old() == 1
        assert list(FileOrder.objects.values_list("pk", flat=True)) == [report.pk]
        assert not default_storage.exists(stored)
        assert content(report)

    def test_with_an_account_its_files_go(self, house: House, maker: Maker) -> None:
        order_of(actor=house.scene.actor(house.cast.charlie))
        make_next()
        stored = FileOrder.objects.get().file
        house.cast.charlie.delete()
        assert not FileOrder.objects.exists()
        assert not default_storage.exists(stored)
