"""A receipt against the published record, with the program that citizens are given, run as they run it."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from complaints.models import Case
from complaints.services import casework, receipts
from record import chain, merkle, signing
from record.models import TreeHead
from record.selectors import end_of_day
from record.services import writing
from tests.complaints.conftest import SUNDAY, Scene

TEXT = "The electricity meter shows a wrong number."
FIRST = date(2026, 11, 22)
MINE = "2026-11-23"


class Kept:
    """What a citizen has: the receipt and a copy of the record, three days later."""

    def __init__(self, folder: Path, receipt: dict[str, Any]) -> None:
        self.folder, self.receipt = folder / "record", receipt
        self.file, self.text = folder / "receipt.json", folder / "text.txt"
        self.text.write_text(TEXT + "\n")
        call_command("publish_record", "--out", str(self.folder), stdout=StringIO())

    def check(self, *options: str) -> tuple[int, str]:
        """Run the published program; its exit code, and what it prints."""
        self.file.write_text(json.dumps(self.receipt, indent=1))
        done = subprocess.run(
            [
                *(sys.executable, "-I", str(self.folder / "check_receipt.py")),
                *(str(self.file), str(self.folder), *options),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""
        return done.returncode, done.stdout

    def head(self, day: str, **changes: Any) -> None:
        """Change a day's head."""
        path = self.folder / day / "head.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    def leaves(self, day: str, change: Callable[[list[str]], list[str]]) -> None:
        """Change a day's leaves."""
        path = self.folder / day / "leaves.txt"
        path.write_text("\n".join(change(path.read_text().split())))

    def sign_again(self, where: str, **changes: Any) -> None:
        """Change a head and sign it anew, as whoever holds the key can."""
        path = self.folder / where / "head.json"
        head = json.loads(path.read_text()) | changes
        body = {k: v for k, v in head.items() if k not in ("signature", "consistency")}
        path.write_text(
            json.dumps(head | {"signature": signing.text(signing.sign(chain.canonical(body)))})
        )


def midnight(clock: time_machine.Traveller, day: date) -> None:
    clock.move_to(end_of_day(day) + writing.GRACE)
    writing.write()


@pytest.fixture
def kept(scene: Scene, clock: time_machine.Traveller, tmp_path: Path) -> Kept:
    for _each in range(3):
        scene.file()
    writing.write()
    midnight(clock, FIRST)
    clock.move_to(SUNDAY + timedelta(days=1))
    scene.file()
    receipt = scene.file_named(text=TEXT)
    for _each in range(2):
        scene.file()
    midnight(clock, FIRST + timedelta(days=1))
    midnight(clock, FIRST + timedelta(days=2))
    scene.file()
    midnight(clock, FIRST + timedelta(days=3))
    return Kept(tmp_path, receipt.proof)


def fingerprint() -> str:
    return signing.fingerprint(signing.public_key())


def test_a_true_receipt_is_proved_with_its_dates(kept: Kept) -> None:
    code, said = kept.check("--key", fingerprint(), "--text", str(kept.text))
    assert code == 0, said
    assert "8 entries up to 2026-11-25: none was changed, none was removed" in said
    assert "in the record of 2026-11-23" in said
    assert "These are the words that were filed" in said
    for name in ("filed_at", "forward_due", "answer_due"):
        assert re.search(rf"{name} +{kept.receipt[name]}", said)
    assert "2026-11-23T04:00:00.000000Z" in said


def test_without_a_fingerprint_it_says_what_to_compare(kept: Kept) -> None:
    code, said = kept.check()
    assert code == 0
    assert fingerprint() in said
    assert "gazette" in said


def test_a_fingerprint_may_be_typed_in_groups(kept: Kept) -> None:
    typed = " ".join(re.findall("....", fingerprint().upper()))
    assert kept.check("--key", typed)[0] == 0


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda k: k.leaves(MINE, lambda rows: ["00" * 32, *rows[1:]]), f"{MINE}: entries were"),
        (lambda k: k.leaves(MINE, lambda rows: rows[:-1]), f"{MINE}: entries were changed"),
        (lambda k: k.leaves(MINE, lambda rows: rows[::-1]), f"{MINE}: entries were changed"),
        (lambda k: k.leaves(MINE, lambda rows: [*rows, "11" * 32]), f"{MINE}: entries were"),
        (lambda k: k.leaves("2026-11-22", lambda rows: rows[1:]), "2026-11-22: entries were"),
        (lambda k: k.leaves(MINE, lambda rows: ["no hash"]), "not in the form"),
        (lambda k: k.head(MINE, size=6), "signature is wrong"),
        (lambda k: k.head(MINE, signature="AAAA"), "signature is wrong"),
        (lambda k: k.head(MINE, key="0" * 16), "a key that the record does not know"),
        (lambda k: k.head("2026-11-25", consistency=["00" * 32]), "proof that the record only"),
        (lambda k: k.head("2026-11-25", consistency=[]), "proof that the record only grew"),
        (lambda k: k.sign_again(MINE, previous_size=2), "does not continue the day before"),
        (lambda k: k.sign_again(MINE, root="00" * 32), "entries were changed"),
        (lambda k: k.sign_again(MINE, day="2026-11-24"), "does not continue the day before"),
        (lambda k: k.receipt.update(answer_due="2026-12-31T18:00:00.000000Z"), "not signed by"),
        (lambda k: k.receipt["event"].update(happened_at="2026"), "not signed by the portal"),
        (lambda k: k.receipt.update(key="0" * 16), "a key that the record does not know"),
        (lambda k: k.receipt.pop("signature"), "not in the form"),
        (lambda k: k.text.write_text("I never wrote this."), "not the words that were filed"),
    ],
)
def test_whatever_was_changed_is_found(
    kept: Kept, change: Callable[[Kept], object], says: str
) -> None:
    change(kept)
    code, said = kept.check("--text", str(kept.text))
    assert code == 1, said
    assert "WRONG" in said
    assert says in said


def resign(receipt: dict[str, Any], **changes: Any) -> None:
    """What a portal that lies could do: other dates under its own signature."""
    receipt.update(changes)
    body = {name: value for name, value in receipt.items() if name != "signature"}
    receipt["signature"] = signing.text(signing.sign(chain.canonical(body)))


def test_a_portal_that_signs_another_date_is_found_out_by_the_event(kept: Kept) -> None:
    resign(kept.receipt, answer_due="2027-11-22T18:00:00.000000Z")
    assert kept.check()[1].splitlines() == [
        "WRONG  number or dates of the receipt are not those of its event"
    ]


def test_a_portal_that_writes_another_event_is_found_out_by_the_log(kept: Kept) -> None:
    event = kept.receipt["event"]
    event["fixed"]["promised"]["answer_due"] = "2027-11-22T18:00:00.000000Z"
    resign(kept.receipt, answer_due="2027-11-22T18:00:00.000000Z")
    code, said = kept.check()
    assert (code, "does not give the leaf hash" in said) == (1, True)
    leaf = merkle.leaf_hash(hashlib.sha256(chain.canonical(event)).digest())
    resign(kept.receipt, leaf_hash=leaf.hex())
    code, said = kept.check()
    assert (code, "is not in the record, although its day is over" in said) == (1, True)


def test_a_record_signed_with_a_key_of_somebody_else_is_refused(kept: Kept, settings: Any) -> None:
    true = fingerprint()
    settings.RECORD_KEY = b"another key of thirty-two bytes!"
    for day in ("2026-11-22", MINE, "2026-11-24", "2026-11-25"):
        kept.sign_again(day, key=signing.key_id(signing.public_key()))
    resign(kept.receipt, key=signing.key_id(signing.public_key()))
    listed = kept.folder / "keys.json"
    listed.write_text(json.dumps({"keys": [{"public": signing.public_key().hex()}]}))
    assert kept.check()[0] == 0, "whoever believes the record's own key cannot see it"
    code, said = kept.check("--key", true)
    assert (code, "does not know the key" in said) == (1, True)


def test_a_known_key_of_which_the_newest_head_is_not_is_refused(kept: Kept) -> None:
    listed = kept.folder / "keys.json"
    keys = json.loads(listed.read_text())
    other = bytes(32)
    keys["keys"].append({"public": other.hex()})
    listed.write_text(json.dumps(keys))
    code, said = kept.check("--key", signing.fingerprint(other))
    assert (code, "newest head is not signed with the key" in said) == (1, True)


def test_heads_of_a_former_key_stay_provable(
    kept: Kept, scene: Scene, clock: time_machine.Traveller, settings: Any
) -> None:
    settings.RECORD_FORMER_KEYS = [fingerprint()]
    settings.RECORD_KEY = b"another key of thirty-two bytes!"
    midnight(clock, FIRST + timedelta(days=4))
    again = Kept(kept.folder.parent, kept.receipt)
    assert TreeHead.objects.values("key").distinct().count() == 2
    code, said = again.check("--key", fingerprint())
    assert code == 0, said


def test_on_the_day_itself_it_asks_to_come_back(
    kept: Kept, scene: Scene, clock: time_machine.Traveller
) -> None:
    kept.receipt = scene.file().proof
    code, said = kept.check()
    assert code == 2
    assert "its day is not signed yet (the last one is 2026-11-25), try tomorrow" in said


def test_before_the_first_day_is_over_it_says_so(scene: Scene, tmp_path: Path) -> None:
    kept = Kept(tmp_path, scene.file().proof)
    code, said = kept.check()
    assert (code, "first day is not over yet" in said) == (2, True)


def test_what_is_missing_is_named(kept: Kept) -> None:
    shutil.rmtree(kept.folder / "2026-11-24")
    code, said = kept.check()
    assert (code, "2026-11-24/head.json cannot be read" in said) == (2, True)


def test_a_receipt_that_is_not_there_is_named(kept: Kept, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", str(kept.folder / "check_receipt.py"), "nowhere.json", "."],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "nowhere.json cannot be read" in done.stdout) == (2, True)


def test_after_the_text_is_erased_all_but_the_words_is_proved(kept: Kept) -> None:
    case = Case.objects.get(number=kept.receipt["number"])
    Case.objects.filter(pk=case.pk).update(text="", text_salt="")
    kept.receipt = receipts.receipt_of(Case.objects.get(pk=case.pk))
    assert kept.receipt["text_salt"] == ""
    assert kept.check("--key", fingerprint())[0] == 0
    code, said = kept.check("--text", str(kept.text))
    assert (code, "the text was erased" in said) == (2, True)


def test_the_receipt_of_a_routed_case_holds_the_date_of_its_own_clock(
    scene: Scene, clock: time_machine.Traveller, tmp_path: Path
) -> None:
    receipt = scene.file()
    proof = receipt.proof
    assert proof["event"]["fixed"]["promised"] == {
        "forward_due": proof["forward_due"],
        "answer_due": proof["answer_due"],
    }
    assert proof["number"] == receipt.number
    assert "secret" not in json.dumps(proof).replace(receipt.number, "")
    casework.forward(
        actor=scene.actor(scene.cast.desk),
        number=receipt.number,
        office=scene.cast.department,
        reason="Meters",
    )
    assert receipts.receipt_of(scene.case(receipt)) == proof, "later moves change no receipt"


def test_it_runs_without_its_library_far_enough_to_say_so(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / "cryptography.py").write_text("raise ImportError\n")
    done = subprocess.run(
        [sys.executable, str(kept.folder / "check_receipt.py"), "a", "b"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "pip install cryptography" in done.stdout) == (2, True)
