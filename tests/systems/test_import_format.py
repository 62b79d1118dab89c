"""The portal's own format: cells of spreadsheets, what is equal, each state that a case comes in."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from complaints.models import Appeal, Case, Clock, Contact, Event, Handling, Statement
from complaints.services import appeals, contacts
from complaints.services.escalation import sweep
from complaints.workflow import State
from systems.models import Doubt
from systems.past import columns
from systems.past.columns import (
    COLUMNS,
    Step,
    as_cells,
    comparable_row,
    guarded,
    joined,
    step_of,
    unguarded,
)
from tests.complaints.conftest import Scene
from tests.systems.bringing import case_of, faults, steps_of

ROW: dict[str, Any] = {
    "external_id": "1111-2222-3333-A",
    "kind": "complaint",
    "status": "closed",
    "ending": "silent",
    "outcome": "partly",
    "language": "en",
    "channel": "sms",
    "text": "=The lamp at the corner has been dark for a month.",
    "holder": "grid",
    "filed_at": "2019-03-01T08:30:00.000000Z",
    "forwarded_at": "2019-03-02T08:30:00.000000Z",
    "answered_at": "2019-03-05T08:30:00.000000Z",
    "closed_at": "2019-03-15T08:30:00.000000Z",
}
HISTORY = [
    {
        "at": ROW["filed_at"],
        "move": "submit",
        "to": "received",
        "party": "citizen",
        "channel": "sms",
    },
    {
        "at": ROW["forwarded_at"],
        "move": "forward",
        "from": "received",
        "to": "forwarded",
        "party": "router",
        "channel": "system",
        "data": {"office": "grid", "version": 3},
    },
    {
        "at": "2019-03-04T08:30:00.000000Z",
        "move": "note",
        "to": "in_progress",
        "office": "grid",
        "party": "handler",
        "said": {"text": "Ask the store."},
        "kind": "note",
        "internal": True,
    },
    {
        "at": ROW["answered_at"],
        "move": "answer",
        "to": "answered",
        "office": "grid",
        "party": "focal",
        "said": {"text": "It shines again."},
        "kind": "answer",
        "data": {"outcome": "partly", "case_officer": 7},
    },
    {"at": ROW["closed_at"], "move": "lapse", "to": "closed", "party": "system"},
]


def bring(folder: Path, *rows: dict[str, Any], args: tuple[str, ...] = ()) -> str:
    path, out = folder / "ours.jsonl", StringIO()
    path.write_text("".join(json.dumps({**ROW, **row}) + "\n" for row in rows), "utf-8")
    call_command("import_cases", str(path), "--source", "old", *args, stdout=out)
    return out.getvalue()


# --- Cells -----------------------------------------------------------------------------------------------


@given(st.text(max_size=80), st.integers(2, 9))
def test_pieces_of_a_text_make_it_whole_again_and_none_is_too_long(text: str, most: int) -> None:
    found = list(columns.pieces(text, most))

    assert "".join(found) == text
    assert all(len(piece.encode("utf-16-le")) // 2 <= most for piece in found)


@given(st.text(max_size=10))
def test_a_guarded_text_is_no_formula_and_comes_back(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@"))
    assert unguarded(guarded(text)) == text


@given(
    st.fixed_dictionaries(
        {
            "text": st.text(max_size=90),
            "public_text": st.text(max_size=5),
            "sensitive": st.booleans(),
        }
    )
)
def test_cells_say_what_the_row_said(row: dict[str, Any]) -> None:
    row["text"] = row["text"] * 1000

    back = joined(as_cells(row))

    assert (back["text"], back["public_text"]) == (row["text"], row["public_text"])
    assert back["sensitive"] == ("yes" if row["sensitive"] else "no")


def test_a_step_is_read_as_it_was_written() -> None:
    step = Step("2019-03-01T08:30:00Z", "forward", "received", "forwarded", data={"office": "grid"})

    assert step.as_json()["from"] == "received"
    assert step_of(step.as_json()) == step


@pytest.mark.parametrize(
    "wrong", [{}, {"at": 3}, {"at": "x", "colour": "red"}, {"at": "x", "said": {"text": 1}}]
)
def test_what_is_no_step_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        step_of(wrong)


def test_rows_are_equal_but_for_what_is_given_anew() -> None:
    other = {**ROW, "external_id": "7", "number": "9", "public_text": "", "history": []}

    assert comparable_row(ROW) == comparable_row(other)
    assert comparable_row(ROW) != comparable_row({**ROW, "text": "Another."})


def test_no_column_stands_twice() -> None:
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)


# --- Cases -----------------------------------------------------------------------------------------------


def test_a_case_with_its_history_is_brought_in_as_it_was(scene: Scene, tmp_path: Path) -> None:
    bring(tmp_path, {"history": HISTORY})

    case = case_of(ROW["external_id"], "old")
    assert steps_of(case) == [
        ("import", "", "received"),
        ("history", "forward", "forwarded"),
        ("history", "note", "in_progress"),
        ("history", "answer", "answered"),
        ("history", "lapse", "closed"),
    ]
    filing, forward, note, answer, _lapse = Event.objects.filter(case=case).order_by("seq")
    assert (filing.party, filing.channel, filing.actor_kind) == ("citizen", "sms", "citizen")
    assert (forward.channel, forward.data) == (
        "system",
        {"as": "forward", "office": "grid", "version": 3},
    )
    assert forward.happened_at == datetime(2019, 3, 2, 8, 30, tzinfo=UTC)
    assert answer.office_id == scene.cast.department.pk
    # No id of a person of another portal.
    assert answer.data == {"as": "answer", "outcome": "partly"}
    assert Statement.objects.get(event=note).internal
    assert case.text == ROW["text"]
    assert Handling.objects.get(case=case).office == scene.cast.department
    assert faults() == []


def test_what_is_between_citizen_and_overseers_is_left_out(scene: Scene, tmp_path: Path) -> None:
    private = [
        {
            "at": ROW["answered_at"],
            "move": "say_pressured",
            "to": "answered",
            "said": {"text": "Help"},
        },
        {"at": ROW["answered_at"], "move": "message", "data": {"for": "overseers"}},
    ]
    bring(tmp_path, {"history": [*HISTORY[:-1], *private, HISTORY[-1]]})

    assert "say_pressured" not in [like for _move, like, _to in steps_of(Case.objects.get())]
    assert list(Doubt.objects.values_list("code", flat=True)) == ["private_step"]


@pytest.mark.parametrize(
    ("history", "code"),
    [
        ("no list", "history_unread"),
        ([{"move": "answer"}], "history_unread"),
        ([{"at": "yesterday"}], "history_unread"),
        ([{"at": "2039-01-01T00:00:00Z"}], "history_unread"),
    ],
)
def test_a_history_that_cannot_be_read_is_refused(
    scene: Scene, tmp_path: Path, history: Any, code: str
) -> None:
    said = bring(tmp_path, {"history": history})

    assert "1 rows refused" in said
    assert Doubt.objects.get().code == code


def test_codes_that_pages_could_not_read_are_left_out(scene: Scene, tmp_path: Path) -> None:
    strange = {
        "at": "noon",
        "what": "x",
        "level": "high",
        "Office": 1,
        "rating": 9,
        "lists": [1],
        "ok": True,
    }
    last = {**HISTORY[-1], "data": strange}
    bring(tmp_path, {"history": [*HISTORY[:-1], last]})

    assert Event.objects.get(data__as="lapse").data == {"as": "lapse", "ok": True}
    assert set(Doubt.objects.values_list("code", flat=True)) == {"rating_unread", "code_unread"}


def test_a_history_that_ends_elsewhere_goes_where_its_row_says(
    scene: Scene, tmp_path: Path
) -> None:
    bring(tmp_path, {"history": HISTORY[:-1]})

    assert steps_of(Case.objects.get())[-1] == ("history", "", "closed")
    assert Doubt.objects.get().code == "history_ends_elsewhere"
    assert faults() == []


#: Each state of an open case: what its row says beside, and the clocks that it gets.
OPEN: dict[str, tuple[dict[str, str], set[str]]] = {
    "received": ({"holder": ""}, {"forward"}),
    "forwarded": ({}, {"accept", "resolve"}),
    "in_progress": ({}, {"resolve"}),
    "disputed_owner": ({}, {"rule", "resolve"}),
    "answered": ({}, {"confirm"}),
    "appealed": ({}, {"appeal"}),
    "waiting": ({}, {"resolve", "waiting"}),
}


@pytest.mark.parametrize("status", OPEN)
def test_what_is_open_has_the_clocks_of_its_state_from_now_on(
    scene: Scene, tmp_path: Path, status: str
) -> None:
    more, kinds = OPEN[status]
    bring(tmp_path, {"status": status, "ending": "", "closed_at": "", **more})

    case = Case.objects.get()
    clocks = list(Clock.objects.filter(case=case))
    assert (case.status, {clock.kind for clock in clocks}) == (status, kinds)
    assert all(clock.started_at.year == 2026 and clock.missed_at is None for clock in clocks)
    assert case.filed_at.year == 2019
    assert faults() == []
    # Nothing of it is late at once, and the sweep finds nothing to say.
    sweep()
    assert not Clock.objects.filter(level__gt=0).exists()


def test_each_state_has_been_tried() -> None:
    assert set(OPEN) == set(State) - {State.CLOSED}


def test_a_case_that_waits_at_the_desk_waits_there(scene: Scene, tmp_path: Path) -> None:
    bring(
        tmp_path,
        {
            "status": "waiting",
            "waiting_from": "received",
            "holder": "",
            "ending": "",
            "closed_at": "",
        },
    )

    clocks = Clock.objects.filter(case=Case.objects.get())
    assert set(clocks.values_list("kind", flat=True)) == {"forward", "waiting"}
    assert clocks.get(kind="forward").paused_at is not None
    assert faults() == []


def test_an_appeal_under_way_goes_to_the_overseers_who_decide_it(
    scene: Scene, tmp_path: Path
) -> None:
    bring(tmp_path, {"status": "appealed", "ending": "", "closed_at": ""})
    case = Case.objects.get()
    assert Appeal.objects.get(case=case).office is None

    appeals.uphold(
        actor=scene.actor(scene.cast.overseer), number=case.number, reason="The lamp is still dark."
    )

    case.refresh_from_db()
    assert case.status == "in_progress"
    assert faults() == []


def test_an_open_case_of_a_closed_office_goes_to_the_desk(scene: Scene, tmp_path: Path) -> None:
    office = scene.cast.department
    office.closed_at = scene.case(scene.file()).filed_at
    office.save()

    bring(tmp_path, {"status": "in_progress", "ending": "", "closed_at": ""})

    assert case_of(ROW["external_id"], "old").status == "received"
    codes = set(Doubt.objects.values_list("code", flat=True))
    assert codes == {"agency_closed", "goes_to_desk"}


def test_a_contact_is_sealed_and_of_old_cases_left_out(scene: Scene, tmp_path: Path) -> None:
    known = {
        "contact_name": "Rahima",
        "contact_phone": "01712345678",
        "contact_email": "no address",
    }
    bring(
        tmp_path,
        {"external_id": "old", **known},
        {"external_id": "new", **known, "closed_at": "2026-03-15T08:30:00.000000Z"},
    )

    old, new = case_of("old", "old"), case_of("new", "old")
    assert not Contact.objects.filter(case=old).exists()
    assert (old.anonymous, old.person_erased_at is not None) == (True, True)
    contact = Contact.objects.get(case=new)
    assert contacts.details_of(contact)["phone"] == "+8801712345678"
    assert b"Rahima" not in bytes(contact.sealed)
    assert (new.anonymous, contact.way) == (False, "sms")
    assert set(Doubt.objects.values_list("code", "column")) == {
        ("contact_unread", "contact_email"),
        ("contact_over", ""),
    }


def test_what_was_public_is_public_again_only_if_that_is_said(scene: Scene, tmp_path: Path) -> None:
    public = {
        "publish_consent": True,
        "public_text": "The lamp of 01712345678 is dark.",
        "published_at": "2019-03-20T08:30:00.000000Z",
    }
    bring(tmp_path, public)
    assert Case.objects.get().published_at is None
    assert Doubt.objects.get().code == "not_published"

    bring(tmp_path, {**public, "external_id": "other"}, args=("--publish",))

    case = case_of("other", "old")
    assert case.published_at == datetime(2019, 3, 20, 8, 30, tzinfo=UTC)
    assert "01712345678" not in case.public_text
    assert faults() == []


def test_what_is_sensitive_is_never_public_whatever_the_file_says(
    scene: Scene, tmp_path: Path
) -> None:
    bring(
        tmp_path,
        {"sensitive": True, "publish_consent": True, "public_text": "A clerk took money."},
        args=("--publish",),
    )

    case = Case.objects.get()
    assert (case.sensitive, case.publish_consent, case.public_text) == (True, False, "")


@pytest.mark.parametrize(
    "column", ["kind", "ending", "outcome", "priority", "language", "rating", "sensitive"]
)
def test_a_value_that_our_format_has_not_is_refused(
    scene: Scene, tmp_path: Path, column: str
) -> None:
    bring(tmp_path, {column: "something else"})

    assert Doubt.objects.get().code == "value_unread"
    assert Doubt.objects.get().column == column


def test_publishing_is_said_in_the_mapping_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text("", "utf-8")
    with pytest.raises(CommandError, match="publish = true"):
        call_command("import_cases", "x.csv", "--mapping", str(tmp_path / "m.toml"), "--publish")
