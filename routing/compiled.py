"""A rule set made ready to run: words in one automaton, rules found by the words they wait for."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, replace
from itertools import pairwise

from routing.conditions import Alternatives, MistakenRule, Rule, read_alternatives
from routing.gazetteer import Gazetteer, PlaceWords, read_place_words
from routing.matcher import Matcher
from routing.registry_index import OfficeEntry, RegistryIndex
from routing.text import Speller

SETTINGS = frozenset(
    {
        "name", "threshold", "misconduct_words", "official_titles", "beside", "place_prefixes",
        "place_aliases", "place_stopwords", "not_place_after", "spelling", "doubling",
        "calibration", "opening", "never_places",
    }
)  # fmt: skip

#: A title and a word of misconduct are "beside" each other within this many words.
BESIDE = 8

#: A word of a name with so many letters at most may be a title ("Md.", "Dr.", "Mst.").
SHORT_TITLE = 3

#: Alternatives of terms as ids of the matcher.
TermIds = tuple[tuple[int, ...], ...]


class MistakenSettings(ValueError):
    """Settings of a rule set that can't be used; the message names the setting."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with its words as ids. `errors` make every case that meets it the desk's."""

    rule: Rule
    words: TermIds
    not_words: TermIds
    names: TermIds
    category: frozenset[str]
    place: frozenset[str]
    errors: tuple[str, ...] = ()
    #: Words (and exclusions) are all that it looks at, and it has no mistake.
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """People say first what it is about: how much of a rule counts whose words come later.

    In full within the first `letters` of the text, `least` of it from letter `far` on, along a
    straight line between them.
    """

    letters: int
    far: int
    least: float

    def share(self, start: int) -> float:
        """The share (0–1) of a rule's strength that counts when its words start there."""
        if start <= self.letters:
            return 1.0
        if start >= self.far:
            return self.least
        return 1 - (1 - self.least) * (start - self.letters) / (self.far - self.letters)


@dataclass(frozen=True, slots=True)
class Settings:
    """A rule set's settings, read. `threshold` is the least confidence that forwards a case."""

    threshold: float
    misconduct_words: Alternatives
    official_titles: Alternatives
    beside: int
    calibration: tuple[tuple[float, float], ...]
    opening: Opening | None = None


class CompiledRuleset:
    """Everything `engine.decide` needs. Build it with `compile_ruleset`; it never changes after."""

    def __init__(
        self,
        rules: Iterable[Rule],
        settings: Mapping[str, object],
        index: RegistryIndex,
        *,
        name: str,
        version: int,
    ):
        self.name, self.version, self.index = name, version, index
        #: Set when the settings could not be read: then every case is the desk's.
        self.broken = ""
        self.speller = read_speller(settings)
        self.settings = read_settings(settings, self.speller)
        self.matcher = Matcher()
        self.rules: list[CompiledRule] = []
        #: Term id → (position of a rule, an alternative of its words that begins with the term).
        self.by_term: dict[int, list[tuple[int, tuple[int, ...]]]] = {}
        #: Category code → positions of rules without words that ask for it.
        self.by_category: dict[str, list[int]] = {}
        #: Positions of rules that no word and no category leads to.
        self.always: list[int] = []
        for rule in sorted(rules, key=lambda rule: rule.code):
            self._add(rule)
        #: Names of officials, looked for only where a word of misconduct was found.
        self.people = Matcher()
        self.misconduct = self._terms(self.settings.misconduct_words, repeated=True)
        self.titles = self._terms(self.settings.official_titles, repeated=True)
        self.misconduct_ids = frozenset(term for terms in self.misconduct for term in terms)
        self.title_ids = frozenset(term for terms in self.titles for term in terms)
        #: Name id → (office codes, type codes) that the name stands for.
        self.office_names: list[tuple[set[str], set[str]]] = []
        self._name_ids: dict[str, int] = {}
        place_words = _place_words(settings, self.speller)
        self._read_office_names(place_words.levels)
        self.gazetteer = Gazetteer(index, place_words, self.speller)
        self.gazetteer.fill(self.matcher, self._single_words())
        self.matcher.build()

    def _terms(self, alternatives: Alternatives, *, repeated: bool = False) -> TermIds:
        return tuple(
            tuple(self.matcher.term(term, repeated=repeated) for term in terms)
            for terms in alternatives
        )

    def _add(self, rule: Rule) -> None:
        missing = self.index.mistakes_in(rule)
        compiled = CompiledRule(
            rule=rule,
            words=self._terms(rule.words),
            not_words=self._terms(rule.not_words),
            names=self._terms(rule.names),
            category=frozenset(rule.category),
            place=frozenset(rule.place),
            errors=tuple(f"rule {rule.code}: {mistake}" for mistake in (*rule.broken, *missing)),
        )
        others = (rule.category, rule.place, rule.named, rule.names, rule.kind, rule.channel,
                  rule.language, compiled.errors)  # fmt: skip
        compiled = replace(compiled, is_plain=not any(others))
        position = len(self.rules)
        self.rules.append(compiled)
        if compiled.words:
            for terms in compiled.words:
                self.by_term.setdefault(terms[0], []).append((position, terms))
        elif compiled.category and not compiled.errors:
            for category in compiled.category:
                self.by_category.setdefault(category, []).append(position)
        else:
            self.always.append(position)

    def _single_words(self) -> Iterable[str]:
        for compiled in self.rules:
            for terms in compiled.rule.words:
                for term in terms:
                    if len(term.words) == 1:
                        yield term.words[0].strip("*")

    def _read_office_names(self, levels: Iterable[str]) -> None:
        for office in self.index.offices.values():
            kind = self.index.types.get(office.type)
            if kind is not None and kind.level and kind.names:
                # Hundreds of offices of one type are found by their type's name and the place.
                continue
            for name in (*office.names.values(), *office.aliases):
                self._office_name(name)[0].add(office.code)
        # "Kecamatan" before a name says what the place is; it doesn't name the office.
        words_of_level = frozenset(levels)
        for kind in self.index.types.values():
            if kind.level:
                for name in kind.names:
                    if self.speller.word(name) in words_of_level:
                        continue
                    self._office_name(name)[1].add(kind.code)

    def _office_name(self, name: str) -> tuple[set[str], set[str]]:
        text = self.speller.word(name)
        position = self._name_ids.get(text)
        if position is None:
            position = self._name_ids[text] = len(self.office_names)
            self.office_names.append((set(), set()))
            if text:
                self.matcher.add_office_name(text, position)
        return self.office_names[position]

    def with_people(self, names: Iterable[str]) -> "CompiledRuleset":
        """The same rule set, knowing these names of officials. Names of one word are left out.

        A name counts without what stands before it in short ("Md.", "Dr.") too.
        """
        people = Matcher()
        for name in sorted(set(names)):
            words = self.speller.word(name).split()
            while len(words) > 1:
                people.add_office_name(" ".join(words), 0)
                if len(words[0]) > SHORT_TITLE:
                    break
                words = words[1:]
        people.build()
        other = copy(self)
        other.people = people
        return other

    @property
    def mistakes(self) -> tuple[str, ...]:
        """All that is wrong with rules in this set, for the registrar."""
        return tuple(error for compiled in self.rules for error in compiled.errors)

    def office(self, code: str) -> OfficeEntry | None:
        """The office with a code."""
        return self.index.offices.get(code)


def read_speller(settings: Mapping[str, object]) -> Speller:
    """The spelling of a rule set. Raises `MistakenSettings`."""
    spelling = settings.get("spelling", {})
    if not isinstance(spelling, Mapping):
        raise MistakenSettings("spelling: must be an object, everyday spelling → standard")
    try:
        return Speller(
            {str(key): str(value) for key, value in spelling.items()},
            doubling=settings.get("doubling") is True,
        )
    except ValueError as error:
        raise MistakenSettings(str(error)) from error


def _place_words(settings: Mapping[str, object], speller: Speller) -> PlaceWords:
    try:
        return read_place_words(settings, speller)
    except ValueError as error:
        raise MistakenSettings(str(error)) from error


def read_settings(settings: Mapping[str, object], speller: Speller) -> Settings:
    """The settings, checked. Raises `MistakenSettings` with the first thing that is wrong."""
    if unknown := sorted(set(settings) - SETTINGS):
        raise MistakenSettings(f"{unknown[0]}: is not a setting of a rule set")
    threshold = settings.get("threshold", 0.5)
    if not isinstance(threshold, int | float) or not 0 < threshold <= 1:
        raise MistakenSettings("threshold: must be a number above 0 and at most 1")
    beside = settings.get("beside", BESIDE)
    if not isinstance(beside, int) or not 1 <= beside <= 50:
        raise MistakenSettings("beside: must be a whole number of words from 1 to 50")
    return Settings(
        threshold=float(threshold),
        misconduct_words=_word_list(settings, "misconduct_words", speller),
        official_titles=_word_list(settings, "official_titles", speller),
        beside=beside,
        calibration=_calibration(settings),
        opening=_opening(settings),
    )


def _word_list(settings: Mapping[str, object], name: str, speller: Speller) -> Alternatives:
    words = settings.get(name, [])
    if not isinstance(words, list):
        raise MistakenSettings(f"{name}: must be a list of words")
    try:
        return read_alternatives("|".join(map(str, words)), speller)
    except MistakenRule as error:
        raise MistakenSettings(f"{name}: {error.mistakes[0]}") from error


def _opening(settings: Mapping[str, object]) -> Opening | None:
    given = settings.get("opening")
    if given is None:
        return None
    message = 'opening: must be like {"letters": 60, "far": 200, "least": 0.7}, letters below far'
    try:
        opening = Opening(int(given["letters"]), int(given["far"]), float(given["least"]))  # type: ignore[index]
    except (KeyError, TypeError, ValueError) as error:
        raise MistakenSettings(message) from error
    if not (0 <= opening.letters < opening.far and 0 < opening.least <= 1):
        raise MistakenSettings(message)
    return opening


def _calibration(settings: Mapping[str, object]) -> tuple[tuple[float, float], ...]:
    points = settings.get("calibration", [])
    message = "calibration: must be pairs [score, share right], both rising from 0 to 1"
    if not isinstance(points, list):
        raise MistakenSettings(message)
    try:
        pairs = tuple((float(score), float(share)) for score, share in points)
    except (TypeError, ValueError) as error:
        raise MistakenSettings(message) from error
    for before, after in pairwise(pairs):
        if not (before[0] < after[0] and before[1] <= after[1]):
            raise MistakenSettings(message)
    if any(not (0 <= score <= 1 and 0 <= share <= 1) for score, share in pairs):
        raise MistakenSettings(message)
    return pairs


def compile_ruleset(
    rules: Iterable[Rule],
    settings: Mapping[str, object],
    index: RegistryIndex,
    *,
    name: str = "",
    version: int = 0,
) -> CompiledRuleset:
    """A rule set ready to run against one version of the registry.

    The order of the rules does not matter. Rules with mistakes are kept: a case that meets one goes
    to the desk. Raises `MistakenSettings`.
    """
    return CompiledRuleset(
        rules, settings, index, name=name or str(settings.get("name", "")), version=version
    )
