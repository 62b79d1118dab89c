"""The closed set of operators that a rule is made of, and how its row is read.

Nothing here is evaluated as code: a row is parsed into values, or refused with the mistakes that a
registrar can put right. Columns (all text):

code, words, not_words, category, place, named, kind, channel, language, target, target_type,
strength, note

All the conditions that are set must hold. `words` and `not_words` are alternatives parted by `|`;
a `*` at the start or end of a word makes it a stem; several words are a phrase; `a & b` wants both,
anywhere. `category` and `place` mean "under" a code. `named` is `1` (the target is named in the
text or chosen) or the names to look for. `kind`, `channel`, `language` are exact. Each may hold
several values parted by `|`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from routing.facts import KINDS
from routing.text import Speller, plain

FIELDS = (
    "code", "words", "not_words", "category", "place", "named", "kind", "channel", "language",
    "target", "target_type", "strength", "note",
)  # fmt: skip

SHORTEST_STEM = 3
LONGEST_PHRASE = 12

_CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_SLUG = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a rule: the field, which mistake (a stable name), and what was written."""

    field: str
    problem: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.field}: {PROBLEMS[self.problem].format(value=self.value)}"


PROBLEMS: dict[str, str] = {
    "missing": "must be filled in",
    "unknown_field": "is not something that a rule can look at",
    "bad_code": "“{value}” may hold only small letters, digits, dots and dashes",
    "taken": "another rule of this set is called “{value}”",
    "empty_alternative": "there is nothing between two | or at an end",
    "empty_part": "there is nothing on one side of & in “{value}”",
    "no_letters": "“{value}” has no letters or digits to look for",
    "star_alone": "a * needs a word beside it in “{value}”",
    "star_inside": "a * may stand only at the start or the end of a word, not inside “{value}”",
    "short_stem": "the stem “{value}” is too short: it would match nearly every text",
    "long_phrase": "“{value}” is a sentence, not a phrase",
    "word_excluded": "“{value}” is both looked for and excluded, so the rule can never fire",
    "bad_strength": "“{value}” is not a whole number from 0 to 100",
    "two_targets": "a rule sends to an office or to a type of office, not to both",
    "no_target": "say which office, or which type of office, gets the case",
    "no_condition": "a rule without a condition would fire for every case",
    "bad_kind": "“{value}” is not a kind of case",
    "bad_value": "“{value}” is not a name that can stand here",
    "no_such_office": "there is no office “{value}”",
    "no_such_type": "there is no type of office “{value}”",
    "type_without_area": "offices of the type “{value}” cover no place, so none can be chosen",
    "no_such_category": "there is no category “{value}”",
    "no_such_place": "there is no place “{value}”",
}


class MistakenRule(ValueError):
    """A row that can't be a rule. `mistakes` says all that is wrong with it."""

    def __init__(self, code: str, mistakes: Iterable[Mistake]):
        self.code = code
        self.mistakes = tuple(mistakes)
        super().__init__(f"rule {code or '?'}: " + "; ".join(str(item) for item in self.mistakes))


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase in comparable form; each word may begin or end with `*`."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(self.words)


#: Alternatives; each a tuple of terms that must all be found.
Alternatives = tuple[tuple[Term, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was read. `broken` lists mistakes met when the rule was read leniently.

    A broken condition counts as holding, so that the case is looked at by a person.
    """

    code: str
    words: Alternatives = ()
    not_words: Alternatives = ()
    category: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    named: bool = False
    names: Alternatives = ()
    kind: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    target: str = ""
    target_type: str = ""
    strength: int = 50
    note: str = ""
    broken: tuple[Mistake, ...] = ()


def read_rule(row: Mapping[str, str], speller: Speller) -> Rule:
    """The rule in a row.

    Raises `MistakenRule` with all its mistakes. Whether the codes it names exist is asked by
    `routing.registry_index.RegistryIndex.mistakes_in`.
    """
    rule = read_rule_leniently(row, speller)
    if rule.broken:
        raise MistakenRule(rule.code, rule.broken)
    return rule


def read_rule_leniently(row: Mapping[str, str], speller: Speller) -> Rule:
    """The rule in a row, with its mistakes kept in `broken`. For rows that are in force already."""
    reader = _Reader(row, speller)
    rule = Rule(
        code=reader.code(),
        words=reader.alternatives("words"),
        not_words=reader.alternatives("not_words"),
        category=reader.several("category"),
        place=reader.several("place"),
        named=reader.text("named") == "1",
        names=() if reader.text("named") in ("", "1", "0") else reader.alternatives("named"),
        kind=reader.several("kind", only=KINDS),
        channel=reader.several("channel", like=_SLUG),
        language=reader.several("language", like=_SLUG),
        target=reader.text("target"),
        target_type=reader.text("target_type"),
        strength=reader.strength(),
        note=reader.required("note"),
    )
    reader.check_whole(rule)
    return replace(rule, broken=tuple(reader.mistakes))


def read_alternatives(text: str, speller: Speller) -> Alternatives:
    """Words in the syntax of a rule. Raises `MistakenRule`."""
    reader = _Reader({"words": text}, speller)
    alternatives = reader.alternatives("words")
    if reader.mistakes:
        raise MistakenRule(text, reader.mistakes)
    return alternatives


class _Reader:
    """Reads one row, field by field, gathering mistakes."""

    def __init__(self, row: Mapping[str, str], speller: Speller):
        self._row = row
        self._speller = speller
        self.mistakes: list[Mistake] = [
            Mistake(str(field), "unknown_field")
            for field in row
            if field not in FIELDS and (field is not None)
        ]

    def text(self, field: str) -> str:
        return str(self._row.get(field) or "").strip()

    def _wrong(self, field: str, problem: str, value: str = "") -> None:
        self.mistakes.append(Mistake(field, problem, value))

    def required(self, field: str) -> str:
        text = self.text(field)
        if not text:
            self._wrong(field, "missing")
        return text

    def code(self) -> str:
        code = self.required("code")
        if code and not _CODE.fullmatch(code):
            self._wrong("code", "bad_code", code)
        return code

    def strength(self) -> int:
        text = self.required("strength")
        if text.isascii() and text.isdigit() and int(text) <= 100:
            return int(text)
        if text:
            self._wrong("strength", "bad_strength", text)
        return 0

    def several(
        self, field: str, *, only: tuple[str, ...] = (), like: re.Pattern[str] | None = None
    ) -> tuple[str, ...]:
        text = self.text(field)
        if not text:
            return ()
        values = [value.strip() for value in text.split("|")]
        for value in values:
            if not value:
                self._wrong(field, "empty_alternative")
            elif only and value not in only:
                self._wrong(field, "bad_kind", value)
            elif like and not like.fullmatch(value):
                self._wrong(field, "bad_value", value)
        return tuple(values)

    def alternatives(self, field: str) -> Alternatives:
        text = self.text(field)
        if not text:
            return ()
        found = []
        for alternative in text.split("|"):
            if not alternative.strip():
                self._wrong(field, "empty_alternative")
                continue
            terms = [self._term(field, part, alternative) for part in alternative.split("&")]
            if all(terms):
                found.append(tuple(term for term in terms if term))
        return tuple(dict.fromkeys(found))

    def _term(self, field: str, part: str, alternative: str) -> Term | None:
        part = part.strip()
        if not part:
            self._wrong(field, "empty_part", alternative.strip())
            return None
        words: list[str] = []
        for starred, run in groupby(part.split(), key=lambda word: "*" in word):
            if not starred:
                words += self._speller.word(" ".join(run)).split()
                continue
            for written in run:
                stem = self._stem(field, written)
                if not stem:
                    return None
                words += stem
        if not words:
            self._wrong(field, "no_letters", part)
            return None
        if len(words) > LONGEST_PHRASE:
            self._wrong(field, "long_phrase", part)
            return None
        return Term(tuple(words))

    def _stem(self, field: str, written: str) -> list[str]:
        """The words of "jalan*", "*nya" or "e-ktp*", with their stars; none if mistaken."""
        inner = written.removeprefix("*").removesuffix("*")
        word = plain(inner).strip()
        if "*" in inner:
            self._wrong(field, "star_inside", written)
        elif not word:
            self._wrong(field, "star_alone", written)
        elif len(word) < SHORTEST_STEM:
            self._wrong(field, "short_stem", written)
        else:
            words = word.split()
            words[0] = f"{'*' if written.startswith('*') else ''}{words[0]}"
            words[-1] = f"{words[-1]}{'*' if written.endswith('*') else ''}"
            return words
        return []

    def check_whole(self, rule: Rule) -> None:
        """Mistakes that only the whole row shows."""
        if rule.target and rule.target_type:
            self._wrong("target", "two_targets")
        elif not (rule.target or rule.target_type or rule.named):
            self._wrong("target", "no_target")
        conditions = (
            self.text("words"), rule.category, rule.place, rule.named, self.text("named"),
            rule.kind, rule.channel, rule.language,
        )  # fmt: skip
        if not any(conditions):
            self._wrong("words", "no_condition")
        if rule.words and set(rule.words) <= set(rule.not_words):
            self._wrong("not_words", "word_excluded", str(rule.words[0][0]))
