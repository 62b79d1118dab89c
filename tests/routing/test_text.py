import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from routing.text import LONGEST, Speller, guess_language, plain


def test_punctuation_case_and_space_do_not_matter():
    assert plain("  Jalan,\n RUSAK!!  (parah) ") == " jalan rusak parah "


def test_a_text_without_letters_is_one_space():
    assert plain("") == plain("!!! 😀 \0") == " "


def test_zero_width_letters_are_stripped():
    assert plain("ba\u200bnjir \ufeffparah\u00ad") == " banjir parah "


def test_both_encodings_of_a_bangla_letter_are_one():
    assert plain("মন্ত্রণাল\u09df") == plain("মন্ত্রণাল\u09af\u09bc")


def test_bangla_keeps_its_vowel_signs_and_joiners_go():
    assert plain("বিদ্যুৎ।") == " বিদ্যুৎ "
    assert plain("ক্\u200dষ") == plain("ক্ষ")
    assert plain("বিদ্যুত\u09cd\u200d") == plain("বিদ্যুৎ")


def test_digits_of_any_script_become_ascii():
    assert plain("৩৩৩ ٤٢") == " 333 42 "


def test_an_apostrophe_joins():
    assert plain("Jum'at Cox’s") == " jumat coxs "


def test_everyday_spelling_is_made_standard_word_by_word():
    speller = Speller({"jln": "jalan", "gk": "tidak", "e ktp": "ektp"})
    assert speller.comparable("Jln gk bagus, e-KTP") == " jalan tidak bagus ektp "


def test_spelling_does_not_reach_into_words():
    assert Speller({"gk": "tidak"}).comparable("agka") == " agka "


def test_a_two_doubles_a_word_only_where_the_pack_says_so():
    assert Speller(doubling=True).comparable("jalan2 lampu2nya") == (" jalan jalan lampu lampunya ")
    assert Speller().comparable("jalan2") == " jalan2 "


def test_only_the_first_part_of_a_huge_text_is_read():
    assert len(Speller().comparable("kata " * 500_000)) <= LONGEST + 2


def test_language_is_guessed_by_script():
    assert guess_language("বিদ্যুৎ নেই", ("bn", "en")) == "bn"
    assert guess_language("no power", ("bn", "en")) == "en"
    assert guess_language("jalan rusak", ("id", "en")) == "id"
    assert guess_language("Mirpur এ বিদ্যুৎ নেই", ("bn", "en")) == "bn"
    assert guess_language("", ()) == ""


@given(st.text(max_size=300))
def test_comparable_text_is_stable_and_well_formed(text):
    once = plain(text)
    assert plain(once) == once
    assert once.startswith(" ")
    assert once.endswith(" ")
    assert "  " not in once
    assert unicodedata.normalize("NFC", once) == once


@given(st.text(max_size=200))
def test_both_normal_forms_compare_as_one(text):
    decomposed = unicodedata.normalize("NFD", text)
    assert plain(unicodedata.normalize("NFC", text)) == plain(decomposed)
