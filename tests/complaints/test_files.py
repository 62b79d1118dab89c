"""Files of a case: taken with a move, and shown to those who see the case."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.http import Http404
from django.utils import translation

from complaints.errors import Invalid
from complaints.models import Attachment
from complaints.services import casework, files, intake
from complaints.submission import Submission
from tests.complaints.conftest import Scene
from tests.complaints.uploads import CITIZEN, PLAIN_PDF, fetch, store, stored


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path / "files"
    with translation.override("en"):
        yield


@pytest.fixture
def with_files(scene: Scene) -> tuple[Scene, Any, Attachment, Attachment]:
    """A case at the department with a photo of the citizen and an internal one."""
    photo, internal = store(), store(PLAIN_PDF, "নোট.pdf")
    receipt = scene.file(files=(str(photo.key),))
    casework.forward(
        actor=scene.actor(scene.cast.desk),
        number=receipt.number,
        office=scene.cast.department,
        reason="Power meters",
    )
    casework.note(
        actor=scene.actor(scene.cast.focal),
        number=receipt.number,
        text="See the file.",
        files=[str(internal.key)],
    )
    for kept in (photo, internal):
        kept.refresh_from_db()
    return scene, receipt, photo, internal


def test_a_file_goes_with_the_complaint(scene: Scene) -> None:
    kept = store()
    case = scene.case(scene.file(files=(str(kept.key),)))
    kept.refresh_from_db()
    assert (kept.case, kept.event.move, kept.internal) == (case, "submit", False)


@pytest.mark.parametrize("key", ["112e7740-67fe-4798-ac2a-78f288771b15", "not-a-key", ""])
def test_a_file_that_is_not_there_stops_the_move(scene: Scene, key: str) -> None:
    with pytest.raises(Invalid, match="invalid") as refusal:
        scene.file(files=(str(store().key), key))
    assert "files" in refusal.value.fields
    assert Attachment.objects.filter(case=None).count() == 1


def test_a_file_belongs_to_one_case_only(scene: Scene) -> None:
    kept = store()
    scene.file(files=(str(kept.key),))
    with pytest.raises(Invalid):
        scene.file(files=(str(kept.key),))


def test_a_move_takes_ten_files_and_no_more(scene: Scene) -> None:
    keys = tuple(str(store().key) for _ in range(11))
    submission = Submission(text="Ten photos of the same road.", language="en", files=keys)
    with pytest.raises(Invalid) as refusal:
        intake.submit(actor=CITIZEN, submission=submission)
    assert "10" in str(refusal.value.fields["files"][0])
    assert scene.file(files=keys[:10])


def test_loose_files_are_erased_after_a_day(scene: Scene, clock: Any) -> None:
    loose, taken = store(), store()
    scene.file(files=(str(taken.key),))
    clock.shift(timedelta(hours=23, minutes=59))
    assert files.erase_loose() == 0
    clock.shift(timedelta(minutes=1))
    assert files.erase_loose() == 1
    assert files.erase_loose() == 0
    assert not default_storage.exists(loose.file.name)
    assert default_storage.exists(taken.file.name)
    assert list(Attachment.objects.all()) == [taken]


def test_erasing_goes_on_where_the_file_is_gone_already(scene: Scene, clock: Any) -> None:
    default_storage.delete(store().file.name)
    clock.shift(timedelta(days=1))
    assert files.erase_loose() == 1


def test_those_who_see_the_case_see_its_files(with_files: Any) -> None:
    scene, receipt, photo, internal = with_files
    for user in (scene.cast.focal, scene.cast.desk, scene.cast.overseer):
        assert fetch(photo, scene.actor(user)).status_code == 200
        assert fetch(internal, scene.actor(user)).status_code == 200
    answer = fetch(photo, scene.citizen(receipt))
    assert answer.body == stored(photo)


def test_a_file_is_only_looked_at(with_files: Any) -> None:
    scene, _receipt, photo, internal = with_files
    answer = fetch(internal, scene.actor(scene.cast.focal))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E0")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox;")
    assert answer["Cache-Control"] == "private, no-cache"
    shown = fetch(photo, scene.actor(scene.cast.focal))
    assert shown["Content-Disposition"] == 'inline; filename="photo.jpg"'


def test_an_unchanged_file_is_not_sent_again(with_files: Any) -> None:
    scene, _receipt, photo, _internal = with_files
    etag = fetch(photo, scene.actor(scene.cast.focal))["ETag"]
    again = fetch(photo, scene.actor(scene.cast.focal), if_none_match=etag)
    assert (again.status_code, again["ETag"]) == (304, etag)


def test_the_rival_and_the_visitor_get_nothing(with_files: Any) -> None:
    scene, _receipt, photo, _internal = with_files
    etag = f'"{photo.sha256}"'
    for actor in (scene.actor(scene.cast.rival_focal), CITIZEN, scene.actor(scene.cast.registrar)):
        with pytest.raises(Http404):
            fetch(photo, actor)
        with pytest.raises(Http404):
            fetch(photo, actor, if_none_match=etag)


def test_the_citizen_of_another_case_gets_nothing(with_files: Any) -> None:
    scene, _receipt, photo, _internal = with_files
    other = scene.file()
    with pytest.raises(Http404):
        fetch(photo, scene.citizen(other))


def test_a_note_s_file_is_not_for_the_citizen(with_files: Any) -> None:
    scene, receipt, _photo, internal = with_files
    with pytest.raises(Http404):
        fetch(internal, scene.citizen(receipt))


def test_an_owner_with_an_account_gets_no_internal_file(with_files: Any) -> None:
    scene, _receipt, photo, internal = with_files
    citizen = scene.cast.charlie
    case = photo.case
    case.owner = citizen
    case.save(update_fields=["owner"])
    assert fetch(photo, scene.actor(citizen)).status_code == 200
    with pytest.raises(Http404):
        fetch(internal, scene.actor(citizen))


def test_a_loose_file_is_for_nobody(scene: Scene) -> None:
    kept = store()
    for user in (scene.cast.desk, scene.cast.overseer):
        with pytest.raises(Http404):
            fetch(kept, scene.actor(user))


def test_a_file_that_is_lost_on_disk_is_not_found(with_files: Any) -> None:
    scene, _receipt, photo, _internal = with_files
    default_storage.delete(photo.file.name)
    with pytest.raises(Http404):
        fetch(photo, scene.actor(scene.cast.focal))


def test_the_address_answers_by_who_is_signed_in(with_files: Any, client: Any) -> None:
    scene, _receipt, photo, _internal = with_files
    address = f"/files/{photo.key}/"
    assert client.get(address).status_code == 404
    client.force_login(scene.cast.focal)
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Content-Security-Policy"].startswith("sandbox;")
    for close in answer._resource_closers:
        close()
    assert client.post(address).status_code == 405
    client.force_login(scene.cast.rival_focal)
    assert client.get(address).status_code == 404
