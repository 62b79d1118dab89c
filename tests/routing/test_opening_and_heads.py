"""What is said first counts most; a head office stands in where no branch can be told."""

import pytest

from routing.compiled import MistakenSettings, compile_ruleset
from routing.engine import decide
from routing.registry_index import OfficeEntry, RegistryIndex, TypeEntry

from .small_country import PLACES, SETTINGS, facts, rule, ruleset

OPENING = {"opening": {"letters": 20, "far": 120, "least": 0.5}}
POWER = rule("power", words="listrik padam", strength="80")
ROADS = rule("roads", words="jalan rusak", target="jalan", strength="80")
FILLER = "mohon segera ditangani karena sudah lama sekali dan warga sudah sangat kesal " * 2


class TestTheOpening:
    def test_words_late_in_the_text_count_less(self):
        rules = ruleset(POWER, ROADS, settings=OPENING)
        first = decide(facts(f"Listrik padam. {FILLER} Juga jalan rusak."), rules)
        second = decide(facts(f"Jalan rusak. {FILLER} Juga listrik padam."), rules)
        assert (first.suggested, second.suggested) == ("listrik", "jalan")
        assert first.target == "listrik"

    def test_without_the_setting_it_makes_no_difference_where_words_stand(self):
        decision = decide(facts(f"Jalan rusak. {FILLER} Juga listrik padam."), ruleset(POWER))
        assert decision.confidence == 0.8

    def test_between_the_two_marks_it_falls_along_a_line(self):
        opening = ruleset(POWER, settings=OPENING).settings.opening
        assert opening is not None
        assert [opening.share(start) for start in (0, 20, 70, 120, 500)] == [1, 1, 0.75, 0.5, 0.5]

    @pytest.mark.parametrize(
        "wrong",
        [
            3,
            {"letters": 20},
            {"letters": 200, "far": 100, "least": 0.5},
            {"letters": 20, "far": 100, "least": 0},
            {"letters": 20, "far": "soon", "least": 0.5},
        ],
    )
    def test_a_wrong_setting_is_refused(self, wrong):
        with pytest.raises(MistakenSettings, match="opening"):
            ruleset(POWER, settings={"opening": wrong})


def insurer() -> RegistryIndex:
    """An insurer with a branch in each regency; city offices under their own city."""
    index = RegistryIndex(country="id", version=1, languages=("id",))
    index.add_places(PLACES)
    index.types = {
        "body": TypeEntry("body", "", "department", ("Badan",)),
        "branch": TypeEntry("branch", "regency", "field_office", ("Kantor Cabang",)),
        "city": TypeEntry("city", "regency", "local_government", ("Pemerintah",)),
        "dinas": TypeEntry("dinas", "regency", "local_government", ("Dinas",)),
    }
    offices = [OfficeEntry("insurer", "", "body", {"id": "Badan Jaminan"})]
    for code, _parent, level, (name,) in PLACES:
        if level == "regency":
            offices += [
                OfficeEntry(f"branch-{code}", "insurer", "branch", {"id": name}, (), (code,)),
                OfficeEntry(f"city-{code}", "insurer", "city", {"id": name}, (), (code,)),
                OfficeEntry(f"dinas-{code}", f"city-{code}", "dinas", {"id": name}, (), (code,)),
            ]
    index.add_offices(offices)
    return index


class TestTheHeadOffice:
    INDEX = insurer()
    HEAD = rule("head", words="iuran", target="insurer", strength="80")
    BRANCH = rule("branch", words="iuran", target_type="branch", strength="95")
    DINAS = rule("dinas", words="iuran", target_type="dinas", strength="95")

    def decide(self, text, *rules):
        return decide(facts(text), compile_ruleset(rules, SETTINGS, self.INDEX))

    def test_it_takes_what_no_branch_can_for_want_of_a_place(self):
        decision = self.decide("iuran saya", self.HEAD, self.BRANCH)
        assert (decision.target, decision.confidence) == ("insurer", 0.8)

    def test_the_branch_takes_it_where_the_place_is_known(self):
        decision = self.decide("iuran saya di Kota Kenanga", self.HEAD, self.BRANCH)
        assert decision.target == "branch-1.3"

    def test_city_offices_have_no_head_in_common_so_the_desk_asks(self):
        decision = self.decide("iuran saya", self.HEAD, self.DINAS)
        assert decision.desk_because == "place_needed"

    def test_without_a_rule_for_the_head_office_the_desk_asks(self):
        assert self.decide("iuran saya", self.BRANCH).desk_because == "place_needed"


def test_a_bare_subdistrict_is_not_mistaken_for_a_village_elsewhere():
    """ "Tanjungsari" is one subdistrict, and a village in it; "Sukamaju" is only villages."""
    rules = ruleset(rule("camat", words="camat", target_type="camat"))
    assert decide(facts("camat, jembatan Tanjungsari"), rules).target == "camat-2.1.1"
    assert decide(facts("camat, jembatan Sukamaju"), rules).desk_because == "place_needed"


def test_a_word_may_be_no_place_at_all():
    parking = rule("parking", words="parkir", target_type="dishub")
    text = facts("parkir di kota kenanga")
    assert decide(text, ruleset(parking)).target == "dishub-1.3"
    never = ruleset(parking, settings={"never_places": ["kenanga"]})
    assert decide(text, never).place == "1.3"  # Its full name stands; the bare one is gone.
    assert decide(facts("parkir di kab kenanga"), never).place == ""
