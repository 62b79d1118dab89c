"""Indonesia's pack: it holds together, stays small enough, and patterns keep to their places."""

from functools import cache

import pytest

from agencies.loading.checking import check_pack
from agencies.loading.mistakes import Mistakes
from agencies.loading.patterns import expand, find_parents
from agencies.loading.reading import PACKS, read_pack
from agencies.loading.rows import OfficeRow, Pack, PatternRow, PlaceRow

MOST_OFFICES = 25_000
PLACES = [
    PlaceRow("31", "", "province", {"id": "Jakarta"}),
    PlaceRow("33", "", "province", {"id": "Jawa Tengah"}),
    PlaceRow("31.74", "31", "regency", {"id": "Jakarta Selatan"}),
    PlaceRow("33.74", "33", "regency", {"id": "Kota Semarang"}),
]


@cache
def indonesia() -> tuple[Pack, dict[str, OfficeRow], list[str]]:
    """The pack, its offices by code, and what is wrong with it."""
    mistakes = Mistakes("id")
    pack = read_pack(PACKS / "id", "", mistakes)
    offices = find_parents(expand(pack.offices, pack.patterns, pack.places), pack.places, mistakes)
    check_pack(pack, offices, mistakes)
    return pack, {office.code: office for office in offices}, mistakes.found


def codes(**where: tuple[str, ...]) -> list[str]:
    """The offices that one pattern for regencies makes."""
    pattern = PatternRow("id-dishub", "regency", "", {"id": "Dinas {place}, {parent}"}, **where)
    return [office.code for office in expand([], [pattern], PLACES)]


class TestPatterns:
    def test_a_pattern_is_for_each_place_of_its_level(self):
        assert codes() == ["id-dishub-31.74", "id-dishub-33.74"]

    def test_not_under_leaves_places_out(self):
        assert codes(not_under=("31",)) == ["id-dishub-33.74"]

    def test_under_takes_only_these_places(self):
        assert codes(under=("31",)) == ["id-dishub-31.74"]
        assert codes(under=("33.74",), not_under=("33",)) == []

    def test_a_name_may_hold_the_place_above(self):
        pattern = PatternRow("t", "regency", "", {"id": "Dinas {place}, {parent}"})
        names = [office.names["id"] for office in expand([], [pattern], PLACES)]
        assert names == ["Dinas Jakarta Selatan, Jakarta", "Dinas Kota Semarang, Jawa Tengah"]


class TestThePack:
    def test_it_has_no_mistakes(self):
        assert indonesia()[2] == []

    def test_it_stays_within_the_number_of_offices(self):
        assert 20_000 < len(indonesia()[1]) <= MOST_OFFICES

    def test_each_name_is_there_in_three_languages(self):
        pack, offices, _ = indonesia()
        rows = [*pack.office_types, *pack.categories, *pack.services, *offices.values()]
        assert [row.code for row in rows if set(row.names) != {"en", "bn", "id"}] == []

    def test_every_subdistrict_has_an_office_under_its_city(self):
        pack, offices, _ = indonesia()
        subdistricts = [place.code for place in pack.places if place.level == "subdistrict"]
        assert len(subdistricts) == 7285
        for code in subdistricts:
            assert offices[f"id-kecamatan-{code}"].parent == f"id-pemda-{code[:5]}"

    @pytest.mark.parametrize("kind", ["dishub", "disdukcapil", "dpu", "satpolpp", "pdam"])
    def test_jakarta_has_its_offices_at_the_province_other_cities_their_own(self, kind):
        _, offices, _ = indonesia()
        assert offices[f"id-{kind}-31"].parent == "id-pemprov-31"
        assert f"id-{kind}-31.74" not in offices
        assert offices[f"id-{kind}-33.74"].parent == "id-pemda-33.74"

    def test_old_names_are_kept_as_other_names(self):
        _, offices, _ = indonesia()
        assert "kemendikbud" in offices["id-kemendikdasmen"].aliases
        assert "kementerian pupr" in offices["id-kemenpu"].aliases
        assert "kementerian hukum dan ham" in offices["id-kemenkum"].aliases
