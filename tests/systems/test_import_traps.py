"""What files of real systems do to whoever reads them, one trap a test."""

import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from complaints.models import Case, Clock, Event, Feedback, Handling, Notice, Statement
from tests.complaints.conftest import Scene
from tests.systems.bringing import MAPPING, Bench, case_of, codes, doubted, faults, steps_of

#: What a row of an open case leaves empty.
OPEN = {"Status": "In work", "Answered": "", "Answer": "", "Closed": "", "Mark": ""}


@pytest.fixture
def bench(scene: Scene, tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_plain_row_becomes_a_case_with_its_old_dates_and_steps(
    bench: Bench, scene: Scene
) -> None:
    (outcome,) = bench.bring(bench.csv({}))

    case = case_of("G-1")
    assert codes(outcome) == set()
    assert case.imported_from == "grid-2017"
    assert (case.status, case.ending, case.outcome) == ("closed", "confirmed", "resolved")
    assert (case.holder, case.category, case.place) == (
        scene.cast.department,
        scene.cast.billing,
        scene.cast.district,
    )
    assert case.channel == "hotline"
    assert case.filed_at == datetime(2017, 2, 3, 3, 30, tzinfo=UTC)
    assert case.closed_at == datetime(2017, 2, 11, 18, 0, tzinfo=UTC)
    assert steps_of(case) == [
        ("import", "", "received"),
        ("history", "forward", "forwarded"),
        ("history", "answer", "answered"),
        ("history", "confirm", "closed"),
        ("history", "rate", "closed"),
    ]
    answer = Statement.objects.get(case=case, kind="answer")
    assert answer.body == {"text": "A new transformer stands there since Friday."}
    assert Feedback.objects.get(case=case).rating == 4
    assert Handling.objects.get(case=case).office == scene.cast.department
    assert faults() == []


def test_nobody_is_told_and_what_was_over_gets_no_clock(bench: Bench) -> None:
    bench.bring(bench.csv({}, OPEN))

    assert not Notice.objects.exists()
    assert not Clock.objects.filter(case=case_of("G-1")).exists()
    (clock,) = Clock.objects.filter(case=case_of("G-2"))
    assert (clock.kind, clock.missed_at) == ("resolve", None)
    assert clock.started_at > case_of("G-2").filed_at.replace(year=2026)


def test_formats_are_tried_in_their_order_and_what_fits_two_is_doubtful(
    tmp_path: Path, scene: Scene
) -> None:
    mixed = MAPPING.replace('"iso"]', '"%m/%d/%Y", "%d %B %Y", "iso"]')
    bench = Bench(tmp_path, mixed)

    both, day, words, bangla = bench.bring(
        bench.csv(
            {"Filed": "03/02/2017", "Sent": "", "Answered": "", "Closed": "25/12/2017"},
            {"Filed": "2017-02-03", "Sent": "", "Answered": ""},
            {"Filed": "3 Agustus 2016", "Sent": "", "Answered": ""},
            {"Filed": "০৩ ফেব্রুয়ারি ২০১৭", "Sent": "", "Answered": ""},
        )
    )

    assert doubted(both, "date_ambiguous", "filed_at")
    assert not doubted(both, "date_ambiguous", "closed_at")
    assert case_of("G-1").filed_at == datetime(2017, 2, 2, 18, 0, tzinfo=UTC)
    assert not doubted(day, "date_ambiguous", "filed_at")
    assert case_of("G-3").filed_at == datetime(2016, 8, 2, 18, 0, tzinfo=UTC)
    assert not doubted(words, "date_unread", "filed_at")
    assert case_of("G-4").filed_at == datetime(2017, 2, 2, 18, 0, tzinfo=UTC)
    assert not doubted(bangla, "date_unread", "filed_at")


def test_line_breaks_written_as_two_letters_are_line_breaks(bench: Bench) -> None:
    bench.bring(bench.csv({"Complaint": r"No power.\r\nSince Friday.\nPlease help."}))

    assert case_of("G-1").text == "No power.\nSince Friday.\nPlease help."


def test_a_path_is_no_line_break(bench: Bench) -> None:
    bench.bring(bench.csv({"Complaint": r"The file lies in C:\new\reports, says the clerk."}))

    assert case_of("G-1").text == r"The file lies in C:\new\reports, says the clerk."


def test_letters_read_in_the_wrong_encoding_are_put_right_and_said(bench: Bench) -> None:
    words = "তিন দিন ধরে বিদ্যুৎ নেই"

    (outcome,) = bench.bring(bench.csv({"Complaint": words.encode().decode("latin-1")}))

    assert case_of("G-1").text == words
    assert doubted(outcome, "mojibake_repaired", "text")


def test_letters_that_are_lost_are_said_and_not_guessed(bench: Bench) -> None:
    (outcome,) = bench.bring(
        bench.csv({"Complaint": "The bill was ????? too high \ufffd and late."})
    )

    assert doubted(outcome, "letters_lost", "text")
    assert "?????" in case_of("G-1").text


def test_an_answer_before_the_complaint_keeps_its_date_and_is_said(bench: Bench) -> None:
    (outcome,) = bench.bring(bench.csv({"Answered": "01/01/2017", "Sent": ""}))

    assert doubted(outcome, "before_filing", "answered_at")
    case = case_of("G-1")
    assert case.answered_at == datetime(2016, 12, 31, 18, 0, tzinfo=UTC)
    assert case.answered_at < case.filed_at
    assert faults() == []


def test_an_id_that_repeats_with_other_words_is_refused_and_with_the_same_is_known(
    bench: Bench,
) -> None:
    first, again, other = bench.bring(
        bench.csv({"Ticket": "7"}, {"Ticket": "7"}, {"Ticket": "7", "Complaint": "Another matter."})
    )

    assert (first.result, again.result, other.result) == ("made", "known", "refused")
    assert codes(again) == {"repeated"}
    assert codes(other) == {"id_repeats"}
    assert Case.objects.count() == 1


def test_names_match_whatever_their_code_points(bench: Bench, scene: Scene) -> None:
    name = "কালিয়াকৈর"
    composed = unicodedata.normalize("NFC", name).replace("\u09af\u09bc", "\u09df")
    assert composed not in (name, unicodedata.normalize("NFC", name))

    bench.bring(bench.csv({"District": "গাজীপুর", "Upazila": composed}))

    assert case_of("G-1").place == scene.cast.upazila


def test_what_is_closed_on_no_day_takes_the_last_that_is_known(bench: Bench) -> None:
    (outcome,) = bench.bring(bench.csv({"Closed": "-"}))

    assert doubted(outcome, "no_closing_date", "closed_at")
    assert case_of("G-1").closed_at == case_of("G-1").answered_at


def test_html_becomes_plain_words(bench: Bench) -> None:
    html = "<p>No&nbsp;water &amp; no power</p><ul><li>since <b>Friday</b></li></ul><script>x()</script>"

    bench.bring(bench.csv({"Complaint": html}))

    text = case_of("G-1").text
    assert "No water & no power" in text
    assert "since Friday" in text
    assert "<" not in text
    assert "x()" not in text


def test_signs_of_less_and_more_are_no_html(bench: Bench) -> None:
    bench.bring(bench.csv({"Complaint": "The voltage is < 180 V and > 90 V; kadang&mohon; a<b"}))

    assert case_of("G-1").text == "The voltage is < 180 V and > 90 V; kadang&mohon; a<b"


def test_numbers_of_people_are_masked_in_what_is_published(tmp_path: Path, scene: Scene) -> None:
    public = "publish = true\n" + MAPPING + '[defaults]\npublish_consent = true\nlanguage = "en"\n'
    public = public.replace("[statuses]", 'public_text = "Complaint"\n[statuses]')
    bench = Bench(tmp_path, public)
    words = "My card is 3271 0461 0890 0001, my number 01712345678. The lamp is broken."

    bench.bring(bench.csv({"Complaint": words}))

    case = case_of("G-1")
    assert "01712345678" in case.text
    assert case.published_at is not None
    assert "lamp is broken" in case.public_text
    assert "3271" not in case.public_text
    assert "01712345678" not in case.public_text


def test_words_that_nobody_released_are_left_to_the_desk(tmp_path: Path, scene: Scene) -> None:
    public = "publish = true\n" + MAPPING + '[defaults]\npublish_consent = true\nlanguage = "en"\n'
    bench = Bench(tmp_path, public)

    bench.bring(bench.csv({"Complaint": "The lamp before our school is broken."}))

    case = case_of("G-1")
    assert (case.publish_consent, case.public_text, case.published_at) == (True, "", None)


def test_nothing_is_published_unless_the_mapping_says_so(tmp_path: Path, scene: Scene) -> None:
    bench = Bench(tmp_path, MAPPING + "[defaults]\npublish_consent = true\n")

    bench.bring(bench.csv({}))

    case = case_of("G-1")
    assert (case.public_text, case.published_at) == ("", None)
    assert case.publish_consent


def test_a_text_about_misconduct_is_sensitive_and_never_public(
    tmp_path: Path, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    public = "publish = true\n" + MAPPING + "[defaults]\npublish_consent = true\n"
    bench = Bench(tmp_path, public)
    monkeypatch.setattr(
        "systems.past.finding.Finder.is_about_misconduct", lambda _self, text: "bribe" in text
    )

    (outcome,) = bench.bring(bench.csv({"Complaint": "The engineer asked me for a bribe."}))

    case = case_of("G-1")
    assert doubted(outcome, "may_be_misconduct", "text")
    assert (case.sensitive, case.publish_consent, case.published_at) == (True, False, None)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"Ticket": "-"}, "no_id"),
        ({"Complaint": " … "}, "no_text"),
        ({"Complaint": "x" * 100_001}, "text_too_long"),
        ({"Filed": ""}, "no_filing_date"),
        ({"Filed": "soon"}, "filing_date_unread"),
        ({"Filed": "31/12/2031"}, "filing_date_in_future"),
        ({"Status": "Hmm"}, "status_unknown"),
    ],
)
def test_a_row_of_which_no_case_can_be_made_is_refused(bench: Bench, row: dict, code: str) -> None:
    refused, made = bench.bring(bench.csv(row, {}))

    assert (refused.result, codes(refused)) == ("refused", {code})
    assert made.result == "made"
    assert Case.objects.count() == 1


NOTHING_SAID = "This field was left empty by the clerk, since nothing was known of it then."


@pytest.mark.parametrize("word", ["-", "-".ljust(60), " 0000-00-00".rjust(80), NOTHING_SAID])
def test_a_cell_that_says_nothing_is_empty_however_many_blanks_fill_it_up(
    tmp_path: Path, scene: Scene, word: str
) -> None:
    bench = Bench(tmp_path, MAPPING.replace('"-", ', f'"-", "{NOTHING_SAID}", '))
    (outcome,) = bench.bring(bench.csv({"Mark": word, "Upazila": word, "Answered": word}))

    assert codes(outcome) == {"no_answer_date"}


@pytest.mark.parametrize("way", ["hotline", "Hotline", "HOTLINE"])
def test_a_word_that_is_ours_already_is_known_however_it_is_written(bench: Bench, way: str) -> None:
    (outcome,) = bench.bring(bench.csv({"Way": way}))

    assert not doubted(outcome, "word_unknown", "channel")
    assert case_of("G-1").channel == "hotline"


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ({"Agency": "Ministry of Silly Walks"}, "agency_unknown", "holder"),
        ({"Subject": "Dragons"}, "category_unknown", "category"),
        ({"District": "Atlantis"}, "place_unknown", "place"),
        ({"Way": "pigeon"}, "word_unknown", "channel"),
        ({"Mark": "11"}, "rating_unread", "rating"),
        ({"Sent": "32/13/2017"}, "date_unread", "forwarded_at"),
        ({"Sent": "01/01/2031"}, "date_in_future", "forwarded_at"),
        ({"Closed": "05/02/2017"}, "out_of_order", "closed_at"),
        ({"Answered": ""}, "no_answer_date", "answered_at"),
        ({"Filed": "03/02/2001", "Closed": "04/02/2001"}, "words_over", ""),
    ],
)
def test_what_cannot_be_told_is_doubtful_and_a_case_is_made(
    bench: Bench, row: dict, code: str, column: str
) -> None:
    (outcome,) = bench.bring(bench.csv(row))

    assert outcome.result == "made"
    assert doubted(outcome, code, column)
    assert faults() == []


def test_an_open_case_of_no_known_office_waits_for_the_desk(bench: Bench) -> None:
    (outcome,) = bench.bring(bench.csv({**OPEN, "Agency": "Nobody"}))

    case = case_of("G-1")
    assert doubted(outcome, "goes_to_desk", "status")
    assert (case.status, case.holder) == ("received", None)
    assert list(Clock.objects.filter(case=case).values_list("kind", flat=True)) == ["forward"]
    assert Event.objects.filter(case=case).last().data["because"] == "goes_to_desk"
    assert faults() == []


def test_a_new_case_that_has_an_agency_is_with_it(bench: Bench, scene: Scene) -> None:
    (outcome,) = bench.bring(bench.csv({**OPEN, "Status": "New", "Sent": ""}))

    case = case_of("G-1")
    assert doubted(outcome, "goes_to_agency", "status")
    assert (case.status, case.holder) == ("forwarded", scene.cast.department)
    kinds = set(Clock.objects.filter(case=case).values_list("kind", flat=True))
    assert kinds == {"accept", "resolve"}
    assert faults() == []


def test_a_place_that_is_known_in_part_keeps_its_words(bench: Bench, scene: Scene) -> None:
    (outcome,) = bench.bring(bench.csv({"District": "Gazipur", "Upazila": "Nowhere"}))

    case = case_of("G-1")
    assert doubted(outcome, "place_unknown", "place")
    assert (case.place, case.place_note) == (scene.cast.district, "Gazipur, Nowhere")
