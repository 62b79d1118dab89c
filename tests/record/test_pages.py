"""The public record: pages for people in each language, and the same as files for programs."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from record import chain, merkle, signing
from record.models import Entry, SigningKey, TreeHead
from record.services import writing
from tests.record.conftest import DAY, LogScene

LANGUAGES = ("en", "bn", "id")


@pytest.fixture
def days(log: LogScene) -> LogScene:
    """Three signed days (3, no and 300 events), and two events of today."""
    log.days(3, 0, 300)
    log.events(2)
    writing.write()
    return log


def get(client: Client, path: str, **headers: str) -> Any:
    return client.get(f"/record/{path}", **headers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_before_the_first_day_is_over_the_page_says_so(
    client: Client, log: LogScene, language: str
) -> None:
    response = client.get(f"/{language}/record/")
    assert response.status_code == 200
    assert "app-empty" in response.content.decode()
    assert not SigningKey.objects.exists()
    assert "check_receipt.py" in response.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_are_there_in_each_language(
    client: Client, days: LogScene, language: str
) -> None:
    page = client.get(f"/{language}/record/").content.decode()
    for passed in range(3):
        assert f"/{language}/record/{DAY + timedelta(days=passed)}/" in page
        day = client.get(f"/{language}/record/{DAY + timedelta(days=passed)}/")
        assert day.status_code == 200
        assert "leaves.txt" in day.content.decode()


def test_a_days_page_has_the_addresses_that_all_pages_have(client: Client, days: LogScene) -> None:
    page = client.get(f"/en/record/{DAY}/").content.decode()
    for address in ('data-worker="/service-worker.js"', 'href="/en/app.webmanifest"'):
        assert address in page
    assert bytes(TreeHead.objects.get(day=DAY).root).hex() in page


def test_a_day_says_what_came_in_and_leads_to_the_day_before(
    client: Client, days: LogScene
) -> None:
    first = client.get(f"/en/record/{DAY}/").content.decode()
    assert "3 steps were taken" in first
    assert "first day of the record" in first
    quiet = client.get(f"/en/record/{DAY + timedelta(days=1)}/").content.decode()
    assert "No step was taken" in quiet
    assert f'href="/en/record/{DAY}/"' in quiet


def test_the_page_names_the_key_in_full_and_former_ones(
    client: Client, days: LogScene, settings: Any
) -> None:
    before = signing.fingerprint(signing.public_key())
    page = client.get("/en/record/").content.decode()
    assert before in page
    assert before[:4] + " " + before[4:8] in page
    settings.RECORD_KEY = b"another key of thirty-two bytes!"
    now = signing.fingerprint(signing.public_key())
    page = client.get("/en/record/").content.decode()
    assert f"--key {now}" in page
    assert before[:4] + " " + before[4:8] in page


def test_long_records_are_paged_by_day(client: Client, log: LogScene) -> None:
    log.days(1, *[0] * 34)
    page = client.get("/en/record/").content.decode()
    last = DAY + timedelta(days=5)
    assert f"?before={last}" in page
    assert f"/en/record/{last - timedelta(days=1)}/" not in page
    older = client.get(f"/en/record/?before={last}").content.decode()
    assert f"/en/record/{DAY}/" in older
    assert "Newest days" in older
    assert "no earlier days" in client.get(f"/en/record/?before={DAY}").content.decode()


@pytest.mark.parametrize("path", ["?before=never", "?before=2026-13-01"])
def test_a_day_that_is_none_is_not_found(client: Client, log: LogScene, path: str) -> None:
    assert get(client, path).status_code == 404


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-25", "2026-02-30", "yesterday", "20261122"])
@pytest.mark.parametrize("file", ["", "head.json", "leaves.txt"])
def test_a_day_without_a_head_is_not_found(
    client: Client, days: LogScene, day: str, file: str
) -> None:
    assert get(client, f"{day}/{file}").status_code == 404


def test_the_index_says_from_when_to_when(client: Client, days: LogScene) -> None:
    index = get(client, "index.json").json()
    assert (index["first_day"], index["last_day"], index["size"]) == (
        "2026-11-22",
        "2026-11-24",
        303,
    )


def test_the_index_of_an_empty_record_has_no_days(client: Client, log: LogScene) -> None:
    index = get(client, "index.json").json()
    assert (index["first_day"], index["last_day"], index["size"]) == (None, None, 0)


def test_the_key_is_published_before_it_signs_a_head(client: Client, log: LogScene) -> None:
    (key,) = get(client, "keys.json").json()["keys"]
    assert bytes.fromhex(key["public"]) == signing.public_key()
    assert key["fingerprint"].startswith(key["id"])


def test_a_head_is_signed_as_it_is_published(client: Client, days: LogScene) -> None:
    head = get(client, "2026-11-24/head.json").json()
    signed = {k: v for k, v in head.items() if k not in ("signature", "consistency")}
    signature = signing.base64.b64decode(head["signature"])
    assert signing.verify(signing.public_key(), chain.canonical(signed), signature)


def test_the_leaves_of_all_days_make_the_root(client: Client, days: LogScene) -> None:
    tree = merkle.Frontier(0, [])
    for day in ("2026-11-22", "2026-11-23", "2026-11-24"):
        for line in get(client, f"{day}/leaves.txt").getvalue().decode().splitlines():
            list(tree.append(bytes.fromhex(line)))
        head = get(client, f"{day}/head.json").json()
        assert (head["size"], head["root"]) == (tree.size, tree.root().hex())


def test_a_leaf_says_where_it_stands_with_its_proof(client: Client, days: LogScene) -> None:
    leaf = bytes(Entry.objects.get(log_seq=200).leaf_hash)
    found = get(client, f"leaf/{leaf.hex()}.json").json()
    assert (found["index"], found["day"], found["size"]) == (199, "2026-11-24", 303)
    proof = [bytes.fromhex(value) for value in found["inclusion"]]
    root = bytes.fromhex(found["root"])
    assert merkle.verify_inclusion(leaf, 199, 303, proof, root)


def test_a_leaf_of_today_has_no_day_yet(client: Client, days: LogScene) -> None:
    leaf = bytes(Entry.objects.get(log_seq=305).leaf_hash)
    response = get(client, f"leaf/{leaf.hex()}.json")
    assert response.json() | {"index": 304, "day": None, "inclusion": []} == response.json()
    assert "max-age=0" in response["Cache-Control"]


@pytest.mark.parametrize("leaf", ["00" * 32, "zz" * 32, "00", "00" * 33, "%00" * 3])
def test_a_leaf_that_there_is_not_is_not_found(client: Client, days: LogScene, leaf: str) -> None:
    assert get(client, f"leaf/{leaf}.json").status_code == 404


@pytest.mark.parametrize(
    "path", ["index.json", "keys.json", "2026-11-22/head.json", "2026-11-22/leaves.txt"]
)
def test_files_are_kept_by_caches_and_sent_again_only_if_they_changed(
    client: Client, days: LogScene, path: str
) -> None:
    response = get(client, path)
    assert "public" in response["Cache-Control"]
    assert response["Access-Control-Allow-Origin"] == "*"
    again = get(client, path, HTTP_IF_NONE_MATCH=response["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert "public" in again["Cache-Control"]


def test_the_program_is_the_one_that_the_tests_ran(client: Client, log: LogScene) -> None:
    response = get(client, "check_receipt.py")
    assert response["Content-Disposition"] == 'attachment; filename="check_receipt.py"'
    assert response.getvalue().startswith(b"#!/usr/bin/env python3")


@pytest.mark.parametrize(
    ("path", "most"),
    [("", 2), ("2026-11-24/", 2), ("index.json", 2), ("2026-11-24/head.json", 1)],
)
def test_no_page_asks_the_database_much(
    client: Client, days: LogScene, path: str, most: int, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(most):
        get(client, path)


def test_nothing_is_changed_by_asking(client: Client, days: LogScene) -> None:
    for path in ("", "index.json", "2026-11-24/", "2026-11-24/leaves.txt", "check_receipt.py"):
        assert client.post(f"/record/{path}").status_code == 405
