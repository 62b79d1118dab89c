"""What in a text that is to be public may point at a person: the same check as for published cases."""

import unicodedata
from difflib import SequenceMatcher

from complaints.redaction import masked

#: So many of them are named; a person reads the text anyway.
NAMED = 8


def what_points_at_people(text: str, language: str) -> list[str]:
    """The words that would be masked, in their order, each once; empty if there are none."""
    words = unicodedata.normalize("NFC", text).split()
    kept = masked(text, language).split()
    found = []
    for change, start, end, _from, _to in SequenceMatcher(None, words, kept, False).get_opcodes():
        if change in ("replace", "delete"):
            found.append(" ".join(words[start:end]))
    return list(dict.fromkeys(found))[:NAMED]
