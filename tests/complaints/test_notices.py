"""Notices: every template has its words, and every notice is tried until it is out or given up."""

import ast
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone, translation

from channels.sms import parts
from complaints import notice_texts
from complaints.models import Case, Contact, Notice
from complaints.notice_texts import FOR_CITIZENS, FOR_OFFICERS, TEXTS
from complaints.services import answering, casework, links, notice_words, notices, sealing
from complaints.submission import Whom
from tests.complaints.conftest import Scene

ROOT = Path(__file__).resolve().parent.parent.parent
LANGUAGES = ("en", "bn", "id")
TELLING = {
    "tell",
    "tell_citizen",
    *("tell_office", "_tell_office"),
    "tell_people",
    "tell_handler",
    "tell_desk",
    "tell_officers",
    *("tell_owner", "tell_overseers"),
    "tell_citizens",
    *("say", "ask"),
}
SPEAKING = ("complaints/services", "channels/conversation", "channels")
SPEAKING += ("oversight/issues", "oversight/alerts")
SPEAKING += ("systems/cities", "systems/inward", "systems/out")


# --- The words --------------------------------------------------------------------------------


def templates_in_code() -> set[str]:
    """The templates that services name: literals, and the names of clocks in an f-string."""
    found: set[str] = set()
    for path in (path for room in SPEAKING for path in (ROOT / room).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                found |= _named(node)
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith("template"):
                found |= {s for s in _strings(node.value) if "_" in s or s in TEXTS}
    return found


def _named(call: ast.Call) -> set[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    found: set[str] = set()
    if name in TELLING:
        # Of a question the first word is the step at which the answer is waited for.
        for argument in call.args[1:] if name == "ask" else call.args:
            found |= _strings(argument)
    for keyword in call.keywords:
        if keyword.arg == "template":
            found |= _strings(keyword.value)
    return found


def _strings(node: ast.expr) -> set[str]:
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.IfExp():
            return _strings(node.body) | _strings(node.orelse)
        case ast.JoinedStr(values=[ast.Constant(value=str(start)), ast.FormattedValue()]):
            if start == "chat_":
                return {"chat_official", "chat_publish"}
            assert start == "reminder_"
            return {"reminder_waiting", "reminder_confirm"}
        case ast.Tuple():
            return set().union(*map(_strings, node.elts[:1]))
    return set()


def test_every_template_in_the_code_has_words_and_all_words_are_used() -> None:
    used = templates_in_code() | {"news"}
    assert used - TEXTS.keys() == set()
    assert TEXTS.keys() - used == set()


def test_citizens_get_an_sms_and_officers_do_not() -> None:
    assert all(text.sms for text in FOR_CITIZENS.values())
    assert not any(text.sms for text in FOR_OFFICERS.values())


@pytest.mark.parametrize("language", ["bn", "id"])
def test_all_words_are_translated_with_the_same_values(language: str) -> None:
    words = [w for text in TEXTS.values() for w in (text.subject, text.body, text.sms) if w]
    words += [*notice_texts.CLOCK_NAMES.values(), notice_texts.CITIZEN_FOOT]
    for word in words:
        with translation.override(None):
            source = str(word)
        with translation.override(language):
            translated = str(word)
        assert translated != source, source
        values = re.findall(r"%\(\w+\)s", source)
        assert sorted(values) == sorted(re.findall(r"%\(\w+\)s", translated)), source


VALUES = {
    "number": "4821-9530-7716-K",
    "lead": "1111-2222-3333-T",
    "agency": {
        "en": "Department of Immigration and Passports, Security Services Division",
        "bn": "ইমিগ্রেশন ও পাসপোর্ট অধিদপ্তর, সুরক্ষা সেবা বিভাগ, স্বরাষ্ট্র মন্ত্রণালয়",
        "id": "Dinas Kependudukan dan Pencatatan Sipil Kota Administrasi Jakarta Selatan",
    },
    "due": "2026-11-25T18:00:00+00:00",
    "forward_due": "2026-11-25T18:00:00+00:00",
    "answer_due": "2026-12-05T18:00:00+00:00",
    "appeal_due": "2026-12-22T18:00:00+00:00",
    "hearing_due": "2026-12-01T04:30:00+00:00",
    "clock": "accept",
    "system": "Grid Works",
    "city": "Kaliakair",
    "level": 2,
    "count": 12,
    "numbers": ["4821-9530-7716-K", "1111-2222-3333-T"],
    "code": "123456",
    "secret": "1234 5678 9012 3456",
    "state": {"word": "with_agency", "agency": {"en": "Power Division", "bn": "বিদ্যুৎ বিভাগ"}},
    "places": "1: Savar, Dhaka",
    "new": "new",
    "title": "Bills that nobody can check",
    "subject": {"en": "Electricity", "bn": "বিদ্যুৎ", "id": "Listrik"},
    "way_in": "sms",
    **dict.fromkeys(("late", "open", "percent", "threshold", "found", "usual", "hours"), 12),
}


def draft(template: str, language: str = "en", **more: Any) -> Notice:
    case = Case(number=VALUES["number"], sensitive=False)
    fields = {"template": template, "values": VALUES, "language": language, "case": case}
    return Notice(**{**fields, **more})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", sorted(FOR_CITIZENS))
def test_an_sms_is_short(template: str, language: str, settings: Any) -> None:
    settings.PUBLIC_URL = "https://grievance.gov.bd"
    sms = notice_words.render(draft(template, language)).sms
    counted = parts.count(sms)
    assert counted.parts <= (3 if language == "bn" else 2), sms
    if language != "bn":
        assert counted.encoding == "gsm-7", sms


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", sorted(TEXTS))
def test_every_notice_can_be_written_and_holds_no_gap(template: str, language: str) -> None:
    written = notice_words.render(draft(template, language))
    assert "\n" not in written.subject
    for words in (written.subject, written.body, written.sms):
        assert "%(" not in words
        assert "{" not in words


def test_dates_agencies_and_digits_are_the_readers_own() -> None:
    written = notice_words.render(draft("received_with", "bn"))
    assert "শনিবার, ৫ ডিসেম্বর ২০২৬" in written.body
    assert "ইমিগ্রেশন ও পাসপোর্ট অধিদপ্তর" in written.body
    assert "4821-9530-7716-K" in written.body
    assert "Saturday, 5 December 2026" in notice_words.render(draft("received_with")).body
    assert "Sabtu, 5 Desember 2026" in notice_words.render(draft("received_with", "id")).body


def test_midnight_is_the_end_of_the_day_before_and_another_hour_is_said() -> None:
    values = {**VALUES, "due": "2026-11-25T18:00:00+00:00"}
    assert "25 November 2026\n" in notice_words.render(draft("asked", values=values)).body
    values = {**VALUES, "due": "2026-11-25T04:00:00+00:00"}
    body = notice_words.render(draft("withdrawal_pending", values=values)).body
    assert "25 November 2026, 10:00 (UTC+6)" in body


def test_a_date_that_is_not_known_is_said_in_words() -> None:
    values = {**VALUES, "answer_due": ""}
    assert "as soon as possible" in notice_words.render(draft("forwarded", values=values)).body


def test_an_agency_without_a_name_in_the_language_has_its_english_one() -> None:
    values = {**VALUES, "agency": {"en": "Power Division"}}
    assert "Power Division" in notice_words.render(draft("accepted", "bn", values=values)).body


def test_links_lead_to_the_page_and_hold_no_secret(settings: Any) -> None:
    settings.PUBLIC_URL = "https://portal.example.org"
    citizen = notice_words.render(draft("answered", "bn"))
    assert "https://portal.example.org/bn/complaints/track/\n" in citizen.body
    officer = notice_words.render(draft("new_case"))
    assert "https://portal.example.org/en/office/cases/4821-9530-7716-K/\n" in officer.body
    several = notice_words.render(draft("escalated_many", case=None))
    assert "https://portal.example.org/en/office/\n" in several.body


def test_of_a_case_that_became_sensitive_only_news_are_told() -> None:
    case = Case(number=VALUES["number"], sensitive=True)
    written = notice_words.render(draft("answered", case=case))
    assert written == notice_words.render(draft("news"))
    assert "answer" not in written.body.lower()
    # Officers are told which step is theirs; the text says nothing of the complaint.
    assert "appeal" in notice_words.render(draft("appeal_to_decide", case=case)).body


# --- The tries --------------------------------------------------------------------------------


def now() -> datetime:
    return timezone.now()


def citizen_notice(scene: Scene, **parts: Any) -> Notice:
    scene.file_named(**parts)
    return Notice.objects.get(contact__isnull=False)


def test_a_notice_is_claimed_once_and_again_a_minute_later(scene: Scene, clock: Any) -> None:
    notice = citizen_notice(scene)
    assert notices.claim_due(10, now()) == [notice]
    assert notices.claim_due(10, now()) == []
    clock.shift(timedelta(minutes=1))
    again = notices.claim_due(10, now())
    assert [n.attempts for n in again] == [2]


def test_the_try_is_written_before_anything_is_sent(scene: Scene) -> None:
    citizen_notice(scene)
    notices.claim_due(10, now())
    row = Notice.objects.get(contact__isnull=False)
    assert (row.attempts, row.next_at) == (1, now() + timedelta(minutes=1))


def test_it_is_tried_seven_times_and_then_given_up(scene: Scene, clock: Any) -> None:
    citizen_notice(scene)
    waits = []
    for _try in range(7):
        [claimed] = notices.claim_due(10, now())
        notices.mark_failed(claimed, error="timeout")
        row = Notice.objects.get(pk=claimed.pk)
        waits.append(row.next_at - now())
        clock.move_to(row.next_at)
    assert waits[:6] == list(notices.BACKOFF)
    assert (row.status, row.error) == (Notice.Status.FAILED, "timeout")
    assert notices.claim_due(10, now()) == []


def test_a_last_try_that_was_never_reported_is_given_up(scene: Scene, clock: Any) -> None:
    notice = citizen_notice(scene)
    Notice.objects.update(attempts=len(notices.BACKOFF) + 1)
    assert notices.claim_due(10, now()) == []
    notice.refresh_from_db()
    assert (notice.status, notice.error) == ("failed", "never_reported")


def test_a_failure_that_no_retry_mends_ends_it(scene: Scene) -> None:
    notice = citizen_notice(scene)
    notices.mark_failed(notice, error="refused", for_good=True)
    notice.refresh_from_db()
    assert notice.status == "failed"


def test_what_is_sent_stays_sent(scene: Scene) -> None:
    notice = citizen_notice(scene)
    notices.mark_sent(notice, provider_id="a", now=now())
    notices.mark_failed(notice, error="late")
    notices.mark_sent(notice, provider_id="b", now=now())
    notice.refresh_from_db()
    known_as = links.kept_id(notice.channel, "a")
    assert (notice.status, notice.provider_id, notice.error) == ("sent", known_as, "")


def test_a_notice_for_later_waits(scene: Scene) -> None:
    citizen_notice(scene)
    Notice.objects.update(next_at=now() + timedelta(seconds=1))
    assert notices.claim_due(10, now()) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_never_claim_the_same(scene: Scene) -> None:
    for _filing in range(10):
        scene.file_named()
    claimed: list[int] = []
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        while found := notices.claim_due(2, datetime(2026, 11, 22, 4, 0, tzinfo=UTC)):
            claimed.extend(notice.pk for notice in found)
        connection.close()

    workers = [threading.Thread(target=work) for _worker in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(claimed) == sorted(Notice.objects.values_list("pk", flat=True))


# --- To whom ----------------------------------------------------------------------------------


def test_the_address_is_opened_only_to_send(scene: Scene) -> None:
    notice = citizen_notice(scene)
    row = str(Notice.objects.filter(pk=notice.pk).values().get())
    assert "rahima" not in row.lower()
    assert notices.address_of(notice) == notices.Address("email", "rahima@example.org", "en")
    notice.channel = "sms"
    assert notices.address_of(notice).to == "+8801712345678"


def test_an_erased_contact_is_unreachable(scene: Scene) -> None:
    notice = citizen_notice(scene)
    Contact.objects.update(erased_at=now(), sealed=b"")
    with pytest.raises(notice_words.Unreachable, match="erased"):
        notices.address_of(Notice.objects.get(pk=notice.pk))


def test_without_the_key_nothing_is_opened(scene: Scene, settings: Any) -> None:
    notice = citizen_notice(scene)
    settings.CONTACT_KEYS = ["b3RoZXIta2V5LW90aGVyLWtleS1vdGhlci1rZXktMTI="]
    with pytest.raises(sealing.CannotUnseal):
        notices.address_of(notice)


def to_office(scene: Scene) -> Notice:
    receipt = scene.file()
    casework.forward(
        actor=scene.actor(scene.cast.desk),
        number=receipt.number,
        office=scene.cast.department,
        reason="Power meters",
    )
    return Notice.objects.get(template="new_case")


def test_an_offices_notice_goes_to_whoever_answers_there_when_it_leaves(scene: Scene) -> None:
    notice, cast = to_office(scene), scene.cast
    assert notices.address_of(notice).to == cast.focal.email
    cast.focal.posts.update(held_to=now())
    assert notices.address_of(notice).to == cast.ministry_focal.email


def test_whoever_is_barred_by_now_is_not_told(scene: Scene) -> None:
    notice, cast = to_office(scene), scene.cast
    number = notice.values["number"]
    casework.accept(actor=scene.actor(cast.focal), number=number, case_officer=cast.case_officer)
    assigned = Notice.objects.get(template="assigned")
    assert notices.address_of(assigned).to == cast.case_officer.email
    answering.link_respondent(
        actor=scene.actor(cast.desk), number=number, respondent=Whom(user_id=cast.focal.pk)
    )
    assert notices.address_of(notice).to == cast.ministry_focal.email
    with pytest.raises(notice_words.Unreachable, match="barred"):
        notices.address_of(assigned)


def test_a_list_of_late_cases_leaves_out_those_one_is_barred_from(scene: Scene) -> None:
    cast = scene.cast
    numbers = [scene.file().number for _case in range(2)]
    for number in numbers:
        casework.forward(
            actor=scene.actor(cast.desk), number=number, office=cast.department, reason="Theirs"
        )
    answering.link_respondent(
        actor=scene.actor(cast.desk), number=numbers[0], respondent=Whom(user_id=cast.head.pk)
    )
    values = {"number": numbers[0], "numbers": numbers, "count": 2, "level": 1}
    notice = Notice(template="escalated_many", values=values, user=cast.head, language="en")
    written = notice_words.render(notice)
    assert numbers[0] not in written.body
    assert numbers[1] in written.body
    assert written.subject.startswith("1 ")


@pytest.mark.parametrize(("change", "why"), [("is_active", "inactive"), ("email", "no_address")])
def test_an_officer_who_left_is_unreachable(scene: Scene, change: str, why: str) -> None:
    user = scene.cast.overseer
    setattr(user, change, "" if change == "email" else False)
    values = {"numbers": [scene.file().number], "count": 1}
    notice = Notice(template="escalated_many", user=user, channel="email", values=values)
    with pytest.raises(notice_words.Unreachable, match=why):
        notices.address_of(notice)


def test_whoever_lost_the_post_since_is_not_told(scene: Scene) -> None:
    notice, cast = to_office(scene), scene.cast
    number = notice.values["number"]
    casework.accept(actor=scene.actor(cast.focal), number=number, case_officer=cast.case_officer)
    cast.case_officer.posts.update(held_to=now())
    with pytest.raises(notice_words.Unreachable, match="not_theirs"):
        notices.address_of(Notice.objects.get(template="assigned"))
