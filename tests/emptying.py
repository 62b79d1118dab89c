"""How the database is emptied after a test that commits.

Django truncates all tables and has all apps write their permissions again, which takes longer than
most tests. Here only the tables that hold rows are emptied; kinds of content and permissions, which
nothing but a migration changes, stay.
"""

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from complaints.load import mending

#: What migrations wrote once and for all.
STAYING = {Permission._meta.db_table, ContentType._meta.db_table}
#: Above so many bytes in one table, rows are not deleted one by one; the files are cut.
LARGE = 1_000_000


def empty_the_tables() -> None:
    """Delete all rows, also of the record, which refuses to lose any.

    Its triggers are put aside meanwhile, within one transaction; only the owner of the tables can
    do that. Waits for all who still work on the tables, so that nothing of theirs stays either.
    """
    # Without its keys and its trigger the database is no one that the next test knows.
    assert not mending.is_to_be_mended()
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = sorted(set(names) - STAYING)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        if _any_is_large(cursor, tables):
            _put_aside(cursor, tables, [f"TRUNCATE {', '.join(tables)}"])
        elif full := _with_rows(cursor, tables):
            deleting = [f"DELETE FROM {table}" for table in full]  # noqa: S608
            # The rows' references to each other are looked at before the triggers come back.
            _put_aside(cursor, full, [*deleting, "SET CONSTRAINTS ALL IMMEDIATE"])


def _any_is_large(cursor: CursorWrapper, tables: list[str]) -> bool:
    cursor.execute("SELECT max(pg_relation_size(name::regclass)) FROM unnest(%s) AS name", [tables])
    return cursor.fetchone()[0] > LARGE


def _with_rows(cursor: CursorWrapper, tables: list[str]) -> list[str]:
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)  # noqa: S608
    cursor.execute(" UNION ALL ".join(asked))
    return [table for (table,) in cursor.fetchall()]


def _put_aside(cursor: CursorWrapper, tables: list[str], statements: list[str]) -> None:
    """Run statements while the guards of these tables look away."""
    cursor.execute(
        "SELECT DISTINCT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND relname = ANY(%s)",
        [tables],
    )
    guarded = [table for (table,) in cursor.fetchall()]
    before = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in guarded]
    after = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in guarded]
    cursor.execute(";".join([*before, *statements, *after]))
