import json

import pytest

from routing.compiled import CompiledRuleset, MistakenSettings, compile_ruleset
from routing.engine import decide
from routing.facts import DESK_REASONS, Decision, Facts
from routing.wording import DESK, why_desk

from .small_country import INDEX, facts, lenient, rule, ruleset

POWER = rule("power", words="listrik padam|mati lampu", note="Power cuts.")
PARKING = rule("parking", words="parkir liar", target_type="dishub")


def test_a_rule_that_fires_sends_the_case_and_says_why():
    decision = decide(facts("Listrik padam di rumah saya"), ruleset(POWER))
    assert decision.target == decision.suggested == "listrik"
    assert decision.desk_because == ""
    assert decision.words_found == ("listrik padam",)
    assert (decision.ruleset, decision.version) == ("small", 3)
    (reason,) = decision.reasons
    assert (reason.rule, reason.note, reason.strength) == ("power", "Power cuts.", 80)
    assert decision.confidence == 0.8


def test_no_rule_means_the_desk_without_a_suggestion():
    decision = decide(facts("Halo semuanya"), ruleset(POWER))
    assert (decision.target, decision.suggested) == ("", "")
    assert decision.desk_because == "no_rule"
    assert decision.confidence == 0


def test_below_the_threshold_the_desk_sees_the_suggestion():
    weak = rule("weak", words="listrik", strength="40")
    decision = decide(facts("tentang listrik"), ruleset(weak))
    assert (decision.target, decision.suggested) == ("", "listrik")
    assert decision.desk_because == "below_threshold"


def test_two_near_rivals_lower_the_confidence_and_are_told():
    rival = rule("rival", words="listrik padam", target="jalan", strength="78")
    decision = decide(facts("listrik padam"), ruleset(POWER, rival))
    assert decision.desk_because == "below_threshold"
    assert decision.suggested == "listrik"
    assert decision.runners_up == (("jalan", 0.78),)


def test_a_rival_on_the_same_line_costs_less():
    other = rule("other", words="listrik padam", target="jalan", strength="70")
    above = rule("above", words="listrik padam", target="energi", strength="70")
    by_other = decide(facts("listrik padam"), ruleset(POWER, other)).confidence
    by_above = decide(facts("listrik padam"), ruleset(POWER, above)).confidence
    assert by_other < by_above < 0.8


def test_more_rules_for_one_office_make_it_surer():
    second = rule("second", words="token", strength="50")
    assert decide(facts("listrik padam token"), ruleset(POWER, second)).confidence > 0.8


def test_an_exclusion_stops_a_rule():
    excluded = rule("power", words="listrik padam", not_words="pom bensin*")
    assert decide(facts("listrik padam"), ruleset(excluded)).target == "listrik"
    assert decide(facts("listrik padam di pom bensinnya"), ruleset(excluded)).target == ""


def test_all_conditions_must_hold():
    narrow = rule("narrow", words="tagihan", category="power", kind="complaint", channel="web|sms",
                  language="id", place="1")  # fmt: skip
    good = {"category": "power-bill", "place": "1.1.1", "language": "id"}
    rules = ruleset(narrow)
    decision = decide(facts("tagihan", **good), rules)
    assert decision.target == "listrik"
    assert set(decision.reasons[0].conditions) == {
        "category:power", "place:1", "kind:complaint", "channel:web", "language:id",
    }  # fmt: skip
    for wrong in (
        {"category": "roads"}, {"category": ""}, {"place": "2.1"}, {"place": ""},
        {"kind": "suggestion"}, {"channel": "radio"}, {"language": "en"},
    ):  # fmt: skip
        assert decide(facts("tagihan", **{**good, **wrong}), rules).desk_because == "no_rule"


def test_a_rule_may_look_at_the_category_alone():
    by_category = rule("c", category="power")
    assert decide(facts("x", category="power-bill"), ruleset(by_category)).target == "listrik"
    assert decide(facts("x", category="roads"), ruleset(by_category)).target == ""


def test_the_place_condition_reads_the_place_found_in_the_text():
    local = rule("local", words="banjir", place="1.1")
    assert decide(facts("banjir di Kota Melati"), ruleset(local)).target == "listrik"


def test_words_of_a_pair_may_stand_anywhere():
    pair = rule("pair", words="listrik & padam")
    assert decide(facts("padam lagi, kapan listrik hidup"), ruleset(pair)).target == "listrik"
    assert decide(facts("listrik hidup"), ruleset(pair)).target == ""


def test_the_office_that_covers_the_place_is_found():
    decision = decide(facts("parkir liar di kec. Sukarame Kota Melati"), ruleset(PARKING))
    assert decision.target == "dishub-1.1"
    assert decision.place == "1.1.1"
    assert "type:dishub" in decision.reasons[0].conditions


def test_a_territorial_rule_without_a_place_asks_for_it():
    decision = decide(facts("parkir liar"), ruleset(PARKING))
    assert decision.desk_because == "place_needed"
    assert decision.reasons[0].rule == "parking"


def test_a_place_that_is_too_large_asks_too():
    assert decide(facts("parkir liar", place="1"), ruleset(PARKING)).desk_because == "place_needed"


def test_where_a_type_covers_nothing_another_rule_answers():
    other = rule("other", words="parkir liar", target="jalan", strength="60")
    decision = decide(facts("parkir liar", place="2.1"), ruleset(PARKING, other))
    assert decision.target == "jalan"
    assert decision.errors == ()


def test_a_place_that_no_office_covers_is_a_loud_error():
    decision = decide(facts("parkir liar", place="2.1"), ruleset(PARKING))
    assert decision.desk_because == "rule_error"
    assert "no office of the type dishub covers 2.1" in decision.errors[0]


def test_an_office_that_does_not_exist_there_is_nobody_s_rival():
    also = rule("also", words="parkir liar", strength="81")
    decision = decide(facts("parkir liar", place="2.1"), ruleset(PARKING, also))
    assert (decision.target, decision.confidence) == ("listrik", 0.81)
    assert decision.errors == ()


def test_an_office_is_found_by_its_name():
    named = rule("named", named="1", strength="85")
    assert decide(facts("Kepada PLN, tolong"), ruleset(named)).target == "listrik"
    assert decide(facts("x", agency_named="listrik"), ruleset(named)).target == "listrik"
    assert decide(facts("x", agency_named="P.L.N"), ruleset(named)).target == ""
    assert decide(facts("x", agency_named="PLN"), ruleset(named)).target == "listrik"


def test_a_type_of_office_is_found_by_its_name_and_the_place():
    named = rule("named", named="1", strength="85")
    decision = decide(facts("Kepada Dishub Kota Kenanga"), ruleset(named))
    assert decision.target == "dishub-1.3"
    assert decide(facts("Kepada dishub"), ruleset(named)).desk_because == "place_needed"


def test_a_word_of_level_does_not_name_an_office():
    named = rule("named", named="1", strength="85")
    assert decide(facts("di kecamatan Tanjungsari"), ruleset(named)).desk_because == "no_rule"


def test_a_rule_may_ask_that_its_own_target_is_named():
    named = rule("named", words="tagihan", named="1", target="listrik")
    assert decide(facts("tagihan PLN"), ruleset(named)).target == "listrik"
    assert decide(facts("tagihan air"), ruleset(named)).target == ""


def test_names_may_be_given_with_the_rule():
    named = rule("named", named="si merah|kantor pos", target="energi")
    assert decide(facts("ke kantor pos"), ruleset(named)).target == "energi"
    assert decide(facts("x", agency_named="Kantor Pos"), ruleset(named)).target == "energi"


def test_phrases_do_not_run_over_into_the_agency_named():
    phrase = rule("phrase", words="listrik padam")
    assert decide(facts("soal listrik", agency_named="padam"), ruleset(phrase)).target == ""


def test_a_longer_name_hides_the_shorter_one_in_it():
    rules = compile_ruleset([rule("named", named="1", strength="85")], {"threshold": 0.5}, INDEX)
    assert decide(facts("Kementerian Energi"), rules).target == "energi"


@pytest.mark.parametrize(
    "text",
    [
        "lurah minta uang",
        "Pak Lurah di kampung kami sering pungli",
        "korupsinya Kepala Dinas sudah keterlaluan",
    ],
)
def test_an_official_beside_misconduct_goes_to_the_desk(text):
    always = rule("always", kind="complaint", strength="95")
    decision = decide(facts(text), ruleset(always))
    assert decision.target == ""
    assert decision.suggested == "listrik"
    assert decision.desk_because == "misconduct"
    assert decision.reasons[0].rule == "misconduct"
    assert len(decision.reasons[0].found) == 2


@pytest.mark.parametrize(
    "text", ["pungli di mana-mana", "lurah tidak ada", "lurah baik " + "kata " * 20 + "pungli"]
)
def test_misconduct_needs_an_official_beside_it(text):
    always = rule("always", kind="complaint", strength="95")
    assert decide(facts(text), ruleset(always)).target == "listrik"


def test_an_official_s_name_counts_as_a_title_does():
    always = rule("always", kind="complaint", strength="95")
    rules = ruleset(always).with_people(["Dr. Siti Aminah", "Budi", "Md. Rahim Uddin"])
    assert decide(facts("Ibu siti aminah minta uang"), rules).desk_because == "misconduct"
    assert decide(facts("Dr Siti Aminah minta uang"), rules).desk_because == "misconduct"
    assert decide(facts("rahim uddin pungli"), rules).desk_because == "misconduct"
    assert decide(facts("Budi minta uang"), rules).target == "listrik"
    assert decide(facts("Siti Aminah baik"), rules).target == "listrik"


def test_a_sensitive_case_is_never_sent():
    decision = decide(facts("listrik padam", sensitive=True), ruleset(POWER))
    assert (decision.target, decision.suggested) == ("", "listrik")
    assert decision.desk_because == "sensitive"


def test_a_rule_for_an_unknown_office_fails_loudly_when_it_is_met():
    gone = rule("gone", words="banjir", target="nobody")
    rules = ruleset(gone, POWER)
    decision = decide(facts("banjir dan listrik padam"), rules)
    assert decision.desk_because == "rule_error"
    assert decision.suggested == "listrik"
    assert "gone" in decision.errors[0]
    assert decide(facts("listrik padam"), rules).target == "listrik"
    assert len(rules.mistakes) == 1


@pytest.mark.parametrize(
    "columns",
    [
        {"words": "banjir||"},
        {"words": "banjir", "strength": "many"},
        {"words": "banjir", "kind": "rant"},
        {"words": "banjir", "target": "listrik", "target_type": "dishub"},
        {"words": "*"},
        {},
    ],
)
def test_a_broken_rule_that_got_in_sends_what_it_meets_to_the_desk(columns):
    rules = ruleset(lenient("broken", **columns), POWER)
    decision = decide(facts("banjir, listrik padam"), rules)
    assert decision.desk_because == "rule_error"
    assert any("broken" in error for error in decision.errors)


@pytest.mark.parametrize("columns", [{"category": "nonsense"}, {"place": "9.9"}])
def test_a_condition_on_something_unknown_never_holds_and_is_told(columns):
    rules = ruleset(rule("narrow", words="banjir", **columns))
    assert decide(facts("banjir"), rules).desk_because == "no_rule"
    assert len(rules.mistakes) == 1


def test_settings_that_can_not_be_read_are_refused():
    for wrong in (
        {"threshold": 0}, {"threshold": "high"}, {"beside": 0}, {"spelling": []},
        {"misconduct_words": ["*"]}, {"official_titles": "lurah"}, {"calibration": [[1, 0], [0, 1]]},
        {"calibration": 3}, {"nonsense": 1}, {"place_prefixes": []}, {"spelling": {"?": "a"}},
        {"place_aliases": {"a": 1}}, {"place_stopwords": "a"},
    ):  # fmt: skip
        with pytest.raises(MistakenSettings):
            ruleset(settings=wrong)


def test_confidence_follows_the_calibration():
    rules = ruleset(POWER, settings={"calibration": [[0.4, 0.2], [0.8, 0.6]]})
    assert decide(facts("listrik padam"), rules).confidence == 0.6
    weak = rule("weak", words="listrik", strength="60")
    rules = ruleset(weak, settings={"calibration": [[0.4, 0.2], [0.8, 0.6]]})
    assert decide(facts("listrik"), rules).confidence == 0.4


def test_codes_that_are_not_in_the_registry_are_told():
    decision = decide(facts("listrik padam", place="9.9", category="nope"), ruleset(POWER))
    assert decision.target == "listrik"
    assert len(decision.errors) == 2


@pytest.mark.parametrize("text", ["", "\0\0", "😀😀", "\u200b", "a" * 1_000_000, "ক" * 50_000])
def test_odd_texts_are_taken(text):
    assert decide(facts(text), ruleset(POWER, PARKING)).desk_because == "no_rule"


def test_a_decision_survives_json():
    decision = decide(facts("listrik padam, lurah pungli parkir liar"), ruleset(POWER, PARKING))
    again = Decision.from_json(json.loads(json.dumps(decision.to_json())))
    assert again == decision
    case = facts("a", place="1.1")
    assert Facts.from_json(json.loads(json.dumps(case.to_json()))) == case


def test_each_reason_for_the_desk_has_words():
    assert set(DESK) == set(DESK_REASONS)
    assert why_desk("") == ""


def test_an_empty_rule_set_sends_nothing():
    empty: CompiledRuleset = compile_ruleset([], {}, INDEX)
    assert decide(facts("listrik padam"), empty).desk_because == "no_rule"
