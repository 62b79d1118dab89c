import pytest
from django.conf import settings
from django.urls import reverse

from routing import services
from routing.facts import Facts
from routing.models import RuleSet
from routing.services import dry_runs

GOOD = {
    "code": "bill", "words": "wrong bill", "target": "grid", "strength": "70", "note": "Bills.",
}  # fmt: skip


@pytest.fixture
def page(client, cast, in_force):
    """The registrar's browser: `page(name, *arguments)` or with `post=`."""
    client.force_login(cast.registrar)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    def ask(name, *arguments, post=None, query=""):
        address = reverse(name, args=arguments) + query
        if post is None:
            return client.get(address, follow=True)
        return client.post(address, post, follow=True)

    return ask


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        reverse("rules"), reverse("rules-set", args=[1]), reverse("rules-try", args=[1]),
        reverse("rules-publish", args=[1]), reverse("rules-dry-run", args=[1]),
        reverse("rules-settings", args=[1]), reverse("rules-new", args=[1]),
        reverse("rules-rule", args=[1, "power"]), reverse("rules-discard", args=[1]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("who", ["alice", "desk", "focal", "overseer", "auditor", "operator"])
def test_only_a_registrar_sees_the_rules(client, cast, in_force, who, address):
    client.force_login(getattr(cast, who))
    assert client.get(address).status_code == 403


def test_a_visitor_is_sent_to_sign_in(client, in_force):
    assert "/accounts/" in client.get(reverse("rules")).url


def test_the_versions_are_listed(page, draft):
    shown = text_of(page("rules"))
    assert "Version 1" in shown
    assert "Version 2" in shown


def test_without_rules_the_page_says_so(page, in_force):
    in_force.delete()
    assert "every case goes to the desk" in text_of(page("rules"))


def test_rules_are_searched(page):
    shown = text_of(page("rules-set", 1, query="?words=pothole"))
    assert "About pothole." in shown
    assert "About power." not in shown
    assert "No rule has these words" in text_of(page("rules-set", 1, query="?words=zzz"))


def test_an_unknown_version_is_not_found(page):
    assert page("rules-set", 99).status_code == 404
    assert page("rules-rule", 1, "nope").status_code == 404


def test_a_text_is_tried_and_explained(page):
    form = {"text": "No electricity for days", "place": "", "category": ""}
    shown = text_of(page("rules-try", 1, post=form))
    assert "Grid Department" in shown
    assert "About power." in shown
    assert "<mark>no electricity</mark>" in shown


def test_a_tried_text_for_the_desk_says_why(page):
    form = {"text": "my meter", "place": "Nowhere", "category": ""}
    shown = text_of(page("rules-try", 1, post=form))
    assert "The place has to be known first." in shown
    assert "The place that you gave is not known." in shown


def test_a_tried_text_is_escaped(page):
    form = {"text": "<script>no electricity</script>", "place": "", "category": ""}
    assert "<script>no electricity" not in text_of(page("rules-try", 1, post=form))


def test_a_draft_is_begun_edited_and_published(page, in_force):
    assert "The draft was begun." in text_of(page("rules-begin-draft", 1, post={}))
    assert "The rule was saved." in text_of(page("rules-new", 2, post=GOOD))
    changed = {**GOOD, "words": "wrong bill|odd bill"}
    assert "The rule was saved." in text_of(page("rules-rule", 2, "bill", post=changed))
    assert "The rule was deleted." in text_of(page("rules-delete", 2, "meter", post={}))
    assert "New cases will be routed" in text_of(page("rules-publish", 2))
    assert "The rules are in force." in text_of(page("rules-publish", 2, post={}))
    assert services.current("bd").version == 2
    assert "Only a draft can be changed." in text_of(page("rules-rule", 2, "bill"))


def test_a_mistaken_rule_is_shown_with_its_mistakes(page, draft):
    shown = text_of(page("rules-new", 2, post={**GOOD, "words": "a||b", "target": "nobody"}))
    assert "There is nothing between two | or at an end." in shown
    assert "There is no office “nobody”." in shown
    assert "a||b" in shown
    assert draft.rules.count() == 3


def test_a_draft_that_can_not_be_published_says_what_is_wrong(page, draft):
    draft.rules.filter(code="power").update(target="gone")
    assert "power: target" in text_of(page("rules-publish", 2))
    page("rules-publish", 2, post={})
    assert services.current("bd").version == 1


def test_settings_are_changed_line_by_line(page, draft):
    form = {
        "threshold": "0.6", "official_titles": "engineer\nminister\n", "misconduct_words": "bribe",
        "place_stopwords": "", "spelling": "cuurent = current",
    }  # fmt: skip
    assert "The settings were changed." in text_of(page("rules-settings", 2, post=form))
    draft.refresh_from_db()
    assert draft.settings["threshold"] == 0.6
    assert draft.settings["official_titles"] == ["engineer", "minister"]
    assert draft.settings["spelling"] == {"cuurent": "current"}
    assert draft.settings["place_prefixes"]
    shown = text_of(page("rules-settings", 2, post={**form, "spelling": "no sign here"}))
    assert "everyday = standard" in shown


def test_rules_that_the_registry_left_behind_are_told(page, in_force):
    in_force.rules.filter(code="power").update(target="gone")
    assert "power: target: there is no office “gone”" in text_of(page("rules-set", 1))


def test_a_draft_is_discarded(page, draft):
    page("rules-discard", 2)
    page("rules-discard", 2, post={})
    assert not RuleSet.objects.filter(status="draft").exists()


def test_what_would_move_is_counted(page, draft, registrar, monkeypatch):
    monkeypatch.setattr(dry_runs, "_SOURCES", [])
    assert "There are no past cases to try on." in text_of(page("rules-dry-run", 2))
    services.register_past_facts(lambda country, limit: [Facts("no electricity", country)] * 3)
    services.delete_rule(actor=registrar, draft=draft, code="power")
    shown = text_of(page("rules-dry-run", 2, post={}))
    assert "3 of 3 would move" in shown
    assert "Grid Department" in shown
    assert "The desk" in shown


def test_changes_are_only_made_by_post(page, client, draft):
    for name, arguments in (("rules-begin-draft", [1]), ("rules-delete", [2, "power"])):
        assert client.get(reverse(name, args=arguments)).status_code == 405
