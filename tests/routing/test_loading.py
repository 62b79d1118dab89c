import json

import pytest

from agencies.loading import PackError
from routing import packs, services
from routing.models import RuleSet
from routing.services import loading


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """A rule pack for the tiny country, in a folder of its own."""
    folder = tmp_path / "bd"
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps({"name": "Pack", "threshold": 0.5}))
    header = "code,words,target,strength,note\n"
    (folder / "rules.csv").write_text(header + "power,no electricity,grid,80,Power cuts.\n")
    monkeypatch.setattr(loading, "RULES", tmp_path)
    for reader in (packs.read_settings_file, packs.read_rule_rows):
        monkeypatch.setattr(
            loading, reader.__name__, lambda country, read=reader: read(country, tmp_path)
        )
    return folder


def test_the_pack_s_rules_are_put_in_force_once(cast, pack):
    assert "1 rules" in services.load_rules("bd")
    assert services.load_rules("bd") == ""
    found = RuleSet.objects.get()
    assert (found.status, found.version, found.name) == ("published", 1, "Pack")


def test_a_newer_pack_takes_the_place_of_an_older_one(cast, pack):
    services.load_rules("bd")
    with (pack / "rules.csv").open("a") as file:
        file.write("roads,pothole,roads,80,Roads.\n")
    assert "version 2" in services.load_rules("bd")
    assert RuleSet.objects.get(status="published").rules.count() == 2


def test_what_a_registrar_published_stays(cast, pack, registrar):
    services.load_rules("bd")
    draft = services.begin_draft(actor=registrar, source=RuleSet.objects.get())
    services.publish(actor=registrar, draft=draft)
    (pack / "settings.json").write_text(json.dumps({"name": "Newer", "threshold": 0.6}))
    assert services.load_rules("bd") == ""
    assert RuleSet.objects.get(status="published") == draft
    assert "version 3" in services.load_rules("bd", True)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a,no||power,grid,80,Why.", "nothing between two |"),
        ("a,power,nobody,80,Why.", "no office “nobody”"),
        ("power,power,grid,80,Why.", "two rules are called “power”"),
    ],
)
def test_a_mistaken_pack_is_refused_whole(cast, pack, line, message):
    with (pack / "rules.csv").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(PackError) as caught:
        services.load_rules("bd")
    assert message in str(caught.value)
    assert not RuleSet.objects.exists()


@pytest.mark.parametrize("settings", ["{", "[]", '{"threshold": 3}', '{"odd": 1}'])
def test_mistaken_settings_are_refused(cast, pack, settings):
    (pack / "settings.json").write_text(settings)
    with pytest.raises(PackError):
        services.load_rules("bd")


def test_a_country_without_rules_has_nothing_to_load(cast, pack):
    assert services.load_rules("id") == ""
