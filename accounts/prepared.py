"""Questions to the database that are put together once, and asked with other values each time.

Django makes SQL of a query set anew whenever it is asked. For a case with all that is in it that
takes far longer than PostgreSQL takes to answer. A function marked `@prepared` returns a query set as
any other does; it is called once, with a `Given` for each of its keyword-only arguments, and the SQL is
kept. From then on only the values are put in:

    @prepared
    def clocks_of(only_open: bool, *, case: Any) -> QuerySet[Clock]: ...

    clocks_of(True, case=case.pk)        # all rows, as a list
    clocks_of.one(True, case=case.pk)    # the first row, or None
    clocks_of.query(True, case=case.pk)  # the ordinary query set, to be narrowed further

Positional arguments say which question it is, and the function may look at them: one is kept for each
combination. At a value it may not look; and what changes from one request to the next, the time above
all, has to be a value (of the settings the country may be used). Lists are asked for with `__among`. Of
an actor who is given as a value the function may look at kind and roles, and use the ids.
"""

import operator
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Field, ForeignKey, Lookup, Model, QuerySet, Value, query
from django.db.models.base import ModelState
from django.db.models.signals import post_init, pre_init
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from accounts.actors import Actor, HeldPost

R = TypeVar("R", covariant=True)
#: How a query set makes something of a row: an object, or what Django makes of `values_list`.
Reader = Callable[[Sequence[Any]], Any]
#: So many combinations of a question are kept; what comes after them is put together each time.
MOST_KEPT = 200


class Given(Value):
    """The place of a value within a question, by the name under which it is told."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def _resolve_output_field(self) -> None:
        """It is what it is compared with."""


@ForeignKey.register_lookup
@Field.register_lookup
class Among(Lookup):
    """`field__among=values`: as `__in`, with all values as one array, so that the SQL stays the same."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, before = self.process_lhs(compiler, connection)
        values, after = self.process_rhs(compiler, connection)
        return f"{column} = ANY({values})", [*before, *after]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A question as SQL, its values still to be put in, and how its rows are read."""

    sql: str
    values: Sequence[Any]
    #: Its rows are locked.
    locks: bool
    #: What fields make of the database's values, by column.
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    read: Reader

    def rows(self, given: Mapping[str, Any]) -> list[Any]:
        """Ask it. Raises TransactionManagementError where rows would be locked for no time at all."""
        if self.locks and connection.get_autocommit():
            raise TransactionManagementError("rows are locked within a transaction only")
        values = [_put_in(one, given) for one in self.values]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            found = cursor.fetchall()
        if self.converters:
            found = self._converted(found)
        return [self.read(row) for row in found]

    def _converted(self, rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
        """As `SQLCompiler.apply_converters` does it, whose connection is another thread's."""
        converted = [list(row) for row in rows]
        for at, converters, expression in self.converters:
            for convert in converters:
                for row in converted:
                    row[at] = convert(row[at], expression, connection)
        return converted


def _put_in(value: Any, given: Mapping[str, Any]) -> Any:
    if isinstance(value, Given):
        return given[value.value]
    # Some of the values of a list may be given, too.
    return [_put_in(one, given) for one in value] if isinstance(value, list) else value


class Question(Generic[R]):
    """A question that is put together when it is first asked (see above)."""

    def __init__(self, build: Callable[..., QuerySet[Any, R]]) -> None:
        self.query, self.__doc__ = build, build.__doc__
        self._kept: dict[Hashable, Compiled] = {}

    def __call__(self, *which: Hashable, **values: Any) -> list[R]:
        """All rows. A value that is a row of another table stands for its key."""
        told, shapes = _taken_apart(values)
        key = (settings.COUNTRY, which, *shapes)
        compiled = self._kept.get(key)
        if compiled is None:
            # Two threads may do it at once: they come to the same.
            compiled = compiled_of(self.query(*which, **_in_their_place(values)))
            if len(self._kept) < MOST_KEPT:
                self._kept[key] = compiled
        return compiled.rows(told)

    def one(self, *which: Hashable, **values: Any) -> R | None:
        """The first row, if there is one."""
        return next(iter(self(*which, **values)), None)


def prepared(build: Callable[..., QuerySet[Any, R]]) -> Question[R]:
    """Make a question of a function that returns a query set."""
    return Question(build)


def _taken_apart(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Hashable]]:
    """The values by the names under which they are put in; and what else tells the question."""
    told: dict[str, Any] = {}
    shapes: list[Hashable] = []
    for name, value in values.items():
        if isinstance(value, Actor):
            told |= {f"{name}.user": value.user_id, f"{name}.case": value.case_id}
            for at, post in enumerate(value.posts):
                told |= {f"{name}.{at}": post.office_id, f"{name}.{at}.path": post.office_path}
            roles = tuple(post.role for post in value.posts)
            shapes.append((name, value.kind, value.user_id is None, value.case_id is None, roles))
        else:
            told[name] = value.pk if isinstance(value, Model) else value
            shapes.append(name)
    return told, shapes


def _in_their_place(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _actor_given(name, value) if isinstance(value, Actor) else Given(name)
        for name, value in values.items()
    }


def _actor_given(name: str, actor: Actor) -> Any:
    """Somebody of the same kind with the same roles, in whose ids' place others can be put."""

    def given(path: str) -> Any:
        return Given(f"{name}.{path}")

    return Actor(
        kind=actor.kind,
        user_id=given("user") if actor.user_id is not None else None,
        case_id=given("case") if actor.case_id is not None else None,
        posts=tuple(
            HeldPost(0, post.role, given(f"{at}"), given(f"{at}.path"))
            for at, post in enumerate(actor.posts)
        ),
    )


def compiled_of(rows: QuerySet[Any, Any]) -> Compiled:
    """A query set as SQL. Raises TypeError for what takes a second query, for another kind of rows, and
    for a moment that was put in: it would stay the same for ever.
    """
    if rows._prefetch_related_lookups:  # type: ignore[attr-defined]
        raise TypeError("what is prefetched has to be asked for by itself")
    compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, values = compiler.as_sql()
    if any(isinstance(value, date) for value in values):
        raise TypeError("a moment has to be given when it is asked")
    columns = [column for column, *_alias in compiler.select[: compiler.col_count]]
    converters = [(at, *both) for at, both in compiler.get_converters(columns).items()]
    locks = rows.query.select_for_update
    return Compiled(sql, values, locks, converters, _reader(rows, compiler))


def _reader(rows: QuerySet[Any, Any], compiler: SQLCompiler) -> Reader:
    """How one row is read, as the iterables of query sets do it."""
    match rows._iterable_class:
        case query.ModelIterable:
            return _object_reader(compiler)
        case query.ValuesListIterable:
            return lambda row: tuple(row[: compiler.col_count])
        case query.FlatValuesListIterable:
            return operator.itemgetter(0)
    raise TypeError("rows are objects, or values_list")


def _object_reader(compiler: SQLCompiler) -> Reader:
    select, klass, beside = compiler.select, compiler.klass_info, compiler.annotation_col_map
    model, at = klass["model"], klass["select_fields"]
    first, end = at[0], at[-1] + 1
    names = [column.target.attname for column, *_alias in select[first:end]]
    make = _maker(model, names)
    populators = query.get_related_populators(klass, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # stubs are newer
    related = [_related_reader(one) for one in populators]
    told = list((beside or {}).items())

    def read(row: Sequence[Any]) -> Any:
        found = make(row[first:end])
        for join in related:
            join(row, found)
        for name, column in told:
            setattr(found, name, row[column])
        return found

    return read


def _related_reader(populator: Any) -> Callable[[Sequence[Any], Any], None]:
    """What reads an object of another table beside one, as Django's `populate` does."""
    if populator.reorder_for_init is not None:
        raise TypeError("a row that lies in several tables has to be asked for by itself")
    make = _maker(populator.model_cls, populator.init_list)
    first, end, key = populator.cols_start, populator.cols_end, populator.pk_idx
    further = [_related_reader(one) for one in populator.related_populators]

    def join(row: Sequence[Any], to: Any) -> None:
        found = None
        if row[first + key] is not None:
            found = make(row[first:end])
            for one in further:
                one(row, found)
        populator.local_setter(to, found)
        if found is not None:
            populator.remote_setter(found, to)

    return join


def _made_by(model: type[Model]) -> Any:
    return getattr(model.from_db, "__func__", None)


def _maker(model: type[Model], names: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    """What makes an object of its columns: what `from_db` comes to, unless a model has its own ways.

    Django sets each attribute by itself, and looks for those that were left out among all others; a list
    has hundreds of objects.
    """
    is_plain = model.__init__ is Model.__init__ and _made_by(model) is _made_by(Model)
    if not is_plain or pre_init.has_listeners(model) or post_init.has_listeners(model):
        return partial(model.from_db, DEFAULT_DB_ALIAS, names)

    def make(columns: Sequence[Any]) -> Any:
        made = model.__new__(model)
        state = ModelState()
        state.adding, state.db = False, DEFAULT_DB_ALIAS
        made.__dict__.update(zip(names, columns, strict=True), _state=state)
        return made

    return make
