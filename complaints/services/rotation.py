"""Changing the contact keys: everything sealed is sealed anew with the first of them.

Column by column, in small batches by primary key, each a transaction of its own: it can be killed at any
moment, run again, and run twice at once, while people file. What somebody else has locked is left for
the end. Only the wrapped key of a contact is renewed, not what it sealed: that stays under the same
data key.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import OperationalError, connection, models, transaction
from django.db.models import Q, QuerySet

from complaints.models import Contact
from complaints.services import sealing
from complaints.services.sealing import Under

BATCH = 200
#: How long a row that somebody works on is waited for.
PATIENCE = "10s"


@dataclass(frozen=True)
class Column:
    """A column in which every value is sealed with a contact key."""

    model: type[models.Model]
    field: str

    @property
    def name(self) -> str:
        return f"{self.model._meta.label_lower}.{self.field}"

    def rows(self) -> QuerySet[Any]:
        """The rows in which something is sealed, in order."""
        sealed = Q(**{f"{self.field}__isnull": False}) & ~Q(**{self.field: b""})
        if self.model is Contact:
            # With a key of its own, that key is what is renewed.
            sealed &= Q(data_key=None)
        return self.model._default_manager.filter(sealed).order_by("pk").only("pk", self.field)

    def under(self, row: Any) -> Under:
        """Which key opens what is sealed in a row."""
        return sealing.under(getattr(row, self.field))

    def renew(self, row: Any) -> None:
        """Seal it with the first key; nothing is saved. Raises CannotUnseal."""
        setattr(row, self.field, sealing.renewed(getattr(row, self.field)))


@dataclass(frozen=True)
class TextInJson(Column):
    """A value of a JSON column that is sealed, as text; from before it was sealed, it may lie open."""

    key: str

    @property
    def name(self) -> str:
        return f"{super().name}.{self.key}"

    def rows(self) -> QuerySet[Any]:
        has_it = Q(**{f"{self.field}__has_key": self.key})
        return self.model._default_manager.filter(has_it).order_by("pk").only("pk", self.field)

    def under(self, row: Any) -> Under:
        text = self._text(row)
        return sealing.under(text) if text.startswith(BEGINS) else Under.OLDER

    def renew(self, row: Any) -> None:
        text = self._text(row)
        token = sealing.renewed(text) if text.startswith(BEGINS) else sealing.wrap(text)
        setattr(row, self.field, getattr(row, self.field) | {self.key: token.decode()})

    def _text(self, row: Any) -> bytes:
        return str(getattr(row, self.field)[self.key]).encode()


BEGINS = sealing.BEGINS.encode()
#: What the second step of signing in is computed from (`complaints.sign_in`).
SECOND_FACTORS: list[Column] = [
    TextInJson(Authenticator, "data", "secret"),
    TextInJson(Authenticator, "data", "seed"),
]


@dataclass
class Tally:
    """What was found in a column, and done."""

    column: Column
    rows: int = 0
    renewed: int = 0
    #: Not opened by the first key, but by another.
    older: int = 0
    #: Opened by no key that is given.
    lost: int = 0


Progress = Callable[[Tally], None]


def is_sealed(field: Any) -> bool:
    """Whether a column holds sealed values: its name says so. Others hold hashes and signatures."""
    return isinstance(field, models.BinaryField) and field.name.startswith(("sealed", "wrapped"))


def columns() -> list[Column]:
    """The sealed columns of every room."""
    found = [
        Column(model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if is_sealed(field)
    ]
    return found + SECOND_FACTORS


def rotate(column: Column, progress: Progress, *, batch: int = BATCH) -> Tally:
    """Seal a column anew. Rows that stayed locked for long are left as they are: `check` counts them."""
    tally, busy = Tally(column), list[Any]()
    for keys in _batches(column, batch):
        found = _renew(column, keys, tally)
        busy += [key for key in keys if key not in found]
        progress(tally)
    for key in busy:
        _renew(column, [key], tally, waits=True)
    progress(tally)
    return tally


def check(column: Column, progress: Progress, *, batch: int = BATCH) -> Tally:
    """Count what the first key opens, and what it does not. Changes nothing."""
    tally = Tally(column)
    for keys in _batches(column, batch):
        for row in column.rows().filter(pk__in=keys):
            _count(tally, column.under(row))
        progress(tally)
    return tally


def _batches(column: Column, batch: int) -> Iterator[list[Any]]:
    rows = column.rows().values_list("pk", flat=True)
    keys = list(rows[:batch])
    while keys:
        yield keys
        keys = list(rows.filter(pk__gt=keys[-1])[:batch])


def _renew(column: Column, keys: list[Any], tally: Tally, *, waits: bool = False) -> set[Any]:
    """Renew what needs it among some rows; the keys of those that nobody else had locked."""
    try:
        with transaction.atomic():
            if waits:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            locked = column.rows().filter(pk__in=keys).select_for_update(skip_locked=not waits)
            rows = list(locked)
            found = [(row, column.under(row)) for row in rows]
            old = [row for row, under in found if under is Under.OLDER]
            for row in old:
                column.renew(row)
            column.model._default_manager.bulk_update(old, [column.field])
    except OperationalError:
        # Locked for longer than anybody works on a case.
        return set()
    for _row, under in found:
        _count(tally, under)
    tally.renewed += len(old)
    return {row.pk for row in rows}


def _count(tally: Tally, under: Under) -> None:
    tally.rows += 1
    tally.older += under is Under.OLDER
    tally.lost += under is Under.NONE
