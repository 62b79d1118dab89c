"""POST requests: a form becomes a case; nothing of it is lost, and the same form is one case."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from channels.models import ApiKey, Message
from channels.open311 import keys
from complaints.models import Case, Contact, Event, Notice
from complaints.services import contacts
from tests.channels.open311 import BASE, Program, case_of, new_key
from tests.complaints.conftest import Scene
from tests.factories.routing import publish_rules


@pytest.fixture
def key(scene: Scene) -> str:
    return new_key(scene)[1]


@pytest.fixture
def app(key: str) -> Program:
    return Program(key)


# --- What comes of a form -------------------------------------------------------------------


def test_a_form_becomes_a_case_and_its_number_is_the_answer(app: Program, scene: Scene):
    row = app.file(
        lat="23.7806",
        long="+90.4193",
        address_string="House 12, Station Road",
        email="Rahima@Example.org",
        phone="01712345678",
        first_name="Rahima",
        last_name="Begum",
    )
    assert set(row) == {"service_request_id", "service_notice", "account_id"}
    case = case_of(row)
    assert case.channel == "open311"
    assert (case.latitude, case.longitude) == (23.7806, 90.4193)
    assert (case.category, case.place) == (scene.cast.billing, scene.cast.upazila)
    assert case.place_note == "House 12, Station Road"
    assert case.text == "The electricity meter shows a wrong number since May."
    flags = (case.publish_consent, case.sensitive, case.anonymous, case.share_contact)
    assert flags == (False, False, False, False)
    contact = contacts.details_of(Contact.objects.get(case=case))
    told = {name: contact[name] for name in ("name", "phone", "email")}
    assert told == {
        "name": "Rahima Begum",
        "phone": "+8801712345678",
        "email": "rahima@example.org",
    }


def test_the_answer_in_xml_holds_the_number_and_never_a_token(app: Program):
    form = {
        "service_code": "roads",
        "address_string": "Mirzapur bazar",
        "description": "A hole in the road in front of the school.",
        "account_id": "42",
    }
    xml = app.post(form="xml", **form)
    [request] = xml
    assert (xml.tag, request.tag) == ("service_requests", "request")
    assert Case.objects.get().number == request.findtext("service_request_id")
    assert request.findtext("account_id") == "42"
    assert request.find("token") is None


def test_the_router_forwards_it_like_any_other(app: Program, scene: Scene):
    publish_rules({"words": "meter*", "target": scene.cast.department.code})
    assert case_of(app.file()).holder == scene.cast.department


def test_the_record_names_the_channel_and_the_key_and_no_person(app: Program, scene: Scene):
    case = case_of(app.file(first_name="Rahima", email="rahima@example.org"))
    event = Event.objects.get(case=case, seq=1)
    assert (event.move, event.party, event.channel) == ("submit", "channel", "open311")
    assert event.data == {"kind": "complaint", "api_key": str(ApiKey.objects.get().pk)}


def test_whoever_is_named_is_sent_number_and_secrets_in_two_messages(app: Program):
    row = app.file(email="rahima@example.org")
    told = Notice.objects.filter(case__number=row["service_request_id"]).order_by("id")
    assert [notice.template for notice in told] == ["receipt", "receipt_withdrawal"]
    assert {notice.channel for notice in told} == {"email"}
    assert all(notice.sealed for notice in told)
    assert "We write to the address" in row["service_notice"]
    assert "Answered by 5 December 2026" in row["service_notice"]


def test_whoever_names_nobody_is_told_so_and_gets_no_message(app: Program):
    row = app.file(first_name="Rahima")
    assert "nobody can be told" in row["service_notice"]
    assert not Notice.objects.filter(contact__isnull=False).exists()


def test_ids_of_devices_and_accounts_are_not_kept(app: Program):
    row = app.file(device_id="imei-490154203237518", deviceid="other-1", account_id="acc-77")
    assert row["account_id"] == "acc-77"
    case = case_of(row)
    kept = f"{Case.objects.filter(pk=case.pk).values()} {Event.objects.values()}"
    for identifier in ("490154203237518", "other-1", "acc-77"):
        assert identifier not in kept


def test_what_has_no_field_of_ours_stands_below_the_description(app: Program):
    address = "House 12, " * 30
    row = app.file(
        **{
            "attribute[METER]": "4711",
            "attribute[COLOUR][]": ["red", "blue"],
            "media_url": ["https://x.example/1.jpg", "https://x.example/2.jpg"],
            "address_string": address,
        }
    )
    case = case_of(row)
    assert case.text.split("\n") == [
        "The electricity meter shows a wrong number since May.",
        "",
        "METER: 4711",
        "COLOUR: red, blue",
        "media_url: https://x.example/1.jpg",
        "media_url: https://x.example/2.jpg",
        f"address_string: {address.strip()}",
    ]
    assert case.place_note == address[:200]


@pytest.mark.parametrize(
    ("said", "agreed"),
    [("true", True), ("TRUE", True), ("1", True), ("yes", True), ("false", False), ("", False)],
)
def test_only_who_says_so_agrees_to_publishing(app: Program, said, agreed):
    assert case_of(app.file(**{"attribute[publish]": said})).publish_consent is agreed


def test_what_is_about_an_official_is_sensitive_and_never_for_publishing(app: Program):
    given = {"attribute[about_official]": "true", "attribute[publish]": "true"}
    case = case_of(app.file(**given))
    assert (case.sensitive, case.publish_consent) == (True, False)
    assert case.text.endswith("since May.")


@pytest.mark.parametrize(
    ("words", "header", "language"),
    [
        ("বিদ্যুতের মিটারে ভুল সংখ্যা দেখাচ্ছে, কেউ আসে না।", "en", "bn"),
        ("The electricity meter shows a wrong number.", "bn", "en"),
        ("xxxxxxxxxx yyyyyyyyyyyy", "bn", "bn"),
    ],
)
def test_a_case_is_in_the_language_of_its_words(key: str, words, header, language):
    data = {
        "api_key": key,
        "service_code": "roads",
        "address_id": "3.47.1",
        "description": words,
    }
    headers = {"Accept-Language": header}
    assert Client().post("/open311/v2/requests.json", data, headers=headers).status_code == 200
    assert Case.objects.get().language == language


@pytest.mark.parametrize("content_type", ["urlencoded", "multipart"])
def test_forms_come_urlencoded_and_multipart(key: str, content_type):
    text = "মিটারে ভুল সংখ্যা দেখাচ্ছে, কেউ আসে না।"
    data: Any = {
        "api_key": key,
        "service_code": "roads",
        "address_id": "3.47.1",
        "description": text,
    }
    if content_type == "urlencoded":
        body = "&".join(f"{name}={value}" for name, value in data.items())
        given = {
            "data": body.encode(),
            "content_type": "application/x-www-form-urlencoded; charset=utf-8",
        }
    else:
        given = {"data": data}
    assert Client().post(f"{BASE}requests.xml", **given).status_code == 200
    assert Case.objects.get().text == text


def test_a_form_needs_no_token_of_a_page(key: str):
    client = Client(enforce_csrf_checks=True)
    data = {
        "api_key": key,
        "service_code": "roads",
        "address_id": "3.47.1",
        "description": "A hole in the road in front of the school.",
    }
    assert client.post(f"{BASE}requests.json", data).status_code == 200


# --- Bad input ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"service_code": None}, "service_code is missing."),
        ({"address_id": None}, "Say where: lat and long, or address_string, or address_id."),
        ({"address_id": "9.99"}, "address_id: Some of what was sent needs to be corrected."),
        ({"lat": "23.7"}, "lat and long: give both or none."),
        ({"long": "90"}, "lat and long: give both or none."),
        ({"lat": "90.5", "long": "90"}, "lat: give degrees from -90 to 90, like 23.7806."),
        ({"lat": "north", "long": "90"}, "lat: give degrees from -90 to 90, like 23.7806."),
        ({"lat": "nan", "long": "90"}, "lat: give degrees from -90 to 90, like 23.7806."),
        ({"lat": "1e1", "long": "90"}, "lat: give degrees from -90 to 90, like 23.7806."),
        ({"lat": "23,7", "long": "90"}, "lat: give degrees from -90 to 90, like 23.7806."),
        ({"lat": "23.7", "long": "181"}, "long: give degrees from -180 to 180, like 23.7806."),
        ({"description": None}, "description: write at least 10 letters."),
        ({"description": "1234567890 !!"}, "description: write at least 10 letters."),
        ({"description": "x" * 5000}, "description: at most 4000 characters."),
        ({"email": "rahima"}, "email: Enter a valid email address."),
        ({"attribute[publish]": "perhaps"}, "attribute[publish]: give true or false."),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_filed(app: Program, given, said):
    assert app.file(400, **given) == [said]
    assert not Case.objects.exists()


def test_a_wrong_telephone_number_is_named(app: Program):
    [said] = app.file(400, phone="12")
    assert said.startswith("phone: This is not a telephone number.")


def test_all_that_is_wrong_is_said_at_once(app: Program):
    given = {"description": "short", "lat": "99", "long": "x", "service_code": None}
    said = app.file(400, **given)
    assert [sentence.split()[0] for sentence in said] == [
        "service_code",
        "lat:",
        "long:",
        "description:",
    ]


@pytest.mark.parametrize("code", ["unknown", "Electricity", "a\0b", "x" * 500])
def test_an_unknown_service_is_not_found(app: Program, code):
    assert app.file(404, service_code=code) == ["service_code was not found."]


def test_four_thousand_characters_are_taken(app: Program):
    assert len(case_of(app.file(description="x" * 4000)).text) == 4000


def test_more_lines_than_a_complaint_may_have_are_refused(app: Program):
    given = {f"attribute[A{n}]": "y" * 4000 for n in range(5)}
    [said] = app.file(400, **given)
    assert said.startswith("description: This is too long")


def test_control_characters_are_taken_out_and_break_nothing(app: Program):
    row = app.file(
        description="The meter\0 shows\x0b a wrong\r\nnumber.",
        first_name="Ra\0hima",
        address_string="House\0 12",
        **{"attribute[A\0B]": "c\0d"},
    )
    case = case_of(row)
    assert case.text == "The meter shows a wrong\nnumber.\n\nAB: cd"
    assert case.place_note == "House 12"


def test_another_governments_requests_are_refused(app: Program):
    assert app.file(404, jurisdiction_id="city.gov") == ["jurisdiction_id was not found."]
    assert app.file(jurisdiction_id="bd")


def test_files_are_refused_with_the_way_to_send_them(app: Program, key: str, tmp_path):
    photo = tmp_path / "meter.jpg"
    photo.write_bytes(b"\xff\xd8")
    with photo.open("rb") as file:
        assert "media_url" in app.file(400, media=file)[0]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b'{"api_key": "x"}', "application/json"),
        (b"", ""),
        (b"<request/>", "text/xml"),
        (b"a=b", "application/x-www-form-urlencoded; charset=latin-1"),
        (b"rubbish", "multipart/form-data"),
        (b"a=1&" * 1200, "application/x-www-form-urlencoded"),
    ],
)
def test_what_is_no_form_is_refused_in_the_format(db, body, content_type):
    response = Client().post(f"{BASE}requests.xml", body, content_type=content_type)
    assert response.status_code == 400
    assert b"<errors><error><code>400</code>" in response.content


# --- Keys -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["xml", "json"])
def test_without_a_key_in_force_nothing_is_filed(scene: Scene, key: str, form):
    revoked, old = new_key(scene, "Old app")
    keys.revoke(scene.actor(scene.cast.registrar), revoked.pk)
    for wrong in ("", "guess", old, key.upper(), key[:-1]):
        found = Program(wrong).post(form=form, expect=403, description="A hole in the road.")
        if form == "json":
            assert found[0]["code"] == 403
        else:
            assert found.findtext("error/code") == "403"
    assert not Case.objects.exists()


def test_a_key_in_the_address_is_none(scene: Scene, key: str):
    response = Client().post(f"{BASE}requests.json?api_key={key}", {"service_code": "roads"})
    assert response.status_code == 403


def test_guessing_keys_is_told_to_stop_and_a_right_key_still_files(scene: Scene, key: str):
    guesser = Program("guess")
    refused = [guesser.client.post(f"{BASE}requests.json", {"api_key": f"g{n}"}) for n in range(11)]
    assert [response.status_code for response in refused] == [403] * 10 + [429]
    assert refused[-1]["Retry-After"] == "3600"
    assert Program(key).file()


# --- The same again -------------------------------------------------------------------------


def test_the_same_form_gives_the_same_number_and_one_case(app: Program):
    assert app.file(lat="23.7", long="90.4") == app.file(long="90.4", lat="23.7")
    assert Case.objects.count() == 1
    assert app.file(lat="23.8", long="90.4") != app.file(lat="23.7", long="90.4")
    assert Case.objects.count() == 2


def test_the_same_form_is_a_new_case_a_day_later_and_for_another_key(scene: Scene, app, clock):
    first = app.file()
    assert Program(new_key(scene, "Other app")[1]).file() != first
    clock.shift(timedelta(hours=24))
    assert app.file() != first
    assert Case.objects.count() == 3


def test_an_idempotency_key_decides_instead_of_the_words(key: str):
    again, new = (
        Program(key, **{"Idempotency-Key": "a1"}),
        Program(key, **{"Idempotency-Key": "a2"}),
    )
    first = again.file()
    assert again.file() == first
    assert new.file() != first
    assert again.file(400, description="Another meter shows a wrong number.") == [
        "This key was already used for something else."
    ]


def test_an_idempotency_key_has_a_length(key: str):
    app = Program(key, **{"Idempotency-Key": "x" * 201})
    assert app.file(400) == ["Idempotency-Key: at most 200 characters."]


def test_what_comes_too_often_waits_in_the_tray_and_is_never_refused(app: Program):
    trays = [
        case_of(app.file(email="rahima@example.org", account_id=str(n))).tray for n in range(7)
    ]
    assert trays == [""] * 5 + ["too_many"] * 2


def test_a_filing_leaves_no_message_with_words_behind(app: Program):
    app.file()
    assert not Message.objects.exists()
