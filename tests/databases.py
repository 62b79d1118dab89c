"""The database that all processes of a run copy, with every migration made in it once.

Migrating takes half a minute, copying less than a second. A database that is copied is named after what
its migrations say, so that changed ones make a new one; it is kept in the test server for the next run.
"""

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

#: Names of these databases begin with this.
FAMILY = "template_grs_"
#: So many stay: another branch, and a run of it that is about to copy, find theirs.
KEPT = 3
#: One process makes the database, the others wait: a number that nothing else locks on the server.
MAKING = 7_305_871_126


def migrated() -> str:
    """The name of a database in which all migrations were made; it is made if need be.

    Whoever copies it has Django migrate the copy as well: that finds nothing to do.
    """
    name = FAMILY + _what_migrations_say()
    with _one_at_a_time() as cursor:
        kept = _of_the_family(cursor)
        if name not in kept:
            for old in kept[KEPT - 1 :]:
                cursor.execute(f'DROP DATABASE "{old}"')
            _make(draft := f"{name}_new")
            cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')
    return name


def _what_migrations_say() -> str:
    """A short word for the contents of all files of migrations, and for what reads them."""
    read = hashlib.sha256(f"{django.VERSION} {sys.version}".encode())
    for app in apps.get_app_configs():
        for file in sorted((Path(app.path) / "migrations").rglob("*.py")):
            read.update(f"{app.label} {file.name} ".encode() + file.read_bytes())
    return read.hexdigest()[:16]


@contextmanager
def _one_at_a_time() -> Iterator[CursorWrapper]:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MAKING])
        try:
            yield cursor
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MAKING])


def _of_the_family(cursor: CursorWrapper) -> list[str]:
    """Their names, the newest first."""
    cursor.execute(
        "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC", [FAMILY]
    )
    return [name for (name,) in cursor.fetchall()]


def _make(name: str) -> None:
    """A new database of that name, migrated; this process works on its own afterwards as before."""
    own, test = connection.settings_dict["NAME"], connection.settings_dict["TEST"]
    usual = test["NAME"]
    test["NAME"] = name
    try:
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    finally:
        connection.close()
        test["NAME"] = usual
        connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = own
