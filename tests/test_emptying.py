"""The database after a test that commits: nothing of the test is left, and all guards stand."""

import threading

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from complaints.models import Event
from tests import emptying
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.emptying import STAYING, empty_the_tables
from tests.factories.agencies import make_registry, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def rows() -> dict[str, int]:
    """How many rows each table holds, of those that hold any and do not stay."""
    found = {
        model._meta.db_table: model._base_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }
    return {name: number for name, number in found.items() if number and name not in STAYING}


@pytest.mark.parametrize("large", [emptying.LARGE, -1])
def test_nothing_is_left_of_a_whole_case_and_the_record_is_guarded_again(
    monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(emptying, "LARGE", large)
    for _time in range(2):
        Play(Scene(make_registry())).forward().accept().answer().confirm()
        assert {"complaints_event", "agencies_office", "accounts_user"} <= set(rows())
        empty_the_tables()
        assert rows() == {}
    Play(Scene(make_registry()))
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.all()._raw_delete("default")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE complaints_event CASCADE")


def test_what_only_migrations_write_stays() -> None:
    before = set(ContentType.objects.values_list("pk", "app_label", "model"))
    make_user("Somebody")
    empty_the_tables()
    assert before
    assert set(ContentType.objects.values_list("pk", "app_label", "model")) == before


def test_a_row_that_somebody_is_still_writing_goes_too() -> None:
    written, emptied = threading.Event(), threading.Event()

    def write() -> None:
        try:
            with transaction.atomic():
                make_user("Late")
                written.set()
                # Whoever empties does not get done before this is committed.
                emptied.wait(0.3)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert written.wait(10)
    empty_the_tables()
    emptied.set()
    writer.join()
    assert User.objects.count() == 0


def test_an_empty_database_is_left_alone() -> None:
    empty_the_tables()
    empty_the_tables()
    assert rows() == {}
