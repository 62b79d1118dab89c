"""Rows of the synthetic load as COPY's binary format has them, and ids by the thousand."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from complaints.load import making, mending
from complaints.load.binary import (
    HEADER,
    JSON_LENGTHS,
    NULL,
    TEXT_LENGTHS,
    TRAILER,
    encoder,
    hour_of,
    microseconds,
    pack_count,
    pack_eight,
)
from complaints.load.loom import Loom, columns
from complaints.load.marks import (
    ALL,
    CASE,
    FRAGMENTS,
    MOMENTS,
    TEXT,
    as_id,
    as_moment,
    as_text,
    pieces,
    slot_at,
    slot_of,
)
from complaints.load.stage import TABLES
from complaints.load.weaving import CONSTANTS, PACKED, Yarn
from complaints.models import Event, Handling
from tests.factories.agencies import make_registry

ODD = 'tab\there, back\\slash, line\nbreak, 100 %s, "quoted", সড়কবাতি \\N'
KINDS = {
    "bigint": -(2**40), "integer": 2**31 - 1, "smallint": -7, "boolean": True, "varchar(90)": ODD,
    "text": "", "double precision": 0.1,
    "timestamp with time zone": datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
}  # fmt: skip


def copied(kind: str, *fields: bytes) -> list[Any]:
    """What the database reads from fields of a column of this type, in their order."""
    rows = b"".join(pack_count(2) + b"\0\0\0\x04" + place.to_bytes(4) + field
                    for place, field in enumerate(fields))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE kept (place integer, value {kind}) ON COMMIT DROP")
        data = BytesIO(HEADER + rows + TRAILER)
        cursor.copy_expert("COPY kept FROM STDIN (FORMAT binary)", data)
        cursor.execute("SELECT value FROM kept ORDER BY place")
        found = [value for (value,) in cursor.fetchall()]
        cursor.execute("DROP TABLE kept")
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_database_reads_what_was_packed(db: None, kind: str) -> None:
    assert copied(kind, encoder(kind)(KINDS[kind]), NULL) == [KINDS[kind], None]


@pytest.mark.parametrize("length", [0, 1, 5000, 300_000])
def test_texts_and_json_of_any_length_arrive(db: None, length: int) -> None:
    text = "ক" * length
    written = json.dumps({"said": text}, ensure_ascii=False).encode()
    assert copied("text", encoder("text")(text)) == [text]
    (found,) = copied("jsonb", JSON_LENGTHS[len(written)] + written)
    assert found == {"said": text} or json.loads(found) == {"said": text}


def test_a_type_that_no_row_of_a_case_has_is_refused() -> None:
    with pytest.raises(KeyError):
        encoder("inet")


def test_every_column_of_every_table_can_be_packed(db: None) -> None:
    for table in TABLES:
        names = {name for name, _column, _encode in columns(table)}
        assert names == {f.attname for f in table._meta.concrete_fields} - (
            set() if "id" in names else {"id"}
        )


# --- Marks -----------------------------------------------------------------------------------


def test_a_text_is_cut_where_marks_stand() -> None:
    text = f'{{"id":{as_id(3)},"words":"{as_text(2)} 50 %"}}'
    assert pieces(text) == [b'{"id":', 3, b',"words":"', 2, b' 50 %"}']
    assert pieces("no marks") == [b"no marks"]
    assert pieces("") == []


def test_ids_and_moments_of_a_registry_are_no_marks() -> None:
    assert slot_of(910) is slot_of(True) is slot_of("910000000000003") is None
    assert slot_at(datetime(2026, 1, 1, 10, 30, 7, tzinfo=UTC)) is None
    assert slot_of(as_id(3)) == 3


@pytest.mark.parametrize("zone", ["Asia/Dhaka", "Asia/Kolkata", "Asia/Kathmandu", "UTC"])
def test_a_moment_is_the_same_as_text_and_packed(zone: str) -> None:
    mark = as_moment(MOMENTS, date(2026, 3, 1), 0, ZoneInfo(zone))
    assert slot_at(mark) == MOMENTS
    event = Handling(case_id=1, office_id=2, since=mark)
    loom, at = Loom(), timedelta(minutes=59, seconds=1, microseconds=5)
    loom.rows([event])
    ((slot, hour),) = loom.moments
    text = mark.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    written = b"".join(
        part if isinstance(part, bytes) else b"59:01.000005" for part in pieces(text)
    )
    assert slot == MOMENTS
    assert hour + at // timedelta(microseconds=1) == microseconds(
        datetime.fromisoformat(written.decode().replace("Z", "+00:00"))
    )
    assert hour == hour_of(mark)


def test_a_text_of_several_marks_is_measured_for_each_case() -> None:
    loom = Loom()
    pick = loom.rows([Handling(case_id=as_id(CASE))])
    slot = loom.json_slot({"words": as_text(TEXT), "case": as_id(CASE)})
    assert slot is not None
    assert loom.json_slot({"case": as_id(CASE), "words": as_text(TEXT)}) == slot
    assert loom.json_slot({"words": "the same"}) is None
    values = [b""] * CONSTANTS + loom.yarn.constants
    values[CASE], values[PACKED + CASE], values[TEXT] = b"12", pack_eight(12), "বাতি".encode()
    (fragment,) = loom.fragments
    text = b"".join(fragment.pick(values))
    assert json.loads(text) == {"case": 12, "words": "বাতি"}
    assert fragment.lengths[len(text)] == (len(text) + 1).to_bytes(4) + b"\x01"
    assert pack_eight(12) in b"".join(pick(values))


def test_more_texts_than_slots_are_refused() -> None:
    loom = Loom()
    for number in range(ALL - FRAGMENTS):
        loom.json_slot({"case": as_id(CASE), "number": number})
    with pytest.raises(ValueError, match="more texts"):
        loom.json_slot({"case": as_id(CASE), "number": -1})


def test_what_is_the_same_is_kept_once() -> None:
    yarn = Yarn()
    first, second = yarn.weave([b"a", b"b", 1, b"c"]), yarn.weave([b"ab", 1])
    values = [b""] * CONSTANTS + yarn.constants
    values[1] = b"-"
    assert (b"".join(first(values)), b"".join(second(values))) == (b"ab-c", b"ab-")
    assert yarn.constants == [b"ab", b"c"]
    assert yarn.weave([])(values) == ()
    assert TEXT_LENGTHS[2] == b"\0\0\0\x02"


# --- Ids -------------------------------------------------------------------------------------


def next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('complaints_event', 'id'))")
        return int(cursor.fetchone()[0])


@pytest.fixture
def _by_the_thousand(transactional_db: None) -> Iterator[None]:
    make_registry()
    mending.take_away()
    yield
    mending.mend(lambda _mended: None)


def test_ids_of_a_small_load_leave_none_out(db: None) -> None:
    before = next_id()
    assert making.ids(Event, 7) == before + 1
    assert next_id() == before + 8


@pytest.mark.usefixtures("_by_the_thousand")
@pytest.mark.parametrize("number", [1, 999, 1000, 2500])
def test_ids_of_a_big_load_are_nobody_elses(number: int) -> None:
    before = next_id()
    first = making.ids(Event, number)
    assert first > before - mending.AT_ONCE
    assert first + number - 1 < making.ids(Event, number)
    last = making.ids(Event, number) + number - 1
    mending.mend(lambda _mended: None)
    after = next_id()
    assert after > last
    assert next_id() == after + 1
