"""`make_cases`: as many as asked for, whole, quiet, and everything in its place afterwards."""

from collections import Counter
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from complaints.clockwork import OF_OFFICERS
from complaints.load import making, mending
from complaints.load.numbers import index_of, number_of
from complaints.load.signals import cases_made
from complaints.management.commands import make_cases
from complaints.models import Case, Clock, Escalation, Event, Feedback, Handling
from complaints.services import sealing
from complaints.services.escalation import sweep
from complaints.tracking import new_number, read_number
from record.models import Waiting
from tests.complaints.conftest import Scene
from tests.complaints.verifying import codes


@pytest.fixture(autouse=True)
def _demonstration(settings) -> None:
    settings.DEMO = True


def make(number: int, *options: str) -> str:
    """What the command says."""
    out = StringIO()
    call_command("make_cases", str(number), *options, stdout=out)
    return out.getvalue()


def hashes() -> list[str]:
    return list(Event.objects.order_by("id").values_list("hash", flat=True))


# --- What is made ----------------------------------------------------------------------------


def test_as_many_as_asked_for_and_the_record_finds_nothing_wrong(scene: Scene) -> None:
    said = make(150, "--seed", "7")
    assert Case.objects.count() == 150
    assert "COPY: 150 cases" in said
    assert codes() == set()


def test_cases_are_of_all_kinds_of_ends_and_stages(scene: Scene) -> None:
    make(500)
    endings = Counter(Case.objects.values_list("ending", flat=True))
    # Which of the rarer ones are among so few is chance.
    assert {"confirmed", "silent", "merged"} <= set(endings)
    assert len(endings) >= 6
    assert endings[""] > 0
    assert Case.objects.values("channel").distinct().count() >= 4
    assert Escalation.objects.exists()
    assert Feedback.objects.exists()
    assert Case.objects.filter(hops__gt=0).exists()
    assert Handling.objects.values("office").distinct().count() >= 3
    leads = Case.objects.exclude(merged_count=0)
    assert leads.exists()
    assert all(lead.merged.count() == lead.merged_count for lead in leads)


def test_closed_cases_have_no_running_clock_and_open_ones_say_when_they_are_due(
    scene: Scene,
) -> None:
    make(150)
    running = Clock.objects.filter(stopped_at=None)
    assert not running.filter(case__status="closed").exists()
    for clock in running.filter(kind__in=OF_OFFICERS, paused_at=None).select_related("case"):
        assert clock.case.next_due is not None
        assert clock.case.next_due <= clock.due_at


def test_a_sweep_finds_nothing_to_do(scene: Scene) -> None:
    make(150)
    assert sweep().steps == {}


def test_the_same_seed_makes_the_same_cases_and_another_one_others(scene: Scene) -> None:
    made = []
    for seed in ("3", "3", "4"):
        with connection.cursor() as cursor:
            cursor.execute("SAVEPOINT before")
            for table in ("case", "event", "clock"):
                cursor.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), 1000)", [f"complaints_{table}"]
                )
            make(60, "--seed", seed)
            made.append(hashes())
            cursor.execute("ROLLBACK TO SAVEPOINT before")
    assert made[0] == made[1]
    assert made[0] != made[2]


def test_a_second_run_adds_to_the_first(scene: Scene) -> None:
    make(60)
    make(60)
    assert Case.objects.count() == 120
    assert codes() == set()


def test_pages_of_officers_and_citizens_open(scene: Scene, client: Client) -> None:
    make(24)
    client.force_login(scene.cast.overseer)
    for case in Case.objects.all():
        assert client.get(f"/en/office/cases/{case.number}/").status_code == 200
    client.logout()
    secret = "1234 5678 9012 3456"
    for case in Case.objects.order_by("-pk")[:12]:
        sealed = sealing.secret_hash(case.number, secret)
        Case.objects.filter(pk=case.pk).update(secret_hash=sealed)
        answer = client.post("/en/complaints/track/", {"number": case.number, "secret": secret})
        assert client.get(answer.headers["Location"]).status_code == 200


def test_nobody_can_open_one_by_a_secret(scene: Scene) -> None:
    make(60)
    hashed = Case.objects.values_list("secret_hash", "withdrawal_hash")
    assert len({value for pair in hashed for value in pair}) == 120


# --- Numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 99_999])
def test_numbers_are_valid_and_lead_back_to_their_index(seed: int) -> None:
    indexes = [1, 2, 3, 10**6, 10**11 + 7]
    numbers = [number_of(index, seed) for index in indexes]
    assert [read_number(number) for number in numbers] == numbers
    assert [index_of(number, seed) for number in numbers] == indexes


def test_a_number_that_a_case_has_already_is_given_to_no_other(scene: Scene) -> None:
    first = making.ids(Case, 1) + 1
    there = scene.file()
    # The next ids after the filing's own.
    wanted = first + 5
    Case.objects.filter(number=there.number).update(number=number_of(wanted, 1))
    assert making.taken(first, 20, 1) == {wanted}
    make(30)
    assert Case.objects.count() == 31


def test_of_real_numbers_hardly_any_is_in_the_way(scene: Scene) -> None:
    Case.objects.filter(number=scene.file().number).update(number=new_number())
    assert making.taken(1, 1000, 1) == frozenset()


# --- The record and rooms above --------------------------------------------------------------


def test_events_of_a_small_load_wait_for_the_log(scene: Scene) -> None:
    make(40)
    assert Waiting.objects.count() == Event.objects.count()


def test_rooms_above_are_told_which_cases_there_are(scene: Scene) -> None:
    told: list[dict] = []

    def count(**what: object) -> None:
        told.append(what)

    cases_made.connect(count)
    try:
        make(40)
    finally:
        cases_made.disconnect(count)
    ids = Case.objects.order_by("pk").values_list("pk", flat=True)
    assert [(one["first"], one["last"]) for one in told] == [(ids[0], ids[39])]
    told[0]["say"]("counted")


# --- Refusals --------------------------------------------------------------------------------


def test_never_on_a_real_installation(scene: Scene, settings) -> None:
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="GRS_DEMO"):
        make(1)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("0",), "How many"),
        (("10000001",), "How many"),
        (("5", "--years", "0"), "years"),
        (("5", "--processes", "0"), "processes"),
    ],
)
def test_nonsense_is_refused_in_plain_words(
    scene: Scene, arguments: tuple[str, ...], why: str
) -> None:
    with pytest.raises(CommandError, match=why):
        call_command("make_cases", *arguments)
    assert not Case.objects.exists()


def test_without_a_country_it_says_what_to_do(db: None) -> None:
    with pytest.raises(CommandError, match="load_country"):
        make(5)


def test_whoever_does_not_own_the_tables_makes_no_big_load(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mending.is_owner()
    monkeypatch.setattr(make_cases, "SMALL", 10)
    # A table of the database's own.
    monkeypatch.setattr(mending, "tables", lambda: ["pg_catalog.pg_class"])
    with pytest.raises(CommandError, match="DATABASE_ADMIN_URL"):
        make(20)
    assert not Case.objects.exists()


def test_nothing_to_mend_is_no_mistake(scene: Scene) -> None:
    out = StringIO()
    call_command("make_cases", "--mend", stdout=out)
    assert "in its place" in out.getvalue()
    assert not mending.is_to_be_mended()
