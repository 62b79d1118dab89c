"""Country packs: what is refused and how it is said, the command, and the packs shipped here."""

import json

import pytest
from django.core.management import CommandError, call_command

from agencies.loading import PackError, load_country, register_step, steps
from agencies.loading.reading import PACKS
from agencies.models import Office, Place, RegistryVersion
from tests.agencies.small_pack import COUNTRY, change, replace

pytestmark = pytest.mark.django_db


def mistakes(packs) -> str:
    """What a load says about a wrong pack; nothing is written then."""
    with pytest.raises(PackError) as caught:
        load_country("bd", packs=packs)
    assert not Place.objects.exists()
    return str(caught.value)


class TestAWrongPack:
    @pytest.mark.parametrize(
        ("name", "old", "new", "said"),
        [
            ("offices.csv", "bd-power,,", "bd-power,bd-nobody,", "no office “bd-nobody”"),
            ("offices.csv", "bd-power,,bd-ministry", "bd-power,,bd-club", "no office type"),
            ("offices.csv", "bd-power,", "bd-admin,", "there twice"),
            ("offices.csv", "bd-power,", "BD Power,", "is not a code"),
            ("offices.csv", "help@power.example", "nowhere", "not an e-mail"),
            ("offices.csv", "code,parent,type", "code,parent,kind", "lacks the column type"),
            ("offices.csv", ",,,help@", ",,,,,,,help@", "more cells"),
            ("office_types.csv", "field_office,district", "guild,district", "no body “guild”"),
            ("office_types.csv", "field_office,district", "field_office,county", "the level"),
            ("office_patterns.csv", "type:bd-dc", "type:bd-none", "no office of type “bd-none”"),
            ("office_patterns.csv", "DC Office {place}", "DC Office", "must hold {place}"),
            ("office_patterns.csv", "bd-uno,upazila", "bd-uno,ward", "level “ward”"),
            ("places.csv", "3.47,3,", "3.47,9,", "before its parent"),
            ("places.csv", "24.0", "north", "is not a number"),
            ("categories.csv", "land-tax,land", "land-tax,sky", "no “sky”"),
            ("categories.csv", "Land,ভূমি", ",", "has no name"),
            ("services.csv", "mutation,,bd-uno", "mutation,bd-power,bd-uno", "one of them"),
            ("services.csv", "bd-uno,land", "bd-uno,sea", "no category “sea”"),
            ("services.csv", "28,1,", "soon,1,", "not a whole number"),
            ("services.csv", "28,1,", "28,maybe,", "neither 1 nor 0"),
            ("services.csv", "1170", "cheap", "not an amount"),
            ("policies.csv", "forward,5", "lunch,5", "no number “lunch”"),
            ("policies.csv", "5,calendar_days", "5,moons", "no unit “moons”"),
            ("policies.csv", "bd-power", "bd-none", "no office “bd-none”"),
            ("holidays.csv", "2026-10-20", "20/10/2026", "is not a date"),
        ],
    )
    def test_a_mistake_is_said_and_nothing_is_written(self, packs, name, old, new, said):
        replace(packs, name, old, new)
        assert said in mistakes(packs)

    def test_all_mistakes_are_said_at_once_with_their_lines(self, packs):
        replace(packs, "offices.csv", "bd-ministry", "bd-club")
        said = mistakes(packs)
        assert "offices.csv line 2" in said
        assert "offices.csv line 3" in said

    def test_a_ring_of_offices_is_refused(self, packs):
        replace(packs, "offices.csv", "bd-admin,,", "bd-admin,bd-power,")
        content = (packs / "bd/offices.csv").read_text().replace("bd-power,,", "bd-power,bd-admin,")
        change(packs, "offices.csv", content)
        assert "above itself" in mistakes(packs)

    @pytest.mark.parametrize(
        ("change_to", "said"),
        [
            ({"code": "id"}, "pack of “id”"),
            ({"weekend": [0, 8]}, "from 1 (Monday) to 7"),
            ({"time_zone": "Asia/Nowhere"}, "no time zone"),
        ],
    )
    def test_a_wrong_country_file_is_refused(self, packs, change_to, said):
        change(packs, "country.json", json.dumps(COUNTRY | change_to))
        assert said in mistakes(packs)

    def test_files_that_cannot_be_read_are_named(self, packs):
        change(packs, "country.json", "{")
        assert "country.json" in mistakes(packs)
        change(packs, "country.json", json.dumps(COUNTRY))
        (packs / "bd/places.csv.gz").write_bytes(b"no gzip")
        assert "places.csv.gz" in mistakes(packs)

    def test_a_country_without_a_pack_is_refused(self, packs):
        with pytest.raises(PackError, match="no folder"):
            load_country("xx", packs=packs)

    def test_a_failed_load_leaves_the_last_good_one(self, packs):
        load_country("bd", packs=packs)
        version = RegistryVersion.objects.get(country="bd").version
        replace(packs, "offices.csv", "bd-ministry", "bd-club")
        with pytest.raises(PackError):
            load_country("bd", packs=packs)
        assert RegistryVersion.objects.get(country="bd").version == version
        assert Office.objects.count() == 5


class TestTheCommand:
    @pytest.fixture(autouse=True)
    def _small_pack(self, packs, monkeypatch):
        monkeypatch.setattr(
            "agencies.loading.load.load_country.__kwdefaults__", {"force": False, "packs": packs}
        )
        monkeypatch.setattr(steps, "_STEPS", {})

    def test_it_says_what_it_did(self, capsys):
        call_command("load_country", "bd")
        assert "offices: 5 added" in capsys.readouterr().out
        call_command("load_country", "bd")
        assert "loaded already" in capsys.readouterr().out

    def test_steps_of_the_rooms_above_run_each_time(self, capsys):
        asked = []
        register_step("rules", lambda country, force: asked.append((country, force)) or "12 rules")
        register_step("quiet", lambda country, force: "")
        call_command("load_country", "bd")
        call_command("load_country", "bd", force=True)
        assert asked == [("bd", False), ("bd", True)]
        assert "12 rules" in capsys.readouterr().out

    def test_a_wrong_pack_ends_it_with_the_mistakes(self, packs):
        replace(packs, "offices.csv", "bd-ministry", "bd-club")
        with pytest.raises(CommandError, match=r"offices\.csv line 2"):
            call_command("load_country", "bd")


@pytest.mark.parametrize("country", ["bd", "id"])
class TestTheShippedPacks:
    def test_it_loads_whole_and_a_second_time_changes_nothing(self, country):
        first = load_country(country)
        assert first.seconds < 40
        places = {"bd": 5_106, "id": 91_599}[country]
        assert Place.objects.filter(country=country).count() >= places
        assert Office.objects.filter(country=country).count() < 26_000
        second = load_country(country, force=True)
        assert not any(o.added or o.changed or o.gone for o in second.tables.values())
        assert load_country(country).skipped

    def test_the_licences_of_the_sources_lie_beside_it(self, country):
        assert "licences/" in (PACKS / country / "NOTICE.md").read_text()
        assert any((PACKS / country / "licences").iterdir())
