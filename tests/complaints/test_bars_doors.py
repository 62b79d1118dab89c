"""Whoever is barred from a case tries every door of the portal, and finds nothing behind any.

The doors are in `tests/bars_table.py`. Behind them stand cases in all kinds of states, with whatever
the portal makes of cases: hearings, audits, clusters, issues, flags, letters that never left. All are
about the head of the department and the head of the desk's office, so nine people are barred.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from channels.models import Message
from complaints.bars import barred_users
from complaints.models import Attachment, Event, Notice, Restriction
from complaints.services import casework, withdrawing
from complaints.services.escalation import sweep
from complaints.tracking import new_number
from complaints.views.officer.case import OFFICERS_MOVES
from fairplay.models import Cluster, Flag, Flagged, Member
from oversight.figures import keeping
from oversight.models import Audit, Issue, IssueCase
from tests.bars_table import OTHERS, SENT, SHOWN
from tests.complaints.conftest import Scene
from tests.complaints.play import Play, day
from tests.factories.agencies import make_officer
from tests.oversight.boards import hand_on
from tests.test_access_matrix import ADDRESSES, ARGUMENTS, SAMPLES

#: Everybody below the two heads, and the heads.
BARRED = (
    *("head", "focal", "case_officer"),
    *("desk_head", "desk", "overseer", "auditor", "registrar", "operator"),
)
#: Whose pages are not those of an office.
ELSEWHERE = ("desk", "overseer", "registrar", "operator")
MARK = "zebrafinch"
TEXT = "The zebrafinch of the meter reader shows a wrong number again."


class Behind:
    """The cases, and by its address's name what else has a key of its own."""

    def __init__(self, scene: Scene, clock: Any) -> None:
        cast = scene.cast
        self.scene = scene
        watcher = make_officer("Watcher", Role.OVERSEER, cast.rival_ministry)
        second_desk = make_officer("Second Desk", Role.DESK, cast.rival_ministry)
        for name, user in {"watcher": watcher, "second_desk": second_desk}.items():
            object.__setattr__(cast, name, user)
        # Others' case, which they may see: what it was joined with they may not.
        self.joined = self._file(text="At my neighbour's it is the same with the meter.")
        self.received = self._file()
        self.working = self._file().forward().accept()
        self.joined.forward().merge(self.working)
        self.appealed = self._file().forward().accept().answer().appeal()
        self.appealed.set_hearing().investigate()
        self.closed = self._file().forward().accept().answer().confirm()
        self.sensitive = self._file(about_official=True).forward()
        self.pressed = self._file().forward()
        withdrawing.withdraw(
            actor=self.pressed.actor("withdrawing"), number=self.pressed.number, pressured=True
        )
        self.plays = [
            *(self.working, self.received, self.appealed, self.closed, self.sensitive),
            self.pressed,
        ]
        #: At addresses with a number these are tried: an open one, one in appeal, a sealed one.
        self.tried = [self.working, self.appealed, self.sensitive]
        key = self.working.photo("focal")
        casework.message(
            actor=self.working.actor("focal"), number=self.working.number, text="See", files=[key]
        )
        clock.move_to(day(14))
        sweep()
        self.keys = {"attachment": {"key": Attachment.objects.get(key=key).key}}
        keeping.rebuild()
        self._made_of_them(watcher)
        for play in self.plays:
            play.about(office_id=cast.department.pk, role=Role.HEAD, by="citizen")
            play.about(user_id=cast.desk_head.pk, by="citizen")
        cache.clear()

    def _file(self, **parts: Any) -> Play:
        place = self.scene.cast.upazila.code
        parts.setdefault("text", TEXT)
        return Play(self.scene, place=place, category="electricity", **parts)

    def _made_of_them(self, watcher: Any) -> None:
        """What other rooms keep of a case."""
        now, cast, case = timezone.now(), self.scene.cast, self.working.case
        Notice.objects.filter(case=case, office__isnull=False).update(status="failed")
        audit = Audit.objects.create(
            case=self.closed.case,
            office=cast.department,
            outcome="resolved",
            ending="confirmed",
            closed_at=now,
            why="drawn",
            created_at=now,
            next_call_at=now,
        )
        Restriction.objects.create(
            country="bd",
            kind="contact",
            index="0",
            case=self.received.case,
            reason=MARK,
            imposed_by=cast.desk,
            imposed_at=now,
            until=now + timedelta(days=9),
            appealed_at=now,
        )
        issue = Issue.objects.create(
            country="bd",
            title="Meters are read wrongly",
            language="en",
            owner=cast.ministry,
            due=date(2027, 1, 1),
            created_at=now,
            created_by=watcher,
            changed_at=now,
        )
        IssueCase.objects.create(issue=issue, case=case, linked_at=now, linked_by=watcher)
        cluster = Cluster.objects.create(
            country="bd", seed=self.received.case, size=3, first_at=now, last_at=now
        )
        for play in (self.received, self.working, self.pressed):
            Member.objects.create(cluster=cluster, case=play.case, found_at=now)
        flag = Flag.objects.create(
            country="bd",
            office=cast.department,
            kind="many_filed",
            day=date(2026, 11, 22),
            found_at=now,
        )
        Flagged.objects.create(flag=flag, case=case)
        hand_on(case.pk, cast.department, cast.ministry)
        Message.objects.create(
            channel="sms",
            external_id="1",
            case=case,
            state=Message.State.DONE,
            next_at=now,
            received_at=now,
            done_by=cast.desk,
            key=UUID(int=7),
        )
        self.keys |= {"message": {"key": UUID(int=7)}, "flag": {"key": flag.key}}
        for name in ("cluster", "cluster-live"):
            self.keys[name] = {"key": cluster.key}
        for name in ("issue", "issue-cases", "issue-unlink", "issue-step"):
            self.keys[name] = {"key": issue.key}
        for name in ADDRESSES:
            if name.startswith("oversight-audit"):
                self.keys[name] = {"audit": audit.pk}

    # --- Asking ---------------------------------------------------------------------------------

    def urls(self, name: str, number: str = "") -> Iterator[str]:
        """The address, once for each of the cases if it is a case's (or for the number given)."""
        wanted = ADDRESSES[name].pattern.regex.groupindex
        values: dict[str, Any] = dict(ARGUMENTS)
        for start, sample in SAMPLES.items():
            values |= sample if name.startswith(start) else {}
        values |= {"pk": 0, "code": "power"} if name == "oversight-agency" else {"pk": 0}
        values |= self.keys.get(name, {})
        numbers = [number] if number else [play.number for play in self.tried]
        for each in numbers if "number" in wanted else [""]:
            given = {key: each if key == "number" else values[key] for key in wanted}
            yield reverse(name.split("+")[0], kwargs=given)

    def client(self, who: str) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(getattr(self.scene.cast, who))
        return client

    def marks_in(self, body: str, asked: str = "") -> set[str]:
        """What of the cases stands in a page; what was asked for is only repeated by it."""
        marks = {MARK, *(play.number for play in self.plays), str(self.keys["attachment"]["key"])}
        marks |= {mark.replace("-", "") for mark in marks if mark.count("-") == 3}
        read, repeated = body.casefold(), asked.casefold()
        found = {mark for mark in marks if mark.casefold() in read}
        return {mark for mark in found if mark.casefold() not in repeated}


@pytest.fixture
def behind(scene: Scene, clock: Any) -> Behind:
    return Behind(scene, clock)


def fetch(client: Client, url: str, method: str = "GET", **data: Any) -> tuple[int, str]:
    """Status and body; nothing that it did is left, in the database or as a message to be shown."""
    cookies = {name: morsel.value for name, morsel in client.cookies.items()}
    with transaction.atomic():
        send: Any = client.get if method == "GET" else client.post
        response = send(url, data)
        body = response.getvalue() if response.streaming else response.content
        transaction.set_rollback(True)
    cache.clear()
    client.cookies.clear()
    client.cookies.load(cookies)
    return response.status_code, body.decode(errors="replace") + response.get("Location", "")


def ask(client: Client, name: str, url: str) -> tuple[int, str]:
    """What is behind a door: its page, or the answer to what is sent to it."""
    return fetch(client, url, "POST", **SENT[name]) if name in SENT else fetch(client, url)


def with_query(url: str, query: str, number: str) -> str:
    return f"{url}?{query.format(number=number)}" if query else url


def test_every_address_is_in_the_table_of_doors() -> None:
    known = {*SHOWN, *OTHERS}
    names = {name.split("+")[0] for name in ADDRESSES}
    new, gone = sorted(names - known), sorted(known - names)
    assert not new, f"Say in tests/bars_table.py whether a case is shown at: {', '.join(new)}"
    assert not gone, f"No longer there: {', '.join(gone)}"
    assert not set(SHOWN) & set(OTHERS)


def test_they_are_barred_from_every_one_of_the_cases(behind: Behind) -> None:
    expected = {getattr(behind.scene.cast, who).pk for who in BARRED}
    assert {frozenset(barred_users(play.case)) for play in behind.plays} == {frozenset(expected)}


def test_behind_each_door_that_shows_cases_others_do_find_them(behind: Behind) -> None:
    """Else a door that was moved would be tried for ever and prove nothing."""
    nothing = []
    for name, (who, queries) in SHOWN.items():
        client, found = behind.client(who), False
        for url in behind.urls(name):
            asked = with_query(url, queries[0], behind.working.number)
            status, body = ask(client, name, asked)
            found = found or (status == 200 and bool(behind.marks_in(body)))
            found = found or (name == "attachment" and status == 200)
        if not found:
            nothing.append(f"{name}: {who} finds nothing")
    assert not nothing, "\n".join(nothing)


def has_number(name: str) -> bool:
    return "number" in ADDRESSES[name].pattern.regex.groupindex


def answers_like_nobodys(name: str) -> bool:
    """Whether `unlike` asks there, of the same people, and for more than a mark: to the last letter."""
    return has_number(name) and name not in SHOWN and name not in SENT


def leaks(behind: Behind, who: str) -> Iterator[str]:
    """Where somebody finds anything of the cases."""
    client = behind.client(who)
    # Where no case is shown to anybody it is enough that each kind of officer looks once.
    names = sorted(ADDRESSES) if who in ("head", *ELSEWHERE) else sorted(SHOWN)
    for name in names:
        if answers_like_nobodys(name):
            continue
        for url in behind.urls(name):
            for query in SHOWN.get(name, ("", ("",)))[1]:
                asked = with_query(url, query, behind.working.number)
                status, body = ask(client, name, asked)
                if marks := behind.marks_in(body, asked):
                    yield f"{who} at {name} {asked} ({status}): {sorted(marks)}"


def test_the_barred_find_nothing_by_any_address(behind: Behind) -> None:
    found = [leak for who in BARRED for leak in leaks(behind, who)]
    assert not found, "\n".join(found)


def comparable(body: str, number: str) -> str:
    """A page without what is another each time, or only repeats the number."""
    body = body.replace(number, "N").replace(number.replace("-", ""), "N")
    body = re.sub(r'(csrfmiddlewaretoken" value|nonce|X-CSRFToken)["\':= ]+[^"\']+', "", body)
    # The id of the request, by which support finds it in the logs.
    return re.sub(r"\b[0-9a-f]{32}\b", "", body)


def unlike(behind: Behind, who: str) -> Iterator[str]:
    """Where a number of the cases answers otherwise than one that does not exist."""
    client, unknown = behind.client(who), new_number()
    for name in sorted(ADDRESSES):
        if not has_number(name):
            continue
        (nowhere,) = behind.urls(name, unknown)
        for method in ("GET", "POST"):
            expected = fetch(client, nowhere, method)
            for url, play in zip(behind.urls(name), behind.tried, strict=True):
                got = fetch(client, url, method)
                same = comparable(got[1], play.number) == comparable(expected[1], unknown)
                if got[0] != expected[0] or not same:
                    yield f"{who}: {method} {name}: {got[0]}, unknown {expected[0]}, same: {same}"


def test_a_number_of_theirs_answers_like_one_that_does_not_exist(behind: Behind) -> None:
    wrong = [line for who in ("head", *ELSEWHERE) for line in unlike(behind, who)]
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_no_move_is_theirs_by_page_or_api(behind: Behind) -> None:
    before, number = Event.objects.count(), behind.working.number
    words = {"text": "Enough words to say it.", "reason": "Enough words to say it.", "seen": ""}
    for who in ("head", "case_officer", "desk", "overseer"):
        client = behind.client(who)
        for move in OFFICERS_MOVES:
            page, api = (
                reverse(name, args=[number, move]) for name in ("office-move", "api-case-move")
            )
            assert client.post(page, words).status_code == 404, (who, move)
            assert client.post(api, words).status_code == 404, (who, move)
    assert Event.objects.count() == before


def test_in_bulk_they_give_it_to_nobody(behind: Behind) -> None:
    client, cast = behind.client("focal"), behind.scene.cast
    answers = [
        fetch(client, "/en/office/give/", "POST", officer=cast.case_officer.pk, case=[number])
        for number in (behind.working.number, new_number())
    ]
    assert [status for status, _body in answers] == [200, 200]
    assert all("There is no such case." in body for _status, body in answers)
    assert behind.working.case.assigned is None


def test_joined_with_it_a_case_of_theirs_is_refused_as_with_none(behind: Behind) -> None:
    own = Play(behind.scene).forward()
    client = behind.client("focal")
    url = f"/en/office/cases/{own.number}/merge/"
    answers = [
        fetch(client, url, "POST", lead=number, seen=own.case.last_seq)
        for number in (behind.working.number, new_number())
    ]
    assert [status for status, _body in answers] == [422, 422]
    assert all("There is no such case to join with." in body for _status, body in answers)


def test_what_a_case_of_theirs_was_joined_with_is_another_case_and_no_number(
    behind: Behind,
) -> None:
    for who in ("focal", "desk", "overseer"):
        client = behind.client(who)
        for url in (
            reverse("office-case", args=[behind.joined.number]),
            reverse("office-live", args=[behind.joined.number]),
            reverse("api-case", args=[behind.joined.number]),
        ):
            status, body = fetch(client, url)
            assert status == 200
            assert behind.working.number not in body, url
    _status, body = fetch(
        behind.client("watcher"), reverse("office-case", args=[behind.joined.number])
    )
    assert behind.working.number in body


def test_likely_duplicates_of_their_own_cases_leave_them_out(behind: Behind) -> None:
    own = Play(behind.scene, text=TEXT, place=behind.scene.cast.upazila.code).forward()
    _status, body = fetch(behind.client("focal"), reverse("office-case", args=[own.number]))
    assert not behind.marks_in(body) - {MARK}
    _status, body = fetch(behind.client("watcher"), reverse("office-case", args=[own.number]))
    assert behind.marks_in(body) - {MARK}
