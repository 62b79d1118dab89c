import pytest

from routing.compiled import compile_ruleset
from routing.place_names import place_code
from routing.registry_index import RegistryIndex

from .small_country import ruleset

RULES = ruleset()


def place_in(text, given="", rules=RULES):
    return rules.gazetteer.find(rules.matcher.scan(rules.speller.comparable(text)), given)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("banjir di Kota Melati", "1.1"),
        ("banjir di kab. Melati", "1.2"),
        ("banjir di Kenanga", "1.3"),
        ("banjir di kec. Sukarame kota melati", "1.1.1"),
        ("desa Sukamaju, kecamatan Sukarame, kabupaten Melati", "1.2.1.1"),
        ("desa Sukamaju Kota Melati", "1.1.1.1"),
        ("di Tanjungsari", "2.1.1"),
        ("desa Tanjungsari", "2.1.1.1"),
        ("provinsi Utara", "1"),
    ],
)
def test_a_place_is_found_by_its_name_and_the_words_beside_it(text, place):
    assert place_in(text) == place


@pytest.mark.parametrize(
    "text",
    [
        "desa Sukamaju",
        "kecamatan sukarame",
        "sukarame",
        "arah utara",
        "jalan Kenanga rusak",
        "dari Kota Melati ke Kabupaten Anggrek",
        "tidak ada tempat",
        "",
    ],
)
def test_what_stays_ambiguous_or_is_no_place_is_not_used(text):
    assert place_in(text) in ("", "1")


def test_of_two_meanings_only_the_place_above_both_is_used():
    assert place_in("banjir di Melati") == "1"


def test_the_place_given_settles_an_ambiguous_name():
    assert place_in("banjir di sukarame", given="1.2") == "1.2.1"
    assert place_in("desa sukamaju", given="1.1") == "1.1.1.1"


def test_the_place_given_is_not_left_for_another_one():
    assert place_in("banjir di Kota Kenanga", given="1.2") == "1.2"


def test_an_unknown_given_place_is_not_used():
    assert place_in("banjir", given="9.9") == ""


def test_a_small_place_stands_alone_only_if_no_place_elsewhere_has_its_name():
    assert place_in("macet di Pasar Baru") == ""
    assert place_in("macet di Pasar Baru, Kabupaten Anggrek") == "2.1.1.2"


def test_a_name_that_spelling_turns_into_an_ordinary_word_needs_its_level():
    assert place_in("rumahnya deket dari sini") == place_in("dekat sini") == ""
    assert place_in("kec. Deket") == "2.1.2"


def test_a_name_is_not_found_inside_a_longer_one():
    assert place_in("di Pasar Baru Kota Melati") == "1.1.2"


def test_the_pack_may_say_what_a_bare_name_means():
    rules = ruleset(settings={"place_aliases": {"melati": "1.1", "kota bunga": ["1.3"]}})
    assert place_in("banjir di Melati", rules=rules) == "1.1"
    assert place_in("di kab melati", rules=rules) == "1.2"
    assert place_in("di Kota Bunga", rules=rules) == "1.3"


def test_a_place_with_the_name_of_the_one_above_it_needs_a_word_of_level():
    index = RegistryIndex(country="bd", languages=("bn", "en"))
    index.add_places(
        [
            ("6", "", "division", ("Dhaka", "ঢাকা")),
            ("6.47", "6", "district", ("Dhaka", "ঢাকা")),
            ("6.47.1", "6.47", "upazila", ("Savar", "সাভার")),
        ]
    )
    levels = {"জেলা": "district", "বিভাগ": "division", "উপজেলা": "upazila", "upazila": "upazila"}
    rules = compile_ruleset([], {"place_prefixes": levels}, index)
    assert place_in("ঢাকায় পানি নেই", rules=rules) == "6"
    assert place_in("ঢাকা জেলায় পানি নেই", rules=rules) == "6.47"
    assert place_in("জেলা: ঢাকা, উপজেলা: সাভার", rules=rules) == "6.47.1"
    assert place_in("সাভার উপজেলার রাস্তা", rules=rules) == "6.47.1"
    assert place_in("road in Savar upazila", rules=rules) == "6.47.1"
    assert place_in("সাভারে বিদ্যুৎ নেই", rules=rules) == "6.47.1"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("1.1.1", "1.1.1"),
        ("Utara/Kota Melati/Sukarame", "1.1.1"),
        ("utara / kab. melati / sukarame / sukamaju", "1.2.1.1"),
        ("Kota Melati", "1.1"),
        ("1.1/Sukarame", "1.1.1"),
        ("Kota Melati/Nowhere", "1.1"),
        ("Selatan", "2"),
        ("Melati", "1"),
        ("Nowhere", ""),
        ("", ""),
        (" / ", ""),
    ],
)
def test_a_place_may_be_given_as_names(given, code):
    assert place_code(RULES, given) == code
