"""More than a kind of file holds: said before it is made, or on the page of the file that cannot be."""

import pytest
from django.test import Client

from complaints.services import files
from oversight.models import FileOrder
from oversight.orders import making
from systems.export import forms, writing
from tests.complaints.conftest import Scene
from tests.complaints.play import Play
from tests.complaints.uploads import image, upload
from tests.systems.test_export import send


def test_too_many_cases_for_a_spreadsheet_are_said_before_anything_is_made(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    Play(scene).forward()
    monkeypatch.setattr(forms, "MOST_IN_BOOK", 0)

    answer = send(client, scene.cast.head, office="grid", form="xlsx")
    assert "There are too many cases for a spreadsheet." in answer.content.decode()
    assert not FileOrder.objects.exists()
    assert send(client, scene.cast.head, office="grid", form="csv").status_code == 302


def with_photos(scene: Scene, *colours: int) -> Play:
    """A case with so many photos, each another one."""
    kept = [
        files.store(
            actor=scene.actor(scene.cast.desk), upload=upload(image(size=(20, 20 + colour)))
        )
        for colour in colours
    ]
    return Play(scene, files=[str(file.key) for file in kept]).forward()


def test_too_many_files_for_an_archive_are_said_with_their_number_before_anything_is_made(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_photos(scene, 1, 2)
    # The same photo once more is in an archive once.
    with_photos(scene, 2, 3)
    monkeypatch.setattr(writing, "MOST_FILES", 2)
    answer = send(client, scene.cast.head, office="grid", form="zip")
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "There are 3 photos and documents. A ZIP holds 2 at most. Choose JSON Lines" in said
    assert 'href="#id_form' in said
    assert not FileOrder.objects.exists()
    assert send(client, scene.cast.head, office="grid", form="jsonl").status_code == 302


def test_as_many_files_as_an_archive_holds_are_in_it(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_photos(scene, 1, 2)
    with_photos(scene, 1)
    monkeypatch.setattr(writing, "MOST_FILES", 2)
    assert send(client, scene.cast.head, office="grid", form="zip").status_code == 302
    making.make_next()
    assert FileOrder.objects.get().status == FileOrder.Status.DONE


def test_files_of_cases_that_are_not_theirs_are_not_counted(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_photos(scene, 1)
    with_photos(scene, 2).about(user_id=scene.cast.head.pk)
    monkeypatch.setattr(writing, "MOST_FILES", 1)
    assert send(client, scene.cast.head, office="grid", form="zip").status_code == 302


def test_too_many_files_that_came_since_it_was_ordered_are_said_on_its_page_at_once(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_photos(scene, 1)
    monkeypatch.setattr(writing, "MOST_FILES", 1)
    send(client, scene.cast.head, office="grid", form="zip")
    with_photos(scene, 2)
    making.make_next()

    order = FileOrder.objects.get()
    assert (order.status, order.tries, order.why) == ("failed", 1, "too_many_files")
    page = client.get(f"/en/oversight/files/{order.pk}/").content.decode()
    assert "There are more than 1 photos and documents" in page
    assert "Choose JSON Lines, which leaves the files out" in page
    assert "Try once more" not in page
    assert client.get(f"/bn/oversight/files/{order.pk}/").status_code == 200

    # Asked for again once fewer would be in it, it is made.
    monkeypatch.setattr(writing, "MOST_FILES", 2)
    assert send(client, scene.cast.head, office="grid", form="zip").status_code == 302
    making.make_next()
    order.refresh_from_db()
    assert (order.status, order.why) == ("done", "")


def test_a_sheet_that_turns_out_too_long_says_so_on_its_page(
    scene: Scene, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    Play(scene).forward()
    monkeypatch.setattr(writing, "MOST_IN_SHEET", 0)
    send(client, scene.cast.head, office="grid", form="xlsx")
    making.make_next()
    order = FileOrder.objects.get()
    page = client.get(f"/en/oversight/files/{order.pk}/").content.decode()
    assert "There are too many cases for a spreadsheet. Choose another kind of file." in page
