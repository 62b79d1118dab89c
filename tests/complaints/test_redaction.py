"""What is masked in a text that is to be public, what stays, and what holds for any text."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.redaction import masked
from complaints.redaction_words import MASKS

ENGLISH = [
    ("My name is Rahim Uddin and I live here.", "My name is [name] and I live here."),
    ("my name is rahim uddin, please help", "my name is [name], please help"),
    ("Md. Abdul Karim asked me twice.", "Md. [name] asked me twice."),
    ("Mr Karim and Mrs. Begum were there.", "Mr [name] and Mrs. [name] were there."),
    ("Engineer K. M. Hossain refused.", "Engineer [name] refused."),
    ("A clerk named Kamal Hossain took it", "A clerk named [name] took it"),
    ("Jamal Miah, s/o Abdul Jabbar", "Jamal Miah, s/o [name]"),
    ("Name: Salma Khatun\nShe waits.", "Name: [name]\nShe waits."),
    ("Mail me: a.b+c@mail.example.co.id now", "Mail me: [e-mail] now"),
    ("Call 01712-345678 or +880 1712 345678.", "Call [number] or [number]."),
    ("Call (02) 955 1234-5, any time", "Call [number], any time"),
    ("NID 1234567890 and passport AB1234567", "NID [number] and passport [number]"),
    ("bKash 01712345678 account no 0123-456", "bKash [number] account no [number]"),
    ("My case is 4821-9530-7716-K.", "My case is [number]."),
    ("See https://facebook.com/rahim.99 and fb.com/x", "See [link] and [link]"),
    ("ask @rahim_99 there", "ask [name] there"),
    ("Car Dhaka Metro-Ga 12-3456 hit me", "Car [number] hit me"),
    ("I live in House 12, Road 5, Dhanmondi.", "I live in [address], Dhanmondi."),
    ("Flat B-3, House no. 7/A, Block C", "[address]"),
    ("at 12/A Mirpur Road since May", "at [address] since May"),
    ("My address is 5 Lake View, Sylhet. Come.", "My address is [address]. Come."),
]
BANGLA = [
    ("আমার নাম আবদুর রহিম। আমি গরিব।", "আমার নাম [নাম]। আমি গরিব।"),
    ("জনাব করিম ঘুষ চেয়েছেন", "জনাব [নাম] ঘুষ চেয়েছেন"),
    ("মোঃ আবদুল করিম মিয়া আমার জমি নিয়েছেন", "মোঃ [নাম] আমার জমি নিয়েছেন"),
    ("মোছাঃ ফাতেমা খাতুনের কার্ড", "মোছাঃ [নাম] কার্ড"),
    ("জনাব মোঃ সেলিম টাকা চান", "জনাব [নাম] টাকা চান"),
    ("নাম: সালমা বেগম", "নাম: [নাম]"),
    ("করিম সাহেব টাকা চান", "[নাম] সাহেব টাকা চান"),
    ("সেলিম নামে একজন দালাল", "[নাম] নামে একজন দালাল"),
    ("ফোন করুন ০১৭১২-৩৪৫৬৭৮ নম্বরে", "ফোন করুন [নম্বর] নম্বরে"),
    ("আমার বিকাশ নম্বর ০১৭১২৩৪৫৬৭৮", "আমার বিকাশ নম্বর [নম্বর]"),
    ("এনআইডি নং ১২৩৪৫৬৭৮৯০১২৩", "এনআইডি নং [নম্বর]"),
    ("বাড়ি নং ১২, রোড নং ৫, মিরপুর", "[ঠিকানা], মিরপুর"),
    ("বাসা: ১২/এ, সেক্টর ১০ উত্তরা", "[ঠিকানা] উত্তরা"),
    ("ঠিকানা: গ্রাম রসুলপুর, ডাকঘর কাশিমপুর", "ঠিকানা: [ঠিকানা]"),
    ("গ্রামঃ রসুলপুর। রাস্তা ভাঙা", "গ্রামঃ [ঠিকানা]। রাস্তা ভাঙা"),
    ("গাড়ি ঢাকা মেট্রো-গ ১২-৩৪৫৬ ধাক্কা দেয়", "গাড়ি [নম্বর] ধাক্কা দেয়"),
    ("আমার মেইল rahim@example.org", "আমার মেইল [ই-মেইল]"),
]
INDONESIAN = [
    ("Nama saya Budi Santoso dan saya warga", "Nama saya [nama] dan saya warga"),
    ("nama saya budi, mohon bantu", "nama saya [nama], mohon bantu"),
    ("Pak Lurah Budi minta uang", "Pak Lurah [nama] minta uang"),
    ("Ibu Siti dan Bapak H. Joko sudah lapor", "Ibu [nama] dan Bapak [nama] sudah lapor"),
    ("oknum bernama Agus Salim sudah kabur", "oknum bernama [nama] sudah kabur"),
    ("Sdr. Andi tidak ada di kantor", "Sdr. [nama] tidak ada di kantor"),
    ("NIK 3273 0101 0101 0001 sudah ada", "NIK [nomor] sudah ada"),
    ("no rek 1234567 dan hp 0812 3456 7890", "no rek [nomor] dan hp [nomor]"),
    ("Lampu di Jl. Mawar No. 5 RT 03/RW 02 mati", "Lampu di [alamat] mati"),
    ("lampu mati di RT 05 RW 11 kelurahan ini", "lampu mati di [alamat] kelurahan ini"),
    ("rumah saya di jl melati no 7 blok C2", "rumah saya di [alamat]"),
    ("mobil B 1234 XYZ parkir di sini", "mobil [nomor] parkir di sini"),
    ("Alamat: Gang Kelinci 4\nmohon untuk cek", "Alamat: [alamat]\nmohon untuk cek"),
]
STAYS = [
    "Road 5 in Sector 10 has been broken since 12/05/2026.",
    "Between 2024 and 2026-01-31, or 2024-2025, nothing happened.",
    "They took Tk 50,000, then 1,50,000 taka, then ৳ ৫০০০০০০.",
    "On 5 7 2026 at 10 am 300 people waited.",
    "My name is missing from the voter list, and my name is wrong in the book.",
    "Dear Sir I want the Mirpur Road to be repaired.",
    "See https://dpdc.gov.bd/ or www.bangladesh.gov.bd.",
    "আমার নাম ভোটার তালিকায় নেই, ৫০০০০ টাকা চেয়েছে",
    "চেয়ারম্যান সাহেব জানেন, জনাব চেয়ারম্যান মহোদয়",
    "রাস্তা নং ৫ ভাঙা, ১২/০৫/২০২৬ থেকে পানি নেই",
    "Jalan Sudirman rusak, kerugian Rp 1.500.000.000 di 2025",
    "jalan berlubang di depan pasar, Bapak Presiden dan Ibu Kota mohon cek",
    "Bapak Gubernur Jawa Barat mohon perhatikan",
]


@pytest.mark.parametrize(("text", "public"), ENGLISH)
def test_an_english_text_is_masked(text: str, public: str) -> None:
    assert masked(text, "en") == public


@pytest.mark.parametrize(("text", "public"), BANGLA)
def test_a_bangla_text_is_masked(text: str, public: str) -> None:
    assert masked(text, "bn") == public
    assert masked(text) == public


@pytest.mark.parametrize(("text", "public"), INDONESIAN)
def test_an_indonesian_text_is_masked(text: str, public: str) -> None:
    assert masked(text, "id") == public


@pytest.mark.parametrize("text", STAYS)
def test_what_a_complaint_is_about_stays(text: str) -> None:
    assert masked(text) == text


def test_the_language_is_found_out_from_the_words() -> None:
    number = "01712345678"
    assert masked(f"The officer did not call me at {number} today").endswith("[number] today")
    assert "[nomor]" in masked(f"saya tidak bisa hubungi {number} sudah lama")
    assert "[নম্বর]" in masked(f"আমি {number} নম্বরে ফোন করেছি")


def test_letters_with_two_spellings_are_one() -> None:
    composed = "বা\u09dcি নং ১২"
    assert masked(composed) == masked("বাড\u09bcি নং ১২") == "[ঠিকানা]"


def test_digits_hidden_among_invisible_letters_are_found() -> None:
    assert masked("call 0171\u200b234\u200d5678") == "call [number]"


@pytest.mark.parametrize(
    "letter", ["a", "A", "1", "ক", "১", "@", "/", "-", " ", "A ", "1 ", "jl a "]
)
def test_a_long_text_takes_no_long_time(letter: str) -> None:
    text = (letter * 20_000)[:20_000]
    began = time.perf_counter()
    masked("Md " + text + " no")
    assert time.perf_counter() - began < 5


WORDS = (
    "Md Rahim Mr Karim Pak Lurah Budi Jl. Mawar No. 5 RT 03 জনাব করিম মোঃ আবদুল নাম: House 12, Road"
    " Flat 7 @rahim a@b.org 01712345678 ০১৭১২৩৪৫৬৭৮ 12/05/2026 Tk 5000000 taka নং [name] [নাম] and"
    " is my name adalah address : সাহেব , . ।"
)
PIECES = st.sampled_from(WORDS.split())
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(PIECES, max_size=25).map(" ".join),
    st.text(alphabet="০১২৩৪৫৬৭৮৯0123456789 -./,()+@abAB:নামজনাব\n", max_size=80),
)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_masking_twice_is_masking_once(text: str) -> None:
    once = masked(text)
    assert masked(once) == once


@given(TEXTS, st.sampled_from(["en", "bn", "id"]))
@settings(max_examples=200, deadline=None)
def test_only_whole_masks_of_the_language_are_put_in(text: str, language: str) -> None:
    public = masked(text, language)
    assert not re.search("[\ue000-\uf8ff]", public)
    others = [m for code, masks in MASKS.items() if code != language for m in masks.values()]
    assert not [mask for mask in others if mask in public]


@given(
    st.text(alphabet="abc ,.কখগ\n", max_size=20),
    st.integers(0, 10**9).map(lambda n: f"01{n:09d}"),
    st.sampled_from(["0123456789", "০১২৩৪৫৬৭৮৯", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"]),
    st.sampled_from(["", "-", " ", "."]),
)
@settings(max_examples=200, deadline=None)
def test_no_telephone_number_is_left_in_any_script(
    around: str, number: str, script: str, gap: str
) -> None:
    written = gap.join([number[:5], number[5:]]).translate(str.maketrans("0123456789", script))
    public = masked(f"{around} {written} {around}")
    assert not re.search(r"\d{4}", public)


@given(st.emails(), st.text(alphabet="ab কখ", max_size=10))
@settings(max_examples=100, deadline=None)
def test_no_e_mail_address_is_left(email: str, around: str) -> None:
    domain = email.rsplit("@", 1)[1]
    assert f"@{domain}" not in masked(f"{around} {email} {around}")
