"""What must hold of any rules and any text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from routing.engine import decide

from .small_country import facts, rule, ruleset

WORDS = ["listrik", "padam", "air", "jalan", "rusak", "parkir", "lampu", "mati", "sampah"]
texts = st.lists(
    st.sampled_from([*WORDS, "Kota Melati", "kec. Sukarame", "lurah", "pungli", "PLN"]), max_size=12
).map(" ".join)
targets = st.sampled_from([{"target": "listrik"}, {"target": "jalan"}, {"target": "energi"},
                           {"target_type": "dishub"}, {"target_type": "camat"}])  # fmt: skip
alternatives = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map("|".join)


@st.composite
def rule_lists(draw, *, most=6):
    made = []
    for number in range(draw(st.integers(0, most))):
        columns = dict(draw(targets))
        columns["words"] = draw(alternatives)
        columns["strength"] = str(draw(st.integers(0, 100)))
        if draw(st.booleans()):
            columns["category"] = "power"
        made.append(rule(f"rule-{number}", **columns))
    return made


@settings(max_examples=80, deadline=None)
@given(rule_lists(), texts, st.randoms())
def test_the_order_of_the_rules_does_not_matter(rules, text, rng):
    shuffled = rules[:]
    rng.shuffle(shuffled)
    case = facts(text, category="power-bill")
    assert decide(case, ruleset(*rules)) == decide(case, ruleset(*shuffled))


@settings(max_examples=60, deadline=None)
@given(rule_lists(), st.text(max_size=200))
def test_the_same_facts_give_the_same_decision(rules, text):
    once = ruleset(*rules)
    assert decide(facts(text), once) == decide(facts(text), once)


@settings(max_examples=80, deadline=None)
@given(rule_lists(), texts)
def test_a_decision_is_well_formed(rules, text):
    rules = ruleset(*rules)
    decision = decide(facts(text), rules)
    assert 0 <= decision.confidence <= 1
    assert bool(decision.target) != bool(decision.desk_because)
    assert decision.target in ("", decision.suggested)
    if decision.target:
        assert decision.confidence >= rules.settings.threshold
        assert decision.reasons
        assert decision.target in rules.index.offices
    assert decision.suggested not in {code for code, _score in decision.runners_up}
    scores = [score for _code, score in decision.runners_up]
    assert scores == sorted(scores, reverse=True)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(WORDS), alternatives, texts, st.integers(1, 100))
def test_an_exclusion_only_lowers(excluded, words, text, strength):
    if set(words.split("|")) <= {excluded}:
        return
    free = rule("r", words=words, strength=str(strength))
    held = rule("r", words=words, not_words=excluded, strength=str(strength))
    before = decide(facts(text), ruleset(free))
    after = decide(facts(text), ruleset(held))
    assert after.confidence <= before.confidence
    assert set(after.words_found) <= set(before.words_found)


@settings(max_examples=80, deadline=None)
@given(rule_lists(), texts)
def test_a_further_rule_for_the_best_office_never_makes_it_less_sure(rules, text):
    before = decide(facts(text), ruleset(*rules))
    if not before.suggested:
        return
    further = rule("zz", kind="complaint", target=before.suggested, strength="30")
    after = decide(facts(text), ruleset(*rules, further))
    assert after.suggested == before.suggested
    assert after.confidence >= before.confidence


@settings(max_examples=60, deadline=None)
@given(rule_lists(), texts)
def test_a_sensitive_case_and_misconduct_are_never_sent(rules, text):
    rules = ruleset(*rules)
    assert decide(facts(text, sensitive=True), rules).target == ""
    assert decide(facts(f"lurah pungli {text}"), rules).target == ""
