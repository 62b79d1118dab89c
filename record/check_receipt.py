#!/usr/bin/env python3
"""Check a complaint's receipt against the public record, without trusting whoever runs the portal:

    python3 check_receipt.py RECEIPT.json https://complaints.example.org/record/ --key FINGERPRINT
    python3 check_receipt.py RECEIPT.json a/folder/with/a/copy  [--text COMPLAINT.txt]

RECEIPT.json is the file that the portal gave you. FINGERPRINT is that of the portal's key, as printed in
the official gazette; without it you believe the key that the record itself names. Needs Python 3.9 or
later and `cryptography` (python3 -m pip install cryptography). Ends with 0: all is proved; 1: something
is wrong; 2: not all could be checked (yet). The formats: docs/record.md of the source.
"""

import argparse
import base64
import datetime
import hashlib
import json
import pathlib
import sys
import urllib.request

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    print("The package `cryptography` is missing: python3 -m pip install cryptography")
    sys.exit(2)

EMPTY = hashlib.sha256().digest()
NEXT_DAY = datetime.timedelta(days=1)
LEAF, NODE, WRONG, MISSING = b"\x00", b"\x01", 1, 2


class Stop(Exception):
    """WRONG: something is untrue. MISSING: nothing can be said about it. And which, in words."""


def canonical(value):
    """JSON with sorted keys and without spaces: what is hashed and signed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


class Tree:
    """The tree of RFC 6962, section 2.1, grown leaf by leaf; only its right edge is kept."""

    def __init__(self):
        self.size, self.edge = 0, []

    def add(self, leaf):
        index = self.size
        while index & 1:
            leaf, index = sha256(NODE, self.edge.pop(), leaf), index >> 1
        self.edge.append(leaf)
        self.size += 1

    def root(self):
        root = self.edge[-1] if self.edge else EMPTY
        for left in reversed(self.edge[:-1]):
            root = sha256(NODE, left, root)
        return root


def only_grew(before, size, proof, old_root, new_root):
    """Whether the proof shows that the larger tree begins with the smaller one (RFC 6962, 2.1.2)."""
    if before in (0, size):
        return not proof and old_root == (new_root if before else EMPTY)
    sides, begin, end = [], 0, size
    while end != before:
        middle = begin + (1 << (end - begin - 1).bit_length() - 1)
        sides.insert(0, before > middle)
        begin, end = (middle, end) if before > middle else (begin, middle)
    if len(proof) != len(sides) + (begin > 0):
        return False
    old = new = proof[0] if begin else old_root
    for is_left, other in zip(sides, proof[begin > 0 :]):
        old = sha256(NODE, other, old) if is_left else old
        new = sha256(NODE, other, new) if is_left else sha256(NODE, new, other)
    return (old, new) == (old_root, new_root)


def read(where, name):
    """A file of the record, from a folder or from under a web address."""
    try:
        if where.startswith(("https://", "http://")):
            with urllib.request.urlopen(f"{where.rstrip('/')}/{name}", timeout=60) as answer:
                return answer.read()
        return (pathlib.Path(where) / name).read_bytes()
    except OSError as error:
        raise Stop(MISSING, f"{name} cannot be read ({error})") from error


def check_signature(keys, body, what):
    """Raises Stop unless a key of the record signed all of it (but signature and proof)."""
    if body["key"] not in keys:
        raise Stop(WRONG, f"{what} is signed with a key that the record does not know")
    signed = {name: body[name] for name in body if name not in ("signature", "consistency")}
    key = Ed25519PublicKey.from_public_bytes(keys[body["key"]])
    try:
        key.verify(base64.b64decode(body["signature"]), canonical(signed))
    except (InvalidSignature, ValueError):
        raise Stop(WRONG, f"{what} was not signed by the portal: the signature is wrong") from None


def check_receipt(keys, receipt, text):
    """The receipt by itself; gives its leaf."""
    check_signature(keys, receipt, "the receipt")
    event = receipt["event"]
    leaf = sha256(LEAF, sha256(canonical(event)))
    if leaf.hex() != receipt["leaf_hash"]:
        raise Stop(WRONG, "the receipt's event does not give the leaf hash that it names")
    promised = event.get("fixed", {}).get("promised", {})
    fixed = [event["case"], event["happened_at"]]
    fixed += [promised.get(name) for name in ("forward_due", "answer_due")]
    if fixed != [receipt[n] for n in ("number", "filed_at", "forward_due", "answer_due")]:
        raise Stop(WRONG, "number or dates of the receipt are not those of its event")
    print(f"OK  The portal signed this receipt of complaint {receipt['number']}.")
    if text is not None and not receipt["text_salt"]:
        raise Stop(MISSING, "the words: the text was erased, and its salt with it")
    if text is not None:
        words = sha256(bytes.fromhex(receipt["text_salt"]), canonical({"text": text}))
        if words.hex() != event["commitment"]:
            raise Stop(WRONG, "these are not the words that were filed")
        print("OK  These are the words that were filed.")
    return leaf


def check_days(folder, keys, trusted, leaf):
    """Every day continues the one before. Gives the day of the leaf, or None, and the last day."""
    index = json.loads(read(folder, "index.json"))
    if not index["first_day"]:
        raise Stop(MISSING, "the record's first day is not over yet, come back tomorrow")
    day, last = (datetime.date.fromisoformat(index[name]) for name in ("first_day", "last_day"))
    tree, root, found = Tree(), EMPTY, None
    while day <= last:
        head, before, old_root = json.loads(read(folder, f"{day}/head.json")), tree.size, root
        check_signature(keys, head, f"the head of {day}")
        said = (head["day"], head["previous_size"], head["previous_root"])
        if said != (str(day), before, old_root.hex()):
            raise Stop(WRONG, f"the head of {day} does not continue the day before")
        for line in read(folder, f"{day}/leaves.txt").split():
            tree.add(bytes.fromhex(line.decode()))
            found = day if line.decode() == leaf.hex() else found
        root, proof = tree.root(), [bytes.fromhex(value) for value in head["consistency"]]
        if (head["size"], head["root"]) != (tree.size, root.hex()):
            raise Stop(WRONG, f"{day}: entries were changed, removed or added after it was signed")
        if not only_grew(before, tree.size, proof, old_root, root):
            raise Stop(WRONG, f"{day}: the proof that the record only grew does not fit")
        day += NEXT_DAY
    if trusted and head["key"] != trusted:
        raise Stop(WRONG, "the newest head is not signed with the key whose fingerprint you gave")
    print(f"OK  {tree.size} entries up to {last}: none was changed, none was removed.")
    return found, last


def check(asked):
    """Everything, in its order. Raises Stop."""
    receipt = json.loads(read(".", asked.receipt))
    text = read(".", asked.text).decode().strip() if asked.text else None
    trusted = asked.key.replace(" ", "").lower()
    listed = json.loads(read(asked.folder, "keys.json"))["keys"]
    keys = {sha256(bytes.fromhex(k["public"])).hex(): bytes.fromhex(k["public"]) for k in listed}
    if trusted and trusted not in keys:
        raise Stop(WRONG, "the record does not know the key whose fingerprint you gave")
    keys = {fingerprint[:16]: public for fingerprint, public in keys.items()}
    leaf = check_receipt(keys, receipt, text)
    found, last = check_days(asked.folder, keys, trusted[:16], leaf)
    if found is None and receipt["event"]["recorded_at"][:10] < str(last - NEXT_DAY):
        raise Stop(WRONG, "the complaint is not in the record, although its day is over")
    if found is None:
        raise Stop(MISSING, f"its day is not signed yet (the last one is {last}), try tomorrow")
    print(f"OK  It is in the record of {found}. So this is fixed, and provable to anybody:")
    for name in ("filed_at", "forward_due", "answer_due"):
        print(f"      {name:12} {receipt[name] or 'not part of this receipt'}")
    if not trusted:
        print("!   Compare this fingerprint of the key with the gazette's, or give that as --key:")
        print(f"      {sha256(keys[receipt['key']]).hex()}")


def main():
    parser = argparse.ArgumentParser(description="Check a receipt against the public record.")
    parser.add_argument("receipt", metavar="RECEIPT")
    parser.add_argument("folder", metavar="FOLDER_OR_URL")
    parser.add_argument("--key", metavar="FINGERPRINT", default="", help="as the gazette has it")
    parser.add_argument("--text", metavar="FILE", help="the words of the complaint")
    try:
        check(parser.parse_args())
    except Stop as stop:
        print(("WRONG  " if stop.args[0] == WRONG else "?   Could not be checked: ") + stop.args[1])
        return stop.args[0]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        print(f"WRONG  A file is not in the form that it has to have: {error!r}")
        return WRONG


if __name__ == "__main__":
    sys.exit(main())
