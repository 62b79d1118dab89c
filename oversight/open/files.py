"""The tables of the open data as files: CSV and JSON, sent while they are made."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from io import StringIO
from typing import Any

from oversight.exports.sheets import plain
from oversight.open.cells import edition, rows
from oversight.open.datasets import LICENCE, Dataset
from oversight.open.words import in_languages

#: So many rows are sent at once.
CHUNK = 200


def as_csv(dataset: Dataset) -> Iterator[str]:
    """The table as CSV (RFC 4180, UTF-8), its columns named in the first line."""
    codes = [column.code for column in dataset.columns()]

    def lines(some: Iterable[list[Any]]) -> str:
        text = StringIO()
        csv.writer(text, lineterminator="\r\n").writerows(
            [plain(cell) for cell in line] for line in some
        )
        return text.getvalue()

    yield lines([codes])
    for some in _chunks(rows(dataset)):
        yield lines([[row[code] for code in codes] for row in some])


def as_json(dataset: Dataset) -> Iterator[str]:
    """The same as JSON: what the table and its columns are, then the rows.

    A row has the columns of the CSV; what is suppressed is null, and named in a list.
    """
    head = {
        "dataset": dataset.code,
        "title": in_languages(dataset.title),
        "description": in_languages(dataset.description),
        "license": LICENCE,
        "edition": edition(),
        "columns": [
            {"code": column.code, "name": in_languages(column.name), "unit": column.unit or None}
            for column in dataset.columns()
        ],
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": [\n'
    before = ""
    for some in _chunks(rows(dataset)):
        told = ({**row, "suppressed": row["suppressed"].split()} for row in some)
        yield before + ",\n".join(json.dumps(row, ensure_ascii=False) for row in told)
        before = ",\n"
    yield "\n]}\n"


def _chunks(all_rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    for row in all_rows:
        some.append(row)
        if len(some) == CHUNK:
            yield some
            some = []
    if some:
        yield some


#: How a table is written, by the ending of its address: media type and maker.
FORMATS: dict[str, tuple[str, Callable[[Dataset], Iterator[str]]]] = {
    "csv": ("text/csv", as_csv),
    "json": ("application/json", as_json),
}
