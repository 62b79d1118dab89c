"""Rows read as JSON beside the row that they belong to: one query, where each table would take one."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from django.db.models.functions import JSONObject

M = TypeVar("M", bound=Model)


def as_json(model: type[Model], *names: str, under: str = "", **beside: Any) -> JSONObject:
    """A row's fields (all, or those named) as one value; `under` leads to it from another row.

    `beside` are further values, rows of other tables among them.
    """
    told = names or tuple(field.attname for field in model._meta.concrete_fields)
    path = f"{under}__" if under else ""
    return JSONObject(**{name: f"{path}{name}" for name in told}, **beside)


def from_json(model: type[M], told: Mapping[str, Any], **related: Any) -> M:
    """The row again, as it would have been read; `related` are rows that its keys lead to.

    A field that was not told is read from the database when it is asked for.
    """
    fields = [field for field in model._meta.concrete_fields if field.attname in told]
    names = [field.attname for field in fields]
    row = model.from_db(DEFAULT_DB_ALIAS, names, [f.to_python(told[f.attname]) for f in fields])
    for name, other in related.items():
        setattr(row, name, other)
    return row
