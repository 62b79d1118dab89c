"""What a letter says: charsets, forms, files, and what its sender's program added."""

import time
from email.message import EmailMessage
from typing import Any

import pytest

from channels.email import parsing, quotes
from channels.inbound import CannotFetch, NotUnderstood
from channels.registry import INBOUND
from tests.channels.letters import inbox, photo, read, recorded, written

pytestmark = pytest.mark.usefixtures("inbox")
__all__ = ["inbox"]


def names(raw: bytes) -> list[str]:
    return [file.name for file in read(raw).files]


# --- Recorded ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gmail_reply", "It is the left meter, the one beside the door."),
        (
            "outlook_reply",
            "It’s the meter “next to the shop”:\n- the left one\n- with the broken glass\n\n"
            "Karim Uddin\nVillage Char Alexander, Ramgati",
        ),
        ("apple_bangla", "বাম দিকের মিটার, দরজার পাশে।"),
        ("gmail_bangla", "দরজার পাশের মিটার।"),
        ("gmail_indonesian_below", "Yang di sebelah kiri, dekat pintu."),
        ("interleaved", "The left one.\n\nSince May."),
        ("token_in_references", "It is the left meter."),
    ],
)
def test_of_an_answer_only_what_is_new_is_read(name: str, text: str) -> None:
    assert read(recorded(name)).text == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "html_only",
            "Our village has had no water since May.\n\n"
            "The pump at the school is broken & nobody comes.",
        ),
        ("wrong_charset", "মিটার নষ্ট\n\nআমাদের মিটার ভুল সংখ্যা দেখায়, কেউ আসে না।"),
        ("no_charset", "Our meter shows a wrong number, “every month”. Nobody comes."),
        (
            "windows_1252",
            "The office – always closed\n\nThe office is “always closed”, it’s locked – since May."
            " Café next door knows.",
        ),
    ],
)
def test_a_new_complaint_is_read_in_whatever_charset_and_form(name: str, text: str) -> None:
    assert read(recorded(name)).text == text


def test_a_formal_letter_keeps_its_end_since_the_village_stands_there() -> None:
    text = read(recorded("bangla_new")).text
    assert text.startswith("চর আলেকজান্ডারে বিদ্যুতের মিটার নষ্ট, তিন মাস ধরে কেউ আসে না\n\n")
    assert text.endswith("গ্রাম: চর আলেকজান্ডার, উপজেলা: রামগতি")


@pytest.mark.parametrize("name", ["forwarded_gmail", "forwarded_attached", "copied_answer"])
def test_what_somebody_else_wrote_is_kept_if_it_is_passed_on_to_us(name: str) -> None:
    text = read(recorded(name)).text
    assert "Pay 5000 taka to the clerk" in text
    assert "Office <office@example.gov>" in text


def test_a_letter_that_only_another_key_opens_goes_to_the_desk() -> None:
    with pytest.raises(NotUnderstood, match="encrypted"):
        read(recorded("encrypted"))


def test_a_letter_without_sender_goes_to_the_desk_with_its_words() -> None:
    with pytest.raises(NotUnderstood, match="no_sender") as caught:
        read(recorded("no_sender"))
    assert caught.value.found is not None
    assert "wrong number" in caught.value.found.text


def test_what_is_taken_for_spam_is_looked_at_first() -> None:
    with pytest.raises(NotUnderstood, match="spam"):
        read(recorded("spam"))
    with pytest.raises(NotUnderstood, match="spam"):
        read(written().as_bytes(), is_spam=True)
    assert read(recorded("gmail_reply"), is_spam=True).text


# --- Subjects ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        ("No water", "Since May.", "No water\n\nSince May."),
        ("No water since may", "No water, since May!", "No water, since May!"),
        ("", "Since May.", "Since May."),
        ("Only a subject", "", "Only a subject"),
        ("Re: no water", "Since May.", "Since May."),
        ("RE[2]: no water", "Since May.", "Since May."),
        ("Bls: air mati", "Sejak Mei.", "Sejak Mei."),
        ("Fwd: no water", "Since May.", "Since May."),
        ("FW: no water", "Since May.", "Since May."),
        ("Retirement: no pension", "Since May.", "Retirement: no pension\n\nSince May."),
        ("Road", "NEW another road is broken", "NEW another road is broken"),
        ("My case", "STATUS 1234 5678 9012 X 1234", "STATUS 1234 5678 9012 X 1234"),
        ("Pump", "New pumps were promised long ago.", "Pump\n\nNew pumps were promised long ago."),
    ],
)
def test_a_subject_is_the_first_line_of_a_new_complaint(
    subject: str, text: str, expected: str
) -> None:
    assert read(written(text, subject=subject).as_bytes()).text == expected


# --- Forms ------------------------------------------------------------------------------------


def test_plain_words_are_preferred_and_an_empty_form_is_passed_over() -> None:
    mail = written("The plain words.", subject="")
    mail.add_alternative("<p>The drawn words.</p>", subtype="html")
    assert read(mail.as_bytes()).text == "The plain words."
    mail = written("  \n ", subject="")
    mail.add_alternative("<p>The drawn words.</p>", subtype="html")
    assert read(mail.as_bytes()).text == "The drawn words."


def test_words_around_a_picture_are_all_read() -> None:
    raw = (
        b"From: a@example.org\nMessage-ID: <x@y>\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="b"\n\n'
        b"--b\nContent-Type: text/plain; charset=utf-8\n\nAbove the picture.\n"
        b"--b\nContent-Type: image/jpeg; name=a.jpg\nContent-Disposition: inline\n\nxx\n"
        b"--b\nContent-Type: text/plain; charset=utf-8\n\nBelow it.\n--b--\n"
    )
    found = read(raw)
    assert found.text == "Above the picture.\n\nBelow it."
    assert [file.name for file in found.files] == ["a.jpg"]


def test_a_file_that_lies_only_in_the_drawn_form_is_found() -> None:
    mail = written("Words.", subject="")
    drawn = EmailMessage()
    drawn.set_content("<p>Words.</p>", subtype="html")
    drawn.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a.pdf")
    mail.make_alternative()
    mail.attach(drawn)
    found = read(mail.as_bytes())
    assert found.text == "Words."
    assert [file.name for file in found.files] == ["a.pdf"]


def test_joiners_of_bangla_letters_stay_and_invisible_marks_go() -> None:
    text = "র\u200d্যাব \u200bএবং\ufeff\xa0ক\u200cখ গঘঙচছ"
    assert read(written(text, subject="").as_bytes()).text == "র\u200d্যাব এবং ক\u200cখ গঘঙচছ"


@pytest.mark.parametrize(
    ("charset", "content"),
    [
        ("utf-16", "কেউ আসে না".encode("utf-16")),
        ("no-such-charset", "কেউ আসে না".encode()),
        ("zlib", "কেউ আসে না".encode()),
        ("a\x00b", "কেউ আসে না".encode()),
        ("", "কেউ আসে না".encode()),
        ("us-ascii", "কেউ আসে না".encode()),
    ],
)
def test_a_wrong_charset_harms_no_words(charset: str, content: bytes) -> None:
    assert parsing.decoded(content, charset) == "কেউ আসে না"


def test_bytes_of_no_charset_are_never_an_error() -> None:
    assert parsing.decoded(b"\x81 \xe9", "utf-8").endswith("é")


# --- Files ------------------------------------------------------------------------------------


def test_files_come_with_their_names_in_any_script() -> None:
    mail = written()
    mail.add_attachment(photo(), maintype="image", subtype="jpeg", filename="মিটার.jpg")
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a b.pdf")
    assert names(mail.as_bytes()) == ["মিটার.jpg", "a b.pdf"]


def test_a_name_in_the_old_way_is_decoded() -> None:
    raw = (
        b"From: a@example.org\nMIME-Version: 1.0\nContent-Type: image/jpeg;\n"
        b' name="=?utf-8?B?4Kau4Ka/4Kaf4Ka+4KawLmpwZw==?="\nContent-Transfer-Encoding: base64\n\n/9j/\n'
    )
    assert names(raw) == ["মিটার.jpg"]


def test_logos_and_signatures_of_programs_are_no_files() -> None:
    mail = written()
    mail.add_alternative("<p>See <img src=cid:logo></p>", subtype="html")
    related: Any = mail.get_payload()[1]
    related.add_related(b"GIF89a" + b"x" * 2000, "image", "gif", cid="<logo>")
    related.add_related(photo(), "image", "jpeg", cid="<photo>", filename="meter.jpg")
    mail.add_attachment(b"x", maintype="application", subtype="pgp-signature", filename="s.asc")
    mail.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="invite.ics")
    assert names(mail.as_bytes()) == ["meter.jpg"]


def test_a_small_picture_that_somebody_added_is_a_file() -> None:
    mail = written()
    mail.add_attachment(
        b"GIF89a", maintype="image", subtype="gif", filename="a.gif", cid="<f_1@mail.gmail.com>"
    )
    assert names(mail.as_bytes()) == ["a.gif"]


def test_the_content_of_a_file_is_had_from_the_letter() -> None:
    picture, mail = photo(), written()
    mail.add_attachment(picture, maintype="image", subtype="jpeg", filename="meter.jpg")
    [file] = read(mail.as_bytes()).files
    assert INBOUND["inbox"].fetch(file) == ("meter.jpg", picture)


def test_files_that_are_too_large_or_too_many_are_left(settings: Any) -> None:
    settings.FILES_MAX_BYTES = 100
    mail = written()
    mail.add_attachment(b"x" * 101, maintype="image", subtype="jpeg", filename="big.jpg")
    for number in range(31):
        mail.add_attachment(b"x", maintype="image", subtype="jpeg", filename=f"{number}.jpg")
    first, *_others, last = read(mail.as_bytes()).files
    for file, why in ((first, "large"), (last, "many")):
        with pytest.raises(CannotFetch, match=why) as caught:
            INBOUND["inbox"].fetch(file)
        assert caught.value.for_good


def test_files_of_a_letter_within_the_letter_are_found() -> None:
    inner = written("Look at this.", subject="Inner")
    inner.add_attachment(photo(), maintype="image", subtype="jpeg", filename="meter.jpg")
    outer = written("I pass it on.", subject="Outer")
    outer.add_attachment(inner)
    found = read(outer.as_bytes())
    assert found.text.startswith("Outer\n\nI pass it on.\n\nFrom: Rahima <rahima@example.org>")
    assert [file.name for file in found.files] == ["meter.jpg"]


# --- What is made to do harm ------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a@b\nContent-Type: message/rfc822\n\n" * 3000 + b"hi",
        b'From: a@b\nContent-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nx\n" * 6000,
        b"From: a@b\n" + b"X: y\n" * 900_000,
        b"".join(
            b'From: a@b\nContent-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n)
            for n in range(3000)
        ),
    ],
    ids=["letters in letters", "a thousand parts", "a million headers", "parts in parts"],
)
def test_a_letter_that_is_made_to_break_readers_goes_to_the_desk(raw: bytes) -> None:
    with pytest.raises(NotUnderstood, match="hostile"):
        read(raw)


@pytest.mark.parametrize(
    "header",
    [
        "From: " + "(" * 20_000 + " a@example.org",
        "From: =?utf-8?B?%%%?= <a@example.org>",
        "From: <<<>>> a@example.org",
        "Subject: =?utf-8?q?=zz?= =?rot13?q?abc?= =?x?B?/?=\nFrom: a@example.org",
        "Date: Sun, 99 Foo 99999 25:61\nFrom: a@example.org",
        "Content-Type: text/plain; charset=\nFrom: a@example.org",
        "Content-Disposition: attachment; filename*0*=utf-8''%ff; filename=\"\nFrom: a@example.org",
        "Message-ID: <\nFrom: a@example.org",
    ],
)
def test_no_broken_header_is_an_error(header: str) -> None:
    assert read(f"{header}\n\nOur meter shows a wrong number.".encode()).sent_at is None


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 5000 + "words",
        "<table><tr><td>" * 300 + "words",
        "<table>" + "<tr><td>x</td></tr>" * 9000 + "<tr><td>words" + "y" * 90_000 + "</table>",
        '<?xml version="1.0" encoding="utf-8"?><p>words',
        "<p>words<<<>>><b <i",
        '<div style="padding-left:99999999em">words</div>',
    ],
)
def test_no_page_is_too_deep_or_too_wide_to_be_read(page: str) -> None:
    text = parsing.text_of_html(page)
    assert "words" in text
    assert len(text) < 300_000


@pytest.mark.parametrize(
    "line",
    [
        "On " + "a b " * 20_000,
        "From:" + " " * 50_000,
        ("From:" + " " * 200 + "\n") * 400,
        " \t\n" * 30_000,
        ("On " + "a b " * 60 + "\n") * 100,
        ("৫ " + "ক খ " * 60 + "\n") * 100,
        "> " * 40_000,
    ],
    ids=["on", "from", "froms", "blank", "ons", "bangla", "quotes"],
)
def test_no_line_takes_the_patterns_for_ever(line: str) -> None:
    started = time.perf_counter()
    quotes.own_words(f"words\n{line}\nmore")
    assert time.perf_counter() - started < 3
