"""What was brought in is a case like any: read, found, worked on, proved and erased, and said to be old."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from accounts.actors import Actor
from complaints import tracking
from complaints.models import Case, Event, Notice, Statement
from complaints.selectors import CaseFile, piles, visible_to
from complaints.selectors.lists import with_words
from complaints.services import answering, casework, erasing, forgetting, lost_secret, sealing
from complaints.services.escalation import sweep
from oversight.figures import keeping
from record.services.writing import write
from tests.complaints.conftest import Scene
from tests.complaints.filing import html
from tests.complaints.play import Play
from tests.systems.bringing import MAPPING, Bench, case_of, faults

OPEN = {"Status": "In work", "Answered": "", "Answer": "", "Closed": "", "Mark": ""}
WITH_CONTACT = MAPPING.replace('rating = "Mark"', 'rating = "Mark"\ncontact_phone = "Upazila"')


@pytest.fixture
def bench(scene: Scene, tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def page(client: Client, user: object, path: str) -> str:
    client.force_login(user)  # type: ignore[arg-type]
    answer = client.get(path)
    assert answer.status_code == 200, answer
    return html(answer)


def follow(client: Client, case: Case) -> str:
    """The citizen's page: the secret is put there by the test, since nobody knows the real one."""
    secret = tracking.new_secret()
    Case.objects.filter(pk=case.pk).update(secret_hash=sealing.secret_hash(case.number, secret))
    answer = client.post("/en/complaints/track/", {"number": case.number, "secret": secret})
    return html(client.get(answer["Location"]))


def test_officers_read_where_it_was_brought_from_and_what_was_recorded_there(
    bench: Bench, scene: Scene, client: Client
) -> None:
    bench.bring(bench.csv({}))

    shown = page(client, scene.cast.focal, f"/en/office/cases/{case_of('G-1').number}/")

    assert "Brought from grid-2017" in shown
    assert "Answered, as recorded there" in shown
    assert "A new transformer stands there since Friday." in shown
    assert "The transformer in our lane burns each evening." in shown
    assert "The portal" not in shown.split("Brought from")[0].split("as recorded there")[-1]


def test_officers_and_the_citizen_read_its_old_number(
    bench: Bench, scene: Scene, client: Client
) -> None:
    bench.bring(bench.csv({**OPEN, "Ticket": "GRD/2017/000123"}))
    case = case_of("GRD/2017/000123")

    shown = page(client, scene.cast.focal, f"/en/office/cases/{case.number}/")

    old = '<span class="app-anywhere">GRD/2017/000123</span>'
    assert f"<dt>Brought from grid-2017</dt><dd>There it is {old}</dd>" in shown
    assert f"Its number in grid-2017: {old}" in follow(client, case)


@pytest.mark.parametrize("row", [{}, OPEN])
def test_officers_read_that_who_filed_it_was_not_brought_along(
    bench: Bench, scene: Scene, client: Client, row: dict[str, str]
) -> None:
    bench.bring(bench.csv(row))

    shown = page(client, scene.cast.focal, f"/en/office/cases/{case_of('G-1').number}/")

    assert "Not brought along with the case" in shown
    assert "Erased on" not in shown
    assert "they look in by themselves" not in shown


def test_what_was_brought_along_and_erased_here_is_said_to_be_erased(
    scene: Scene, tmp_path: Path, client: Client
) -> None:
    bench = Bench(tmp_path, WITH_CONTACT)
    bench.bring(bench.csv({**OPEN, "Upazila": "01712345678"}))
    case = case_of("G-1")
    address = f"/en/office/cases/{case.number}/"
    assert "Sealed." in page(client, scene.cast.focal, address)

    erasing.erase(actor=Actor(kind="citizen", case_id=case.pk), number=case.number)

    shown = page(client, scene.cast.focal, address)
    assert "Erased on" in shown
    assert "Not brought along" not in shown


@pytest.mark.parametrize("anonymous", ["", "no"])
def test_whoever_writes_to_somebody_who_was_not_brought_along_reads_that_nobody_will(
    scene: Scene, tmp_path: Path, client: Client, anonymous: str
) -> None:
    bench = Bench(tmp_path, MAPPING.replace("[statuses]", 'anonymous = "Mark"\n[statuses]'))
    bench.bring(bench.csv({**OPEN, "Mark": anonymous}))
    case, filed = case_of("G-1"), scene.case(scene.file())
    assert case.anonymous == (anonymous != "no")

    shown = page(client, scene.cast.focal, f"/en/office/cases/{case.number}/message/")

    assert "Nobody reads what you write to them" in shown
    assert "with their number and secret" not in shown
    Case.objects.filter(pk=filed.pk).update(anonymous=True)
    other = page(client, scene.cast.desk, f"/en/office/cases/{filed.number}/ask/")
    assert "with their number and secret" in other
    assert "Nobody reads what you write to them" not in other


def test_officers_read_that_nobody_knows_how_it_came(
    bench: Bench, scene: Scene, client: Client
) -> None:
    bench.bring(bench.csv({"Way": "Pigeon"}))

    shown = page(client, scene.cast.focal, f"/en/office/cases/{case_of('G-1').number}/")

    assert "<dd>not known</dd>" in shown
    assert ">import<" not in shown


def test_everybody_reads_that_it_is_old_and_not_that_the_desk_looked_at_it(
    bench: Bench, client: Client
) -> None:
    bench.bring(bench.csv({}))
    case = case_of("G-1")
    Case.objects.filter(pk=case.pk).update(
        publish_consent=True, public_text="A transformer burns.", published_at=case.filed_at
    )

    shown = html(client.get(f"/en/cases/{case.number}/"))

    assert "It was worked on before this portal" in shown
    assert "The desk took out" not in shown


def test_its_citizen_reads_the_same_in_their_words(
    bench: Bench, scene: Scene, client: Client
) -> None:
    bench.bring(bench.csv({}))

    shown = follow(client, case_of("G-1"))

    assert "Brought from grid-2017" in shown
    assert "With the agency, as recorded there" in shown
    assert "Closed, as recorded there" in shown
    assert "A new transformer stands there since Friday." in shown


@pytest.mark.parametrize(("status", "agency"), [("In work", "The Grid"), ("New", "")])
def test_its_citizen_can_read_an_open_one_and_is_promised_no_day_of_then(
    bench: Bench, client: Client, status: str, agency: str
) -> None:
    bench.bring(bench.csv({**OPEN, "Status": status, "Agency": agency}))
    case = case_of("G-1")

    assert "Brought from grid-2017" in follow(client, case)
    due = CaseFile(case, Actor(kind="citizen", case_id=case.pk)).answer_due
    assert due is None or due.year == 2026


def test_an_old_ending_that_nobody_knows_is_left_open_on_the_pages(
    bench: Bench, scene: Scene, client: Client
) -> None:
    bench.bring(bench.csv({"Status": "Ended"}))
    case = case_of("G-1")

    assert (case.status, case.ending) == ("closed", "")
    page(client, scene.cast.focal, f"/en/office/cases/{case.number}/")
    follow(client, case)


def test_nobody_can_have_the_secrets_of_an_old_case(bench: Bench, client: Client) -> None:
    bench.bring(bench.csv({}, {}))
    first, second = case_of("G-1"), case_of("G-2")

    hashes = {first.secret_hash, first.withdrawal_hash, second.secret_hash, second.withdrawal_hash}

    assert len(hashes) == 4
    for secret in ("", "0" * 16):
        assert not sealing.secret_matches(first.number, secret, first.secret_hash)


def test_whoever_is_known_gets_new_secrets_by_a_code(scene: Scene, tmp_path: Path) -> None:
    bench = Bench(tmp_path, WITH_CONTACT)
    bench.bring(bench.csv({**OPEN, "Upazila": "01712345678"}))
    case = case_of("G-1")

    proof = lost_secret.ask_code(number=case.number, contact="01712 345678")
    code = sealing.one_time_code(proof.pk, proof.nonce)
    secrets = lost_secret.use_code(key=proof.key, code=code)

    case.refresh_from_db()
    assert sealing.secret_matches(case.number, secrets.secret, case.secret_hash)


def test_officers_find_it_by_its_old_number_and_only_those_who_may_see_it(
    bench: Bench, scene: Scene, client: Client
) -> None:
    bench.bring(bench.csv({**OPEN, "Ticket": "GRD/2017/000123"}, {**OPEN}))
    case = case_of("GRD/2017/000123")

    def found(user: object) -> list[Case]:
        return list(with_words(visible_to(scene.actor(user)), " GRD/2017/000123 "))  # type: ignore[arg-type]

    assert found(scene.cast.focal) == [case]
    assert found(scene.cast.rival_focal) == []
    shown = page(client, scene.cast.focal, "/en/office/?words=GRD/2017/000123")
    assert case.number in shown
    assert case_of("G-2").number not in shown


def test_a_closed_one_is_found_by_its_old_number_and_by_the_one_here(
    bench: Bench, scene: Scene, client: Client
) -> None:
    bench.bring(bench.csv({"Ticket": "GRD/2017/000123"}))
    case = case_of("GRD/2017/000123")
    address = f"/en/office/cases/{case.number}/"

    for words in ("GRD/2017/000123", case.number):
        assert address in page(client, scene.cast.focal, f"/en/office/?words={words}")
        assert address not in page(client, scene.cast.rival_focal, f"/en/office/?words={words}")
        waiting = f"/en/office/?words={words}&status=waiting"
        assert address not in page(client, scene.cast.focal, waiting)


def test_words_look_through_open_ones_and_the_page_says_so(
    bench: Bench, scene: Scene, client: Client
) -> None:
    bench.bring(bench.csv({}))

    shown = page(client, scene.cast.focal, "/en/office/?words=transformer")

    assert case_of("G-1").number not in shown
    assert "Only open cases were looked through" in shown
    closed = page(client, scene.cast.focal, "/en/office/?words=transformer&status=closed")
    assert case_of("G-1").number in closed


def test_an_old_number_of_twelve_digits_is_found_too(bench: Bench, scene: Scene) -> None:
    bench.bring(bench.csv({**OPEN, "Ticket": "201700000123"}))

    found = with_words(visible_to(scene.actor(scene.cast.focal)), "201700000123")

    assert list(found) == [case_of("201700000123")]


def test_words_without_a_digit_cost_no_more_questions(
    scene: Scene, django_assert_num_queries
) -> None:
    actor = scene.actor(scene.cast.desk)

    with django_assert_num_queries(1):
        list(with_words(visible_to(actor), "transformer"))


def test_the_office_works_on_what_is_open_and_from_then_on_its_citizen_is_told(
    scene: Scene, tmp_path: Path
) -> None:
    bench = Bench(tmp_path, WITH_CONTACT)
    bench.bring(bench.csv({**OPEN, "Upazila": "01712345678"}))
    number = case_of("G-1").number
    assert not Notice.objects.exists()

    answering.answer(
        actor=scene.actor(scene.cast.focal),
        number=number,
        outcome="resolved",
        text="The transformer was changed on Sunday.",
        evidence="Photo in the file.",
        cause="system",
    )

    assert Notice.objects.filter(template="answered").exists()
    citizen = Actor(kind="citizen", case_id=case_of("G-1").pk)
    answering.confirm(actor=citizen, number=number, rating=5)
    case = case_of("G-1")
    assert (case.status, case.ending) == ("closed", "confirmed")
    assert faults() == []


def test_nobody_forgets_an_open_one_it_is_late_when_its_days_from_now_are_over(
    bench: Bench, clock: time_machine.Traveller
) -> None:
    bench.bring(bench.csv(OPEN))
    case = case_of("G-1")
    due = case.next_due
    assert due is not None

    clock.move_to(due + timedelta(hours=1))
    sweep()

    assert Event.objects.filter(case=case, move="escalate").exists()
    assert faults() == []


def test_a_received_one_the_desk_forwards(bench: Bench, scene: Scene) -> None:
    bench.bring(bench.csv({**OPEN, "Status": "New", "Agency": ""}))

    casework.forward(
        actor=scene.actor(scene.cast.desk),
        number=case_of("G-1").number,
        office=scene.cast.department,
        reason="Power lines",
    )

    assert case_of("G-1").status == "forwarded"
    assert faults() == []


def test_the_words_of_a_citizen_are_erased_when_they_ask(bench: Bench) -> None:
    bench.bring(bench.csv({}))
    case = case_of("G-1")

    erasing.erase(actor=Actor(kind="citizen", case_id=case.pk), number=case.number, words=True)

    case.refresh_from_db()
    assert case.text == ""
    assert faults() == []


def test_what_was_kept_long_enough_is_erased_in_the_night_as_the_report_said(bench: Bench) -> None:
    (old, _young) = bench.bring(bench.csv({"Filed": "03/02/2001", "Closed": "01/03/2001"}, {}))
    assert {doubt.code for doubt in old.doubts} >= {"words_over"}

    forgetting.by_retention()

    assert case_of("G-1").text == ""
    assert not Statement.objects.filter(case=case_of("G-1"), erased_at=None).exists()
    assert case_of("G-2").text
    assert faults() == []


def test_a_case_without_anybody_is_not_gone_through_for_who_it_was(bench: Bench) -> None:
    """Or a million old ones would keep the nights busy for nothing."""
    bench.bring(bench.csv({}))

    assert forgetting.by_retention()["contact"] == 0
    assert case_of("G-1").person_erased_at is not None


def test_old_answers_leave_room_for_the_causes_of_new_ones(
    bench: Bench, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(piles, "ANSWERS", 1)
    Play(scene).forward().accept().answer(cause="system")
    day = "25/11/2026"
    bench.bring(bench.csv({"Filed": "01/11/2026", "Sent": "", "Answered": day, "Closed": day}))
    at = case_of("G-1").filed_at
    Case.objects.filter(imported_from="").update(answered_at=at)
    Case.objects.exclude(imported_from="").update(answered_at=at + timedelta(hours=1))

    counted = piles.count_piles()

    assert [behind.cause for behind in counted.causes] == ["system"]
    assert counted.answers == 1


def test_its_events_go_into_the_log_and_figures_can_follow(bench: Bench) -> None:
    bench.bring(bench.csv({}, OPEN))
    keeping.keep()

    write()
    keeping.keep()

    assert faults() == []
