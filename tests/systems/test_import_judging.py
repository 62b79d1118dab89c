"""Whatever a row holds, a case that can stand is made of it, or it is refused for a reason. No database."""

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agencies.models import Category, Office, Place
from agencies.naming import comparable
from complaints.services.importing import WITH_NOBODY
from complaints.workflow import State
from systems.past.cleaning import ISO, SPREADSHEET
from systems.past.columns import BY_NAME
from systems.past.doubts import DOUBTS, REFUSALS, SENTENCES
from systems.past.finding import Found
from systems.past.judging import Judge, Judged, Kept, fingerprint
from systems.past.mapping import Meanings, Stands, key, ours
from systems.past.reading import Row, json_row
from tests.systems.bringing import DHAKA

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
KEPT = Kept(730, 3650, 3650)
NAMES = ("at", "move", "from", "to", "office", "said", "data", "internal", "kind", "party", "text")
STEPS = ("submit", "forward", "answer", "return", "dispute", "note", "say_pressured", "strange", "")


class Country:
    """A registry of one open and one closed office, a category and a place."""

    offices = {
        "grid": Office(pk=1, code="grid"),
        "old": Office(pk=2, code="old", closed_at=NOW),
    }

    def office(self, word: str) -> Found:
        found = self.offices.get(comparable(word))
        return Found(found) if found else Found(doubt="unknown")

    def category(self, word: str) -> Found:
        return Found(Category(pk=3)) if word == "roads" else Found(doubt="ambiguous")

    def place(self, words: tuple[str, ...]) -> Found:
        return Found(Place(pk=4)) if words == ("3.47",) else Found(doubt="unknown")

    def is_about_misconduct(self, text: str) -> bool:
        return "bribe" in text


THEIRS = Meanings(
    "old-2017",
    DHAKA,
    {name: (name,) for name in BY_NAME},
    dates=("%d/%m/%Y", "%m/%d/%Y", ISO, SPREADSHEET),
    empty=frozenset({key("-")}),
    statuses={key("Done"): Stands(State.CLOSED, "silent", "resolved")},
    publish=True,
)
OURS = ours("old-portal", DHAKA, publish=True)

dates = st.one_of(
    st.datetimes(datetime(1980, 1, 1), datetime(2030, 1, 1)).map(lambda at: f"{at:%d/%m/%Y}"),
    st.datetimes(datetime(1980, 1, 1), datetime(2030, 1, 1)).map(lambda at: f"{at.isoformat()}Z"),
    st.sampled_from(["", "-", "0000-00-00", "soon", "42769", "31/02/2017"]),
)
words = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "-", "grid", "old", "roads", "3.47", "yes", "no", "5", "23,7", "a bribe"]),
)
steps = st.lists(
    st.fixed_dictionaries(
        {"at": dates},
        optional={
            "move": st.sampled_from(STEPS),
            "to": st.sampled_from([*State, "nowhere"]),
            "office": st.sampled_from(["grid", "old", "else"]),
            "said": st.dictionaries(st.sampled_from(["text", "reason"]), st.text(max_size=9)),
            "data": st.dictionaries(
                st.sampled_from(["office", "rating", "at", "what", "Level", "for"]),
                st.one_of(st.integers(), words, st.lists(words, max_size=2), st.none()),
                max_size=3,
            ),
        },
    ),
    max_size=5,
)
values: dict[str, st.SearchStrategy[Any]] = {
    name: st.one_of(words, dates) for name in BY_NAME if name not in ("history", "files")
}
values |= {
    "status": st.sampled_from([*State, "Done", "?"]),
    "filed_at": dates,
    "text": st.one_of(words, st.just("No water, and a bribe was asked.")),
    "history": st.one_of(steps, steps.map(json.dumps), words),
}
rows = st.fixed_dictionaries(
    {"external_id": st.sampled_from(["7", "A-1"]), "status": values["status"]},
    optional={n: value for n, value in values.items() if n not in ("external_id", "status")},
)


def judged(cells: dict[str, Any], by: Meanings) -> Judged:
    return Judge(by, Country(), NOW, KEPT).judge(Row(2, cells))


@settings(max_examples=400)
@given(rows, st.sampled_from([OURS, THEIRS]))
def test_a_case_that_can_stand_or_a_reason(cells: dict[str, Any], by: Meanings) -> None:
    found = judged(cells, by)

    assert {doubt.code for doubt in found.doubts} <= SENTENCES.keys()
    assert (found.past is None) == any(doubt.is_refusal for doubt in found.doubts)
    past = found.past
    if past is None:
        return
    assert past.filed_at <= NOW
    assert (past.closed_at is not None) == (past.status == State.CLOSED)
    assert past.holder is None or past.status not in WITH_NOBODY
    assert past.holder is None or past.waiting_from != State.RECEIVED
    assert (past.waiting_from is not None) == (past.status == State.WAITING)
    if past.steps:
        assert past.steps[-1].status == past.status
    if past.status in (State.FORWARDED, State.IN_PROGRESS, State.ANSWERED):
        assert past.holder is not None
        assert past.holder.closed_at is None
    if past.sensitive:
        assert not past.public_text
        assert not past.publish_consent
    assert all("\0" not in words for step in past.steps for words in step.said.values())


#: Anything that a line of JSON Lines can hold.
anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), dates),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.text(max_size=4), st.sampled_from(NAMES)), inner, max_size=4),
    ),
    max_leaves=12,
)
odd_rows = st.dictionaries(st.sampled_from(sorted(BY_NAME)), anything)
odd_steps = st.lists(
    st.one_of(anything, st.dictionaries(st.sampled_from(NAMES), anything)), max_size=3
)


@settings(max_examples=400)
@given(rows, odd_rows, st.one_of(st.none(), odd_steps), st.sampled_from([OURS, THEIRS]))
def test_nothing_that_json_can_hold_is_unforeseen(
    row: dict[str, Any], odd: dict[str, Any], history: Any, by: Meanings
) -> None:
    steps = {} if history is None else {"history": history}

    found = Judge(by, Country(), NOW, KEPT).judge(json_row(2, json.dumps({**row, **odd, **steps})))

    assert {doubt.code for doubt in found.doubts} <= SENTENCES.keys()
    assert not [doubt for doubt in found.doubts if doubt.word.endswith("Error")]


@given(rows)
def test_a_row_is_judged_the_same_each_time(cells: dict[str, Any]) -> None:
    first, again = judged(cells, THEIRS), judged(dict(reversed(cells.items())), THEIRS)

    assert (first.past, first.doubts, first.fingerprint) == (
        again.past,
        again.doubts,
        again.fingerprint,
    )


@given(rows, st.sampled_from(["text", "status", "rating"]), st.text(min_size=1, max_size=5))
def test_another_word_gives_another_print(cells: dict[str, Any], name: str, more: str) -> None:
    changed = {**cells, name: str(cells.get(name, "")) + more}

    assert fingerprint(changed) != fingerprint(cells)


def test_a_code_says_one_thing_either_a_refusal_or_a_doubt() -> None:
    assert not REFUSALS.keys() & DOUBTS.keys()
