"""What leaves with an export, and what never does; the command, the page, the file that is ordered."""

import hashlib
import json
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client
from openpyxl import load_workbook

from complaints.models import Attachment
from complaints.services import casework, files
from oversight.models import FileOrder
from oversight.orders import making, placing
from systems.export import writing
from systems.export.choosing import Owned
from systems.export.orders import make
from systems.export.writing import Form, TooMany
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.complaints.uploads import PLAIN_PDF, image, pdf, upload
from tests.systems.taking_out import rows, written

ADDRESS = "/en/office/export/"


def moves(row: dict[str, Any]) -> list[str]:
    """The steps of a row."""
    return [step["move"] for step in row["history"]]


def words(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False)


def send(client: Client, user: Any, **given: str) -> Any:
    client.force_login(user)
    return client.post(ADDRESS, given)


# --- Which cases -----------------------------------------------------------------------------------------


def test_what_an_office_has_and_had_and_those_below_it(scene: Scene) -> None:
    cast = scene.cast
    here, below = Play(scene).forward(), Play(scene).forward(cast.district_office)
    gone = Play(scene).forward().send_back().forward(cast.rival_ministry)
    elsewhere, desk = Play(scene).forward(cast.rival_ministry), Play(scene)

    assert set(rows(cast.department)) == {here.number, below.number, gone.number}
    assert set(rows(cast.district_office)) == {below.number}
    assert elsewhere.number not in rows(cast.ministry)
    assert desk.number not in rows(cast.ministry)


def test_nobody_takes_out_a_case_that_is_about_them_or_is_their_own(scene: Scene) -> None:
    about, open_one = Play(scene).forward(), Play(scene).forward()
    own = Play(scene).forward()
    about.about(user_id=scene.cast.head.pk)
    case = own.case
    case.owner = scene.cast.head
    case.save(update_fields=["owner"])

    assert set(rows(scene.cast.department, scene.actor(scene.cast.head))) == {open_one.number}
    assert about.number in rows(scene.cast.department)


def test_the_number_of_a_case_that_is_not_theirs_does_not_come_with_one_joined(
    scene: Scene,
) -> None:
    lead, joined = Play(scene).forward(), Play(scene).forward()
    joined.merge(lead)
    lead.about(user_id=scene.cast.head.pk)

    assert lead.number not in words(
        rows(scene.cast.department, scene.actor(scene.cast.head))[joined.number]
    )
    assert lead.number in words(rows(scene.cast.department)[joined.number])


# --- What of them ----------------------------------------------------------------------------------------


def test_no_contact_no_secret_and_nobody_by_their_id_leaves(scene: Scene) -> None:
    play = Play(scene).forward().accept().answer()
    play.break_seal()
    told = words(rows(scene.cast.department)[play.number])

    assert play.receipt.secret not in told
    assert "01712" not in told
    assert scene.cast.case_officer.email not in told
    assert '"case_officer":' not in told
    row = rows(scene.cast.department)[play.number]
    assert not any(isinstance(v, int) for s in row["history"] for v in s.get("data", {}).values())


def test_what_is_between_citizen_and_overseers_does_not_leave_even_for_overseers(
    scene: Scene,
) -> None:
    play = Play(scene).forward().accept()
    play.withdraw(pressured=True)

    row = rows(scene.cast.department, scene.actor(scene.cast.overseer))[play.number]
    assert moves(row) == ["submit", "forward", "accept"]
    assert "withdraw" not in words(row)


def test_what_is_said_within_an_appeal_leaves_once_it_is_decided(scene: Scene) -> None:
    play = Play(scene).forward().accept().answer().appeal().testify()
    department = scene.cast.department
    assert "I saw it myself." not in words(rows(department)[play.number])

    play.dismiss()
    assert "I saw it myself." in words(rows(department)[play.number])


def test_the_steps_tell_office_party_and_words(scene: Scene) -> None:
    play = Play(scene).forward().accept().answer(outcome="partly")
    row = rows(scene.cast.department)[play.number]

    answer = row["history"][-1]
    assert (answer["move"], answer["office"]) == ("answer", "grid")
    assert answer["said"]["text"] == "The meter was changed."
    assert answer["data"]["outcome"] == "partly"
    assert (row["status"], row["outcome"], row["holder"]) == ("answered", "partly", "grid")


# --- Files -----------------------------------------------------------------------------------------------


def with_photo(scene: Scene) -> tuple[Play, Attachment]:
    play = Play(scene).forward()
    casework.message(
        actor=play.actor("citizen"),
        number=play.number,
        text="Look at this.",
        files=[play.photo("citizen")],
    )
    return play, Attachment.objects.get(case=play.case)


def test_the_archive_has_each_file_once_and_as_it_is(scene: Scene, tmp_path: Path) -> None:
    play, photo = with_photo(scene)
    row = rows(scene.cast.department)[play.number]
    assert row["files"] == [{"name": "photo 1.jpg", "sha256": photo.sha256, "step": 2}]

    with ZipFile(written(tmp_path, scene.cast.department, "zip")) as archive:
        (line,) = archive.read("cases.jsonl").decode().splitlines()
        content = archive.read(f"files/{photo.sha256}.jpg")
        assert len(archive.namelist()) == 2
    assert json.loads(line) == row
    assert hashlib.sha256(content).hexdigest() == photo.sha256


def test_a_file_whose_content_is_gone_is_named(scene: Scene, tmp_path: Path) -> None:
    play, photo = with_photo(scene)
    default_storage.delete(str(photo.file.name))

    with ZipFile(written(tmp_path, scene.cast.department, "zip")) as archive:
        missing = archive.read("files/MISSING.txt").decode()
    assert missing == f"{play.number} photo 1.jpg {photo.sha256}\n"


def test_what_people_called_their_files_does_not_leave(scene: Scene, tmp_path: Path) -> None:
    play = Play(scene).forward()
    for name, content in (
        ("Abdul Karim NID.pdf", PLAIN_PDF),
        ("01712345678.jpg", image()),
        ("Karim's house.png", image("PNG")),
        ("letter of Karim.pdf", pdf(b"% one more")),
    ):
        key = str(files.store(actor=play.actor("citizen"), upload=upload(content, name)).key)
        casework.message(actor=play.actor("citizen"), number=play.number, text="See.", files=[key])
    for stored in Attachment.objects.all()[:2]:
        default_storage.delete(str(stored.file.name))

    row = rows(scene.cast.department)[play.number]
    called = ["document 1.pdf", "photo 1.jpg", "photo 2.png", "document 2.pdf"]
    assert [file["name"] for file in row["files"]] == called
    everything = written(tmp_path, scene.cast.department, "zip").read_bytes()
    with ZipFile(BytesIO(everything)) as archive:
        told = b"".join(archive.read(name) for name in ("cases.jsonl", "files/MISSING.txt"))
    assert b"Karim" not in told + everything
    assert b"01712345678" not in told + everything


# --- Spreadsheets ----------------------------------------------------------------------------------------


def test_no_cell_of_a_workbook_is_a_formula(scene: Scene, tmp_path: Path) -> None:
    Play(scene, text='=HYPERLINK("http://evil.example") is what I read.').forward()
    sheet = load_workbook(written(tmp_path, scene.cast.department, "xlsx")).active
    assert sheet is not None

    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "n"}
    texts = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert '=HYPERLINK("http://evil.example") is what I read.' in texts
    assert all(isinstance(text, str) for text in texts)


def test_a_sheet_that_would_be_too_long_is_refused(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST_IN_SHEET", 1)
    Play(scene).forward(), Play(scene).forward()
    out = BytesIO()

    with pytest.raises(TooMany):
        make(Owned(scene.cast.department), Form.XLSX, out, lambda _done, _whole: None)
    assert out.getvalue() == b""


# --- The command -----------------------------------------------------------------------------------------


def test_the_command_writes_the_file_and_says_how_many(scene: Scene, tmp_path: Path) -> None:
    play = Play(scene).forward()
    out, path = StringIO(), tmp_path / "grid.jsonl"
    call_command("export_cases", "grid", "--out", str(path), stdout=out)

    assert json.loads(path.read_text("utf-8"))["number"] == play.number
    assert "1 cases looked at" in out.getvalue()
    assert [file.name for file in tmp_path.iterdir()] == ["grid.jsonl"]


def test_the_command_takes_the_read_rule_of_an_officer(scene: Scene, tmp_path: Path) -> None:
    Play(scene).forward().about(user_id=scene.cast.head.pk)
    path = tmp_path / "grid.csv"
    call_command("export_cases", "grid", "--out", str(path), "--as", scene.cast.head.email)
    assert len(path.read_text("utf-8-sig").splitlines()) == 1


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["nowhere", "--out", "x.csv"], "no office"),
        (["grid", "--out", "x.doc"], "has to end in"),
        (["grid", "--out", "x.csv", "--as", "nobody@example.org"], "Nobody signs in"),
        (["grid", "--out", "/nowhere/at/all/x.csv"], "No such file"),
    ],
)
def test_the_command_says_what_is_wrong(
    scene: Scene, args: list[str], said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=said):
        call_command("export_cases", *args)
    assert list(tmp_path.iterdir()) == []


def test_whoever_does_not_lead_the_office_takes_nothing_out(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "grid.csv"
    with pytest.raises(CommandError, match="does not lead"):
        call_command(
            "export_cases", "grid", "--out", str(path), "--as", scene.cast.rival_focal.email
        )
    assert not path.exists()


# --- The page --------------------------------------------------------------------------------------------


def test_a_head_orders_what_their_office_has_and_gets_it_from_the_worker(
    scene: Scene, client: Client
) -> None:
    play = Play(scene).forward()
    answer = send(client, scene.cast.head, office="grid", form="jsonl")
    order = FileOrder.objects.get()
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/oversight/files/{order.pk}/")

    assert making.make_next()
    file = client.get(f"/en/oversight/files/{order.pk}/download/")
    assert json.loads(b"".join(file.streaming_content))["number"] == play.number
    client.force_login(scene.cast.focal)
    not_theirs = client.get(f"/en/oversight/files/{order.pk}/download/")
    assert not_theirs.status_code == 404
    assert "There is no such file" in not_theirs.content.decode()


def test_where_no_case_is_nothing_is_made_whether_one_is_hidden_or_none_is_there(
    scene: Scene, client: Client
) -> None:
    said = "There is nothing to take out yet"
    assert said in send(client, scene.cast.head, office="grid", form="csv").content.decode()
    Play(scene).forward().about(user_id=scene.cast.head.pk)
    answer = send(client, scene.cast.head, office="grid", form="csv")
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not FileOrder.objects.exists()
    Play(scene).forward().send_back()
    assert send(client, scene.cast.head, office="grid", form="csv").status_code == 302


def test_a_file_whose_week_is_over_is_said_to_be_erased(
    scene: Scene, client: Client, clock: Any
) -> None:
    Play(scene).forward()
    send(client, scene.cast.head, office="grid", form="csv")
    making.make_next()
    path = f"/en/oversight/files/{FileOrder.objects.get().pk}/"
    assert client.get(path).status_code == 200
    clock.shift(placing.A_WEEK)
    for address in (path, f"{path}download/"):
        client.force_login(scene.cast.head)
        answer = client.get(address)
        assert answer.status_code == 404
        assert "Files are erased a week after they were ordered." in answer.content.decode()


def test_a_file_is_named_after_the_day_that_it_is_in_the_capital(
    scene: Scene, client: Client, clock: Any
) -> None:
    Play(scene).forward()
    clock.move_to(datetime(2026, 12, 1, 20, tzinfo=UTC))
    send(client, scene.cast.head, office="grid", form="csv")
    assert FileOrder.objects.get().name == "grid-2026-12-02.csv"


def test_whoever_leads_one_office_is_not_asked_which(scene: Scene, client: Client) -> None:
    client.force_login(scene.cast.head)
    page = client.get(ADDRESS).content.decode()
    assert '<input type="hidden" name="office" value="grid"' in page
    assert f"<strong>{scene.cast.department.name}</strong>" in page


def test_an_overseer_names_any_office(scene: Scene, client: Client) -> None:
    Play(scene).forward()
    assert send(client, scene.cast.overseer, office="grid", form="csv").status_code == 302
    client.force_login(scene.cast.overseer)
    assert 'value="grid"' in client.get(f"{ADDRESS}?office=grid").content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"office": "grid"}, "Choose a kind of file."),
        ({"office": "grid", "form": "doc"}, "Select a valid choice"),
        ({"form": "csv"}, "Choose an office."),
        ({"office": "nowhere", "form": "csv"}, "No office has this code or name."),
        ({"office": "roads", "form": "csv"}, "You do not lead this office."),
    ],
)
def test_mistakes_are_said_and_nothing_is_ordered(
    scene: Scene, client: Client, given: dict[str, str], said: str
) -> None:
    answer = send(client, scene.cast.head, **given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not FileOrder.objects.exists()


def test_the_same_asked_twice_is_one_file(scene: Scene, client: Client) -> None:
    Play(scene).forward()
    for _each in range(2):
        send(client, scene.cast.head, office="grid", form="csv")
    assert FileOrder.objects.count() == 1


def test_a_case_officer_is_refused(scene: Scene, client: Client) -> None:
    assert send(client, scene.cast.case_officer, office="grid", form="csv").status_code == 403


def test_an_order_of_somebody_who_lost_the_post_is_not_made(scene: Scene, client: Client) -> None:
    Play(scene).forward()
    send(client, scene.cast.head, office="grid", form="csv")
    scene.cast.head.posts.update(held_to="2026-11-20T00:00:00Z")

    for _each in range(making.MOST_TRIES):
        making.make_next()
    assert FileOrder.objects.get().status == FileOrder.Status.FAILED
