"""The database that test databases are copied from: made once, named after the migrations, few are kept."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests import databases
from tests.databases import migrated

pytestmark = pytest.mark.django_db


def on_server(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def there() -> list[str]:
    """The databases of this test, the newest first."""
    with connection._nodb_cursor() as cursor:
        return databases._of_the_family(cursor)


@pytest.fixture
def family(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Databases of a family of this test's own, empty ones; what was made, in order."""
    made: list[str] = []

    def make(name: str) -> None:
        made.append(name)
        on_server(f'DROP DATABASE IF EXISTS "{name}"')
        on_server(f'CREATE DATABASE "{name}" TEMPLATE template0')

    monkeypatch.setattr(databases, "FAMILY", f"only_{settings.DATABASES['default']['NAME']}_")
    monkeypatch.setattr(databases, "KEPT", 2)
    monkeypatch.setattr(databases, "_make", make)
    yield made
    for name in there():
        on_server(f'DROP DATABASE "{name}"')


@pytest.fixture
def migration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The one migration of the one app that there is."""
    file = tmp_path / "migrations/0001_initial.py"
    file.parent.mkdir()
    file.write_text("operations = []")
    app: Any = SimpleNamespace(label="one", path=str(tmp_path))
    monkeypatch.setattr(apps, "get_app_configs", lambda: [app])
    return file


def test_it_is_made_once(family: list[str], migration: Path) -> None:
    first = migrated()
    assert migrated() == first
    assert there() == [first]
    assert len(family) == 1


def test_another_migration_or_a_changed_one_makes_another(
    family: list[str], migration: Path
) -> None:
    first = migrated()
    migration.write_text("operations = [1]")
    changed = migrated()
    (migration.parent / "0002_more.py").write_text("operations = [1]")
    more = migrated()
    assert len({first, changed, more}) == 3
    assert len(family) == 3


def test_the_oldest_goes(family: list[str], migration: Path) -> None:
    names = []
    for number in range(3):
        migration.write_text(f"operations = [{number}]")
        names.append(migrated())
    assert there() == [names[2], names[1]]


def test_one_of_which_half_was_made_is_never_copied(
    monkeypatch: pytest.MonkeyPatch, family: list[str], migration: Path
) -> None:
    make = databases._make

    def killed(name: str) -> None:
        make(name)
        raise KeyboardInterrupt

    monkeypatch.setattr(databases, "_make", killed)
    with pytest.raises(KeyboardInterrupt):
        migrated()
    monkeypatch.setattr(databases, "_make", make)
    name = migrated()
    assert len(family) == 2
    assert there() == [name]


def test_in_the_copy_that_tests_work_on_there_is_nothing_left_to_migrate() -> None:
    assert settings.DATABASES["default"]["TEST"]["TEMPLATE"].startswith(databases.FAMILY)
    # Exits with an error where there is something.
    call_command("migrate", check_unapplied=True, verbosity=0)
