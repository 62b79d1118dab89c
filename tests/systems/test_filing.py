"""An agency's system files cases for citizens: once for each of its numbers."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from complaints.models import Attachment, Case, Contact, Event, Notice, RoutingRecord
from complaints.selectors.access import visible_to
from complaints.services import identity
from complaints.submission import ContactDetails
from routing.services import forget
from systems.models import Reference, System
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.complaints.uploads import image
from tests.complaints.verifying import codes
from tests.factories.routing import publish_rules
from tests.systems.conftest import Join, Joined
from tests.systems.working import FILED, TEXT, Works, newest

MOST_STATEMENTS = 14
NOT_COUNTED = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@pytest.fixture
def works(joined: Joined) -> Works:
    return Works(joined)


def test_a_case_is_filed_under_the_number_of_the_system(works: Works) -> None:
    answer = works.file()
    body, case = answer.json(), newest()
    assert answer.status_code == 201
    assert set(body) == {
        *("number", "external_ref", "status", "agency", "forward_due", "answer_due"),
    }
    assert (body["number"], body["external_ref"]) == (case.number, "GW-1")
    assert (body["status"], body["agency"]) == ("received", None)
    assert (case.channel, case.text, case.owner, case.filed_by) == (
        *("agency_system", TEXT, None, None),
    )
    reference = Reference.objects.get()
    assert (reference.case, reference.source) == (case, "agency:grid")
    assert reference.system == works.system
    assert answer["Cache-Control"] == "no-store"


def test_the_record_says_which_system_filed_it_and_that_it_is_no_citizen(works: Works) -> None:
    works.file()
    event = Event.objects.get(move="submit")
    assert (event.party, event.actor_kind, event.channel) == ("channel", "channel", "agency_system")
    assert event.data["system"] == str(works.system.pk)
    assert event.data["by_office"] == works.system.office.code
    assert codes() == set()


def test_no_secret_is_in_the_answer_and_both_go_to_the_citizen(works: Works) -> None:
    body = works.file(name="Rahima", phone="01712345678").json()
    told = Notice.objects.filter(case=newest()).order_by("id")
    assert [row.template for row in told if row.contact] == ["receipt", "receipt_withdrawal"]
    assert {row.channel for row in told} == {"sms"}
    assert all(row.sealed for row in told)
    assert "secret" not in str(body)


def test_without_a_contact_it_is_filed_and_nobody_is_told(works: Works) -> None:
    assert works.file().status_code == 201
    assert not Notice.objects.filter(contact__isnull=False).exists()
    assert not Contact.objects.exists()


def test_the_contact_is_sealed_and_the_system_never_reads_it_again(works: Works) -> None:
    works.file(name="Rahima", phone="01712345678", share_contact=True, take=True)
    case = newest()
    assert identity.contact_of(case) == ContactDetails(name="Rahima", phone="+8801712345678")
    shown = works.case(case.number)
    assert shown.status_code == 200
    assert "Rahima" not in shown.content.decode()
    assert "1712345678" not in shown.content.decode()
    assert "break_seal" not in shown.json()["moves"]
    refused = works.move(case.number, "break_seal", {"reason": "To visit the house"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_yours")


# --- Once -------------------------------------------------------------------------------------


def test_the_same_again_finds_the_case(works: Works) -> None:
    first = works.file(name="Rahima", phone="01712345678")
    again = works.file(name="Rahima", phone="01712345678")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Case.objects.count() == 1
    assert Notice.objects.filter(template="receipt").count() == 1


def test_a_repeat_is_told_where_the_case_is_by_then(works: Works, scene: Scene) -> None:
    works.file()
    play = Play.__new__(Play)
    play.scene, play.cast, play.number = scene, scene.cast, newest().number
    play.forward()
    body = works.file().json()
    assert (body["status"], body["agency"]) == ("forwarded", scene.cast.department.code)


def test_the_number_of_another_case_is_refused(works: Works) -> None:
    works.file()
    other = works.file(text="The street light in our lane is dark.")
    assert (other.status_code, other.json()["code"]) == (409, "reference_used")
    assert Case.objects.count() == 1


@pytest.mark.parametrize("ref", ["GW-1", "  GW-1 ", "GW-1\u200b"[:4]])
def test_a_number_is_the_same_with_blanks_around_it(works: Works, ref: str) -> None:
    works.file()
    assert works.file(external_ref=ref).status_code == 200


def test_numbers_are_an_agencys_own(works: Works, join: Join, scene: Scene) -> None:
    works.file()
    rival = Works(join(scene.cast.rival_ministry))
    assert rival.file().status_code == 201
    assert Case.objects.count() == 2


def test_two_systems_of_one_agency_share_its_numbers(
    works: Works, join: Join, scene: Scene
) -> None:
    first = works.file().json()["number"]
    below = Works(join(scene.cast.district_office, name="District"))
    again = below.file()
    assert (again.status_code, again.json()["number"]) == (200, first)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"external_ref": ""}, "external_ref"),
        ({"external_ref": " \u00a0 "}, "external_ref"),
        ({"external_ref": "x" * 201}, "external_ref"),
        ({"external_ref": "a\u0007b"}, "external_ref"),
        ({"text": "short"}, "text"),
        ({"phone": "hello"}, "phone"),
        ({"category": "none"}, "category"),
        ({"files": ["00000000-0000-4000-8000-000000000000"]}, "files"),
        ({"take": "perhaps"}, "take"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_filed(works: Works, body: Any, field: str) -> None:
    answer = works.file(**body)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not Case.objects.exists()
    assert not Reference.objects.exists()


def test_a_filing_without_a_number_is_refused(works: Works) -> None:
    answer = works.api.post("/api/v1/system/cases/", {"text": TEXT})
    assert "external_ref" in answer.json()["errors"]


def test_a_filing_with_files_may_come_again(works: Works) -> None:
    upload = SimpleUploadedFile("meter.jpg", image(), "image/jpeg")
    key = works.api.post("/api/v1/files/", {"file": upload}, format="multipart").json()["key"]
    assert works.file(files=[key]).status_code == 201
    assert works.file(files=[key]).status_code == 200
    assert Attachment.objects.get().case == newest()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_one_case(joined: Joined) -> None:
    token = joined.token()

    def send(_n: int) -> tuple[int, str]:
        try:
            answer = joined.client(token=token).post("/api/v1/system/cases/", FILED)
            return answer.status_code, answer.json().get("number", answer.content)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert sorted(status for status, _number in answers) == [200, 200, 200, 201]
    assert len({number for _status, number in answers}) == 1
    assert Case.objects.count() == 1


# --- Taken at once ----------------------------------------------------------------------------


def test_what_is_its_own_goes_to_its_office_at_once(works: Works, scene: Scene) -> None:
    body = works.file(take=True, phone="01712345678").json()
    case, office = newest(), scene.cast.department
    assert (body["status"], body["agency"]) == ("forwarded", office.code)
    assert case.holder == office
    event = Event.objects.get(case=case, move="forward")
    assert (event.actor_kind, event.actor_id) == ("system", works.system.user_id)
    assert event.data["taken_by"] == works.system.user_id
    assert event.office_id == office.pk
    told = set(Notice.objects.filter(case=case).values_list("template", flat=True))
    assert told == {"receipt_with", "receipt_withdrawal", "new_case"}
    assert RoutingRecord.objects.filter(case=case).exists()
    assert codes() == set()


def test_taking_counts_over_the_rules(works: Works, scene: Scene) -> None:
    publish_rules({"words": "meter*", "target": scene.cast.rival_ministry.code})
    assert works.file().json()["agency"] == scene.cast.rival_ministry.code
    assert works.file(external_ref="2", take=True).json()["agency"] == scene.cast.department.code


def test_a_case_about_an_official_is_never_taken(works: Works) -> None:
    body = works.file(take=True, about_official=True).json()
    assert (body["status"], body["agency"]) == ("received", None)
    assert newest().holder is None
    assert works.case(body["number"]).status_code == 404


def test_what_seems_to_be_about_misconduct_is_read_by_a_person_first(
    works: Works, scene: Scene
) -> None:
    rules = publish_rules({"words": "meter*", "target": scene.cast.department.code})
    rules.settings |= {"official_titles": ["engineer"], "misconduct_words": ["a bribe"]}
    rules.save()
    forget("bd")
    works.file(take=True, text="The engineer asked for a bribe for the meter.")
    assert newest().holder is None


def test_too_many_of_one_contact_wait_for_the_desk(works: Works) -> None:
    for n in range(30):
        works.file(external_ref=str(n), take=True, phone="01712345678")
    last = Case.objects.latest("id")
    assert (last.tray, last.holder) == ("too_many", None)


# --- Finding ----------------------------------------------------------------------------------


def test_a_case_is_found_by_its_number_there(works: Works) -> None:
    filed = works.file().json()
    assert works.find("GW-1").json() == filed
    assert works.find(" GW-1 ").status_code == 200
    assert works.find("GW-2").status_code == 404
    assert works.find("").status_code == 422


def test_of_a_sealed_case_its_filer_is_told_no_more_than_that_it_is_there(
    works: Works, scene: Scene
) -> None:
    number = works.file(about_official=True).json()["number"]
    Case.objects.filter(number=number).update(status="closed")
    body = works.find("GW-1").json()
    assert (body["number"], body["status"], body["agency"]) == (number, None, None)


def test_another_agencys_number_finds_nothing(works: Works, join: Join, scene: Scene) -> None:
    works.file()
    assert Works(join(scene.cast.rival_ministry)).find("GW-1").status_code == 404


def test_another_system_of_the_agency_finds_only_what_it_may_see(
    works: Works, join: Join, scene: Scene
) -> None:
    works.file(take=True)
    below = Works(join(scene.cast.district_office, name="District"))
    assert below.find("GW-1").status_code == 404
    above = Works(join(scene.cast.ministry, name="Ministry"))
    assert above.find("GW-1").status_code == (
        200 if scene.cast.ministry.agency == scene.cast.department.agency else 404
    )


# --- Who may, and what it costs ----------------------------------------------------------------


@pytest.mark.parametrize("scopes", [["cases:read"], ["cases:move", "events:read"]])
def test_filing_needs_its_scope(join: Join, scopes: list[str]) -> None:
    works = Works(join(scopes=scopes))
    answer = works.file()
    assert (answer.status_code, answer.json()["code"]) == (403, "scope")
    assert not Case.objects.exists()


def test_people_do_not_file_there(scene: Scene, client: Any) -> None:
    client.force_login(scene.cast.focal)
    answer = client.post("/api/v1/system/cases/", FILED, content_type="application/json")
    assert answer.status_code in (401, 403)


def test_filing_stays_in_its_budget(works: Works) -> None:
    works.file(external_ref="warm")
    with CaptureQueriesContext(connection) as captured:
        works.file(phone="01712345678", take=True)
    of_access = ("oauth2_provider_accesstoken", "systems_system", "agencies_post")
    done = [q["sql"] for q in captured if not q["sql"].startswith(NOT_COUNTED)]
    done = [sql for sql in done if not any(f'FROM "{table}"' in sql for table in of_access)]
    assert len(done) <= MOST_STATEMENTS, "\n".join(sql[:160] for sql in done)


def test_the_account_of_a_system_sees_nothing_of_what_is_at_the_desk(
    works: Works, system: System
) -> None:
    works.file()
    assert not visible_to(works.joined.actor).exists()
    assert works.joined.actor.has(Role.SYSTEM)
