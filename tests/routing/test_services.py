import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.roles import Role
from agencies.models import RegistryChange
from agencies.selectors import actor_for
from agencies.services.recording import bump
from routing import services
from routing.engine import decide
from routing.facts import Facts
from routing.models import RuleSet
from routing.services import dry_runs, running
from tests.factories.agencies import make_officer

GOOD = {
    "code": "bill", "words": "wrong bill", "target": "grid", "strength": "70", "note": "Bills.",
}  # fmt: skip


def target_of(text, ruleset=None, **others):
    ready = services.compiled(ruleset) if ruleset else services.current("bd")
    return decide(Facts(text=text, country="bd", **others), ready).target


def test_the_set_in_force_decides(in_force):
    assert target_of("No electricity since morning") == "grid"
    assert target_of("my meter is broken", place="3.47.1") == "grid-district-3.47"
    assert target_of("nothing of interest") == ""


def test_without_a_set_in_force_all_goes_to_the_desk(cast):
    ready = services.current("bd")
    assert ready.version == 0
    assert decide(Facts("No electricity", "bd"), ready).desk_because == "no_rule"


def test_it_is_compiled_once(in_force, django_assert_num_queries):
    first = services.current("bd")
    with django_assert_num_queries(1):
        assert services.current("bd") is first


def test_a_change_that_is_none_of_routing_s_does_not_compile_again(in_force, cast):
    first = services.current("bd")
    RegistryChange.objects.create(country="bd", table="holiday", row_id=1, key="1")
    bump("bd")
    assert services.current("bd") is first


def test_an_official_s_name_beside_misconduct_is_seen_as_soon_as_the_post_is_held(in_force, cast):
    def because(text):
        return decide(Facts(text, "bd"), services.current("bd")).desk_because

    text = "No electricity unless Rahima Khatun gets a bribe"
    assert because(text) == ""
    first = services.current("bd")
    make_officer("Mst. Rahima Khatun", Role.FOCAL, cast.department)
    RegistryChange.objects.create(country="bd", table="post", row_id=1, key="1")
    bump("bd")
    assert because(text) == "misconduct"
    assert because("No electricity, said Rahima Khatun") == ""
    assert services.current("bd").matcher is first.matcher


def test_a_changed_office_compiles_again(in_force, cast):
    first = services.current("bd")
    RegistryChange.objects.create(country="bd", table="office", row_id=1, key="grid")
    bump("bd")
    second = services.current("bd")
    assert second is not first
    assert services.current("bd") is second


def test_new_rules_keep_the_registry_s_index(in_force, draft, registrar):
    first = services.current("bd")
    services.publish(actor=registrar, draft=draft)
    assert services.current("bd").index is first.index


@pytest.mark.django_db(transaction=True)
def test_two_threads_compile_once(in_force, monkeypatch):
    compiled = []
    monkeypatch.setattr(
        running, "registry_index",
        lambda country, read=running.registry_index: compiled.append(country) or read(country),
    )  # fmt: skip

    def ask():
        from django.db import connection

        services.current("bd")
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert compiled == ["bd"]


def test_settings_that_broke_send_everything_to_the_desk(in_force):
    in_force.settings = {"threshold": "high"}
    in_force.save()
    decision = decide(Facts("No electricity", "bd"), services.current("bd"))
    assert decision.desk_because == "rule_error"
    assert "threshold" in decision.errors[0]


# --- Drafts -----------------------------------------------------------------------------------


def test_a_draft_begins_with_the_rules_of_its_source(draft, in_force):
    assert draft.version == 2
    assert draft.begun_from == in_force
    assert draft.rules.count() == in_force.rules.count() == 3
    assert draft.status == "draft"


def test_there_is_one_draft_at_a_time(draft, in_force, registrar):
    with pytest.raises(ValidationError):
        services.begin_draft(actor=registrar, source=in_force)


def test_the_database_allows_one_set_in_force(in_force):
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSet.objects.create(country="bd", name="x", version=9, status="published")


def test_a_good_rule_is_saved_and_recorded(draft, registrar):
    services.save_rule(actor=registrar, draft=draft, values=GOOD)
    assert target_of("a wrong bill", draft) == "grid"
    assert target_of("a wrong bill") == ""
    change = RegistryChange.objects.get(key="2/bill")
    assert (change.before, change.after["words"]) == (None, "wrong bill")
    assert change.user_id == registrar.user_id


def test_a_rule_is_replaced_and_may_be_renamed(draft, registrar):
    values = {**GOOD, "code": "electricity"}
    services.save_rule(actor=registrar, draft=draft, values=values, code="power")
    assert set(draft.rules.values_list("code", flat=True)) == {"electricity", "meter", "pothole"}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("words", "bill||", "There is nothing between two | or at an end."),
        ("words", "b*ll", "“b*ll”"),
        ("strength", "lots", "“lots” is not a whole number from 0 to 100."),
        ("target", "nobody", "There is no office “nobody”."),
        ("category", "nonsense", "There is no category “nonsense”."),
        ("note", "", "Fill this in."),
        ("code", "power", "Another rule of this set is called “power”."),
    ],
)
def test_a_mistaken_rule_is_refused_with_a_message_at_its_field(
    draft, registrar, field, value, message
):
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        services.save_rule(actor=registrar, draft=draft, values={**GOOD, field: value})
    assert message in caught.value.message_dict[field][0]
    assert draft.rules.count() == 3


def test_an_overlong_value_and_null_bytes_are_no_crash(draft, registrar):
    with pytest.raises(ValidationError):
        services.save_rule(actor=registrar, draft=draft, values={**GOOD, "category": "x" * 999})
    services.save_rule(actor=registrar, draft=draft, values={**GOOD, "note": "a\0b"})
    assert draft.rules.get(code="bill").note == "ab"


def test_only_a_draft_can_be_changed(in_force, registrar):
    for change in (
        lambda: services.save_rule(actor=registrar, draft=in_force, values=GOOD),
        lambda: services.delete_rule(actor=registrar, draft=in_force, code="power"),
        lambda: services.save_settings(actor=registrar, draft=in_force, changes={}),
        lambda: services.discard_draft(actor=registrar, draft=in_force),
        lambda: services.publish(actor=registrar, draft=in_force),
    ):
        with pytest.raises(ValidationError):
            change()
    assert in_force.rules.count() == 3


@pytest.mark.parametrize("who", ["desk", "overseer", "auditor", "focal", "alice"])
def test_only_a_registrar_changes_rules(cast, draft, who):
    actor = actor_for(getattr(cast, who))
    for change in (
        lambda: services.save_rule(actor=actor, draft=draft, values=GOOD),
        lambda: services.delete_rule(actor=actor, draft=draft, code="power"),
        lambda: services.save_settings(actor=actor, draft=draft, changes={}),
        lambda: services.publish(actor=actor, draft=draft),
        lambda: services.begin_draft(actor=actor, source=draft),
        lambda: services.discard_draft(actor=actor, draft=draft),
        lambda: services.retire(actor=actor, ruleset=draft),
    ):
        with pytest.raises(PermissionDenied):
            change()


def test_a_rule_is_deleted_once(draft, registrar):
    services.delete_rule(actor=registrar, draft=draft, code="power")
    assert target_of("no electricity", draft) == ""
    with pytest.raises(ValidationError):
        services.delete_rule(actor=registrar, draft=draft, code="power")


def test_settings_are_checked(draft, registrar):
    draft = services.save_settings(actor=registrar, draft=draft, changes={"threshold": 0.9})
    assert target_of("no electricity", draft) == ""
    with pytest.raises(ValidationError):
        services.save_settings(actor=registrar, draft=draft, changes={"threshold": 7})


def test_a_discarded_draft_is_gone(draft, registrar):
    services.discard_draft(actor=registrar, draft=draft)
    assert not RuleSet.objects.filter(status="draft").exists()


# --- Publishing -------------------------------------------------------------------------------


def test_publishing_retires_the_set_before(draft, in_force, registrar):
    services.save_rule(actor=registrar, draft=draft, values=GOOD)
    assert target_of("a wrong bill") == ""
    services.publish(actor=registrar, draft=draft)
    assert target_of("a wrong bill") == "grid"
    in_force.refresh_from_db()
    assert in_force.status == "retired"
    assert in_force.retired_at
    assert services.current("bd").version == 2


def test_a_draft_with_a_mistake_is_not_published(draft, registrar):
    draft.rules.filter(code="power").update(target="gone")
    with pytest.raises(ValidationError) as caught:
        services.publish(actor=registrar, draft=draft)
    assert "power" in caught.value.messages[0]
    assert services.current("bd").version == 1


def test_a_retired_set_decides_nothing_and_can_be_begun_from(in_force, registrar):
    services.retire(actor=registrar, ruleset=in_force)
    assert target_of("no electricity") == ""
    with pytest.raises(ValidationError):
        services.retire(actor=registrar, ruleset=in_force)
    draft = services.begin_draft(actor=registrar, source=in_force)
    services.publish(actor=registrar, draft=draft)
    assert target_of("no electricity") == "grid"


# --- Dry run ----------------------------------------------------------------------------------


def test_a_dry_run_counts_what_would_move(draft, registrar):
    services.delete_rule(actor=registrar, draft=draft, code="power")
    services.save_rule(
        actor=registrar, draft=draft, code="pothole",
        values={"code": "pothole", "words": "pothole*", "target": "power", "strength": "80",
                "note": "Moved."},
    )  # fmt: skip
    texts = ["no electricity"] * 3 + ["potholes"] * 2 + ["something else"]
    run = services.dry_run(draft, [Facts(text, "bd") for text in texts])
    assert (run.total, run.moved) == (6, 5)
    assert [(move.before, move.after, move.count) for move in run.moves] == [
        ("grid", "", 3), ("roads", "power", 2),
    ]  # fmt: skip
    assert (run.to_desk_before, run.to_desk_after) == (1, 4)


def test_a_dry_run_of_nothing_is_empty(draft):
    assert services.dry_run(draft, []).moved == 0


def test_past_facts_come_from_the_room_above(monkeypatch):
    monkeypatch.setattr(dry_runs, "_SOURCES", [])
    assert services.past_facts("bd") is None
    services.register_past_facts(lambda country, limit: [Facts("a", country)] * limit)
    assert len(list(services.past_facts("bd", 3))) == 3
