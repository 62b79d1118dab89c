"""Filing: the place, and the files that go with it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.models import Attachment, Case
from tests.complaints.conftest import Scene
from tests.complaints.filing import ANONYMOUS, TEXT, Walk, html, photo


@pytest.fixture
def walk(client: Client, scene: Scene) -> Walk:
    return Walk(client)


def test_a_place_is_found_by_its_name_in_any_language(walk, scene):
    walk.begin()
    page = html(walk.post("place", {"q": "কালিয়াকৈর", "find": "1", "note": "Near the bridge"}))
    assert f'value="{scene.cast.upazila.code}"' in page
    assert "Gazipur, Dhaka" in page
    assert 'value="Near the bridge"' in page


def test_a_name_without_a_choice_asks_to_choose(walk):
    walk.begin()
    answer = walk.post("place", {"q": "Gazipur"})
    assert answer.status_code == 422
    assert "Choose a place from the list below." in html(answer)
    assert 'type="radio" name="place"' in html(answer)


def test_a_place_that_is_not_found_says_so(walk):
    walk.begin()
    assert "We found no place called “Atlantis”" in html(
        walk.post("place", {"q": "Atlantis", "find": "1"})
    )


def test_an_empty_place_asks_for_one_or_to_say_that_it_is_unknown(walk):
    walk.begin()
    assert "Give a place, or say that you don’t know it." in html(walk.post("place", {}))
    assert walk.post("place", {"unknown": "1"}).status_code == 302


def test_words_alone_are_a_place_too(walk):
    walk.begin()
    assert walk.post("place", {"note": "On the train to Tangail"}).status_code == 302


def test_an_unknown_code_is_refused(walk):
    walk.begin()
    assert walk.post("place", {"place": "9.9.9"}).status_code == 422
    assert walk.post("place", {"place": "9\0"}).status_code == 422


def test_the_lists_lead_down_level_by_level_without_a_script(walk, scene):
    cast = scene.cast
    walk.begin()
    page = html(walk.get("place", "?lists=1"))
    assert "Division" in page
    page = html(walk.post("place", {"under": cast.division.code, "below": "1"}, "?lists=1"))
    assert f'<option value="{cast.division.code}" selected>' in page
    assert f'<option value="{cast.district.code}">' in page
    codes = [cast.division.code, cast.district.code, ""]
    assert walk.post("place", {"under": codes}, "?lists=1").url == walk.url("you")
    walk.post("what", {"kind": "complaint", "text": TEXT})
    walk.post("you", ANONYMOUS)
    walk.send()
    assert Case.objects.get().place == cast.district


def test_a_list_that_no_longer_fits_the_one_above_is_left_out(walk, scene):
    cast = scene.cast
    walk.begin()
    codes = [cast.division.code, cast.other_district.code, cast.upazila.code]
    walk.post("place", {"under": codes}, "?lists=1")
    walk.post("what", {"kind": "complaint", "text": TEXT})
    walk.post("you", ANONYMOUS)
    walk.send()
    assert Case.objects.get().place == cast.other_district


def test_good_files_are_kept_beside_a_bad_one_and_can_be_removed(walk):
    walk.to_check()
    bad = SimpleUploadedFile("virus.exe", b"MZ nonsense")
    answer = walk.post("files", {"files": [photo(), bad, photo("bill.png", "PNG")], "add": "1"})
    page = html(answer)
    assert answer.status_code == 422
    assert "is not a photo" in page
    assert "meter.jpg" in page
    assert "bill.png" in page
    key = Attachment.objects.get(name="meter.jpg").key
    assert walk.post("files", {"remove": str(key)}).url == walk.url("files")
    assert "meter.jpg" not in html(walk.get("files"))
    walk.send()
    assert [f.name for f in Case.objects.get().attachments.all()] == ["bill.png"]


def test_more_files_than_a_move_may_bring_are_refused_one_by_one(walk, settings):
    settings.FILES_A_MOVE = 2
    walk.to_check()
    answer = walk.post("files", {"files": [photo(f"{n}.jpg") for n in range(3)]})
    assert answer.status_code == 422
    assert "At most 2 files" in html(answer)
    assert Attachment.objects.count() == 2


def test_a_file_that_is_gone_is_said_on_the_check_page(walk):
    walk.to_check()
    walk.post("files", {"files": [photo()]})
    Attachment.objects.all().delete()
    answer = walk.send()
    assert answer.status_code == 422
    assert "A file is no longer there." in html(answer)
    assert walk.url("files", "?then=check") in html(answer)
    assert not Case.objects.exists()
