"""The table of what is kept names every column that can be about somebody; nothing new is forgotten."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.test import Client
from django.utils.translation import override

from accounts.models import User
from agencies.policies import DEFAULTS
from agencies.services.policies import set_policy
from complaints.retention import KEPT, Kept
from complaints.selectors import kept
from tests.complaints.conftest import Scene

#: Columns that could hold something about somebody by their type, and do not: what kind of thing they
#: hold instead. A new column belongs here or into `complaints.retention.KEPT`.
HOLD_NOBODY: dict[str, str] = {
    # The framework's own
    "auth.Permission": "name codename",
    "auth.Group": "name",
    "contenttypes.ContentType": "app_label model",
    # Codes and languages
    "accounts.User": "language",
    "mfa.Authenticator": "type",
    "complaints.Case": (
        "country number language channel waiting_from tray unranked outcome ending status kind priority"
        " imported_from"
    ),
    "complaints.Clock": "kind unit zone",
    "complaints.Contact": "way language",
    "complaints.Event": "move from_status to_status actor_kind party channel office_id",
    "complaints.Handle": "channel language",
    "complaints.Heartbeat": "name",
    "complaints.Attendance": "party",
    "complaints.Notice": "template language channel",
    "complaints.Restriction": "country",
    "complaints.RoutingRecord": "ruleset target suggested confidence desk_because",
    "channels.Device": "language",
    "channels.Message": "channel why",
    "channels.Played": "channel",
    "channels.Provider": "name last_error",
    "oversight.Alert": "subject found",
    "oversight.AlertRule": "channel",
    "oversight.Audit": "outcome ending answers",
    "oversight.Backlog": "channel kind stage ages late_ages",
    "oversight.Draw": "country",
    "oversight.Fact": "channel kind status ending outcome stage",
    "oversight.FileOrder": "what language content_type why",
    "oversight.Issue": "country language",
    "oversight.IssueNote": "step",
    "oversight.Kept": "country",
    "oversight.Tally": "grain channel kind took worked took_agency",
    "fairplay.Cluster": "country channels",
    "fairplay.Flag": "country numbers",
    "fairplay.Member": "why",
    "fairplay.Print": "country place_path",
    "fairplay.Watermark": "country name",
    # The registry: offices, places, rules; a country's public data
    "agencies.Calendar": "names country code time_zone weekend",
    "agencies.CalendarChange": "kind",
    "agencies.Category": "names country code path",
    "agencies.DeadlinePolicy": "country name kind unit priority",
    "agencies.Holiday": "names source",
    "agencies.Office": (
        "names country code path short_name aliases email phone website search_text"
    ),
    "agencies.OfficeType": "names country code body level",
    "agencies.Place": "names country code level path latitude longitude search_text",
    "agencies.RegistryChange": "country table",
    "agencies.RegistryVersion": "country pack_hash",
    "agencies.Service": "names country code what officer_role",
    "routing.RuleSet": "country name status settings pack_digest",
    "routing.RuleRow": (
        "code words not_words category place named kind channel language target target_type strength"
        " note"
    ),
    # Tokens of agencies' systems, hashed, for ten minutes; the library's other tables stay empty
    "oauth2_provider.AccessToken": "user token token_checksum scope resource",
    "oauth2_provider.DeviceGrant": "user device_code user_code scope client_id",
    "oauth2_provider.Grant": ("user code redirect_uri scope code_challenge nonce claims resource"),
    "oauth2_provider.IDToken": "user scope",
    "oauth2_provider.RefreshToken": "user token token_checksum resource",
    # Agencies' systems: machines, their addresses and words
    "systems.City": "url jurisdiction sealed_key services error",
    "systems.Doubt": "code column",
    "systems.Endpoint": "url sealed_secret sealed_previous off_because",
    "systems.Forwarding": "error",
    "systems.Import": "source file_name file_hash mapping_hash",
    "systems.Meaning": "theirs move fill",
    "systems.Reference": "source",
    "systems.System": ("allowed_origins networks post_logout_redirect_uris redirect_uris scopes"),
    # The log of hashes
    "record.Node": "hash",
    "record.SigningKey": "id public",
    "record.TreeHead": "root previous_root consistency key signature",
}
#: Types that words, numbers of people, or a place on the map fit into.
COULD_HOLD = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.FileField,
    models.FloatField,
    ArrayField,
)


def could_be_about_somebody(field: models.Field) -> bool:
    if isinstance(field, models.ForeignKey):
        return field.related_model is User
    if field.name == "actor_id":
        return True
    return isinstance(field, COULD_HOLD) and not field.choices


def columns() -> set[tuple[str, str]]:
    return {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if could_be_about_somebody(field)
    }


NAMED = {column for kind in KEPT for column in kind.columns()}
NOBODYS = {(model, name) for model, names in HOLD_NOBODY.items() for name in names.split()}


def test_every_column_that_can_be_about_somebody_is_in_the_table() -> None:
    new = sorted(columns() - NAMED - NOBODYS)
    assert not new, f"Say in complaints/retention.py how long they are kept: {new}"


def test_the_table_names_no_column_that_is_not_there() -> None:
    there = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
    }
    assert sorted((NAMED | NOBODYS) - there) == []


def test_no_column_is_both_about_somebody_and_about_nobody() -> None:
    assert set() == NAMED & NOBODYS


@pytest.mark.parametrize("kind", KEPT, ids=lambda kind: kind.code)
def test_each_kind_has_a_time_in_one_way(kind: Kept) -> None:
    assert not (kind.policy and kind.hours)
    if kind.policy:
        assert DEFAULTS[kind.policy].unit == "calendar_days"
    assert kind.since


def test_each_number_for_keeping_is_used() -> None:
    numbers = {name for name in DEFAULTS if name.endswith("_kept")} - {"unfinished_kept"}
    assert {kind.policy for kind in KEPT if kind.policy} == numbers | {"cluster_window"}


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in KEPT]
    assert len(codes) == len(set(codes))


def test_the_document_has_the_table_as_it_is() -> None:
    page = Path("docs/data-protection.md").read_text(encoding="utf-8")
    with override("en"):
        assert kept.document() in page


def test_the_privacy_page_says_what_is_kept_and_how_long(scene: Scene, client: Client) -> None:
    page = client.get("/en/privacy/").content.decode()
    assert "2 years from the closing of the case" in page
    assert "10 years" in page
    assert "12 hours" in page
    for kind in KEPT:
        with override("en"):
            assert (str(kind.what) in page.replace("&#x27;", "'")) != kind.inside


def test_the_privacy_page_follows_the_number_that_the_government_set(
    scene: Scene, client: Client, clock: object
) -> None:
    registrar = scene.actor(scene.cast.registrar)
    set_policy(registrar, country="bd", name="contact_kept", amount=100, unit="calendar_days")
    page = client.get("/en/privacy/").content.decode()
    assert "100 days from the closing of the case" in page
    assert not re.search(r"\b2 years from the closing", page)
