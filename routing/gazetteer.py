"""Places named in a text: found by name, told apart by the words beside them and by each other.

A name is *explicit* when a word of level stands beside it ("kecamatan Tembalang", "সাভার উপজেলা")
or is part of it ("Kota Semarang"). A bare name counts by itself only for the two largest levels, or
for the third when no place elsewhere, of whatever level, has it. Smaller bare names only narrow
down a larger place that is given or found. What stays ambiguous is not used: at most the larger
place that all its meanings share.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from routing.matcher import Found, Matcher
from routing.registry_index import RegistryIndex
from routing.text import BANGLA_ENDINGS, Speller, is_bangla, plain

#: Bare names shorter than this need a word of level beside them.
SHORTEST_BARE = 4
#: Bare names of the smallest levels shorter than this need one too.
SHORTEST_SMALL = 5
#: A name that more places share than this says nothing by itself.
MOST_MEANINGS = 60
#: The same for a name with its level beside it ("desa Sukamaju").
MOST_FITTING = 240

_EXPLICIT, _LARGE, _SMALL = 3.0, 2.0, 1.0


@dataclass(slots=True)
class _Name:
    """A name and what it can mean. `whole`: places of which it is the full official name."""

    text: str
    meanings: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    #: Set by the pack: the name means these, and nothing else, when it stands bare.
    set_meanings: tuple[str, ...] = ()
    ordinary: bool = False


@dataclass(frozen=True, slots=True)
class _Mention:
    meanings: tuple[str, ...]
    explicit: bool
    #: Whether it can stand for a place without another one's help.
    stands: bool
    weight: float


@dataclass(frozen=True, slots=True)
class PlaceWords:
    """A pack's words about places, all in comparable form (built by `read_place_words`)."""

    #: Word or words of level → levels ("kec" → subdistrict).
    levels: Mapping[str, frozenset[str]]
    #: Name → place codes that it means when it stands bare.
    aliases: Mapping[str, tuple[str, ...]]
    #: Names that are ordinary words too.
    ordinary: frozenset[str]
    #: Words after which a name is a street's or a station's.
    not_after: frozenset[str]
    #: Names never read as a place, not even beside a word of level ("desa yang", "desa kami").
    never: frozenset[str] = frozenset()


def read_place_words(settings: Mapping[str, object], speller: Speller) -> PlaceWords:
    """The place words of a pack's settings. Raises ValueError for a shape that can't be read."""
    levels: dict[str, frozenset[str]] = {}
    for word, value in _mapping(settings, "place_prefixes").items():
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list):
            raise ValueError(f"place_prefixes: {word!r} needs a level or a list of levels")
        levels[speller.word(word)] = frozenset(str(name) for name in names)
    aliases: dict[str, tuple[str, ...]] = {}
    for name, value in _mapping(settings, "place_aliases").items():
        codes = [value] if isinstance(value, str) else value
        if not isinstance(codes, list):
            raise ValueError(f"place_aliases: {name!r} needs a place's code or a list of codes")
        aliases[speller.word(name)] = tuple(str(code) for code in codes)
    return PlaceWords(
        levels=levels,
        aliases=aliases,
        ordinary=frozenset(map(speller.word, _listing(settings, "place_stopwords"))),
        not_after=frozenset(map(speller.word, _listing(settings, "not_place_after"))),
        never=frozenset(map(speller.word, _listing(settings, "never_places"))),
    )


def _mapping(settings: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = settings.get(name, {})
    if not isinstance(value, Mapping):
        raise ValueError(f"{name}: must be an object")
    return value


def _listing(settings: Mapping[str, object], name: str) -> list[str]:
    value = settings.get(name, [])
    if not isinstance(value, list):
        raise ValueError(f"{name}: must be a list")
    return [str(item) for item in value]


class Gazetteer:
    """All names of a country's places. `fill` puts them into the matcher before it is built."""

    def __init__(self, index: RegistryIndex, words: PlaceWords, speller: Speller):
        self._index = index
        self._words = words
        self._speller = speller
        self._names: list[_Name] = []
        self._by_text: dict[str, int] = {}
        #: First word of a prefix → prefixes, the longest first.
        self._prefixes: dict[str, list[str]] = {}
        for prefix in sorted(words.levels, key=lambda word: (-len(word), word)):
            self._prefixes.setdefault(prefix.partition(" ")[0], []).append(prefix)
        # Bangla, and English in Bangladesh, write the level after the name ("Savar upazila").
        self._level_may_follow = any(map(is_bangla, words.levels))
        self._read_places()
        self._read_aliases()

    def _read_places(self) -> None:
        comparable = self._speller.comparable
        for code, place in self._index.places.items():
            for name in dict.fromkeys(place.names):
                whole = comparable(name).strip()
                bare = self._without_level(whole)
                added = self._add(whole, code, whole=bare != whole)
                if bare != whole:
                    self._add(bare, code)
                elif added and place.depth >= 2 and whole != plain(name).strip():
                    # Everyday spelling turns it into another word ("Deket" into "dekat", near).
                    added.ordinary = True

    def _without_level(self, name: str) -> str:
        """ "kabupaten aceh selatan" → "aceh selatan"."""
        for prefix in self._prefixes.get(name.partition(" ")[0], ()):
            if name.startswith(f"{prefix} ") and len(name) > len(prefix) + 1:
                return name[len(prefix) + 1 :]
        return name

    def _add(self, text: str, code: str, *, whole: bool = False) -> _Name | None:
        if len(text) < 2 or text in self._words.never:
            return None
        position = self._by_text.get(text)
        if position is None:
            position = self._by_text[text] = len(self._names)
            self._names.append(_Name(text, ordinary=text in self._words.ordinary))
        name = self._names[position]
        if code not in name.meanings:
            name.meanings += (code,)
        if whole:
            name.whole += (code,)
        return name

    def _read_aliases(self) -> None:
        for text, codes in sorted(self._words.aliases.items()):
            known = tuple(code for code in codes if code in self._index.places)
            for code in known:
                if name := self._add(text, code):
                    name.set_meanings = known

    def fill(self, matcher: Matcher, rule_words: Iterable[str]) -> None:
        """Put all names into the matcher. Names that are words of rules count as ordinary."""
        ordinary = set(rule_words)
        depth = self._index.places
        for position, name in enumerate(self._names):
            if name.text in ordinary and all(depth[code].depth >= 2 for code in name.meanings):
                name.ordinary = True
            matcher.add_place_name(name.text, position)

    def find(self, found: Found, given: str = "") -> str:
        """The code of the place that a scanned text is about; `given`, if known, holds it in."""
        index = self._index
        mentions = self._mentions(found)
        anchor = given if given in index.places else self._anchor(mentions)
        if not anchor:
            return ""
        return self._narrow(anchor, mentions)

    def find_name(self, found: Found, under: str = "") -> str:
        """The place that a name on its own stands for, among those under a place."""
        whole = len(found.text)
        index = self._index
        place = self.find(found, under)
        if place and place != under:
            return place
        # A name given as a place needs no word of level beside it, and may be an ordinary word.
        meanings = {
            code
            for start, end, name in found.places
            if start == 0 and end >= whole - 1
            for code in self._names[name].meanings
            if code != under and (not under or self._is_under(code, under))
        }
        if not meanings:
            return ""
        top = min(index.places[code].depth for code in meanings)
        highest = [code for code in meanings if index.places[code].depth == top]
        return highest[0] if len(highest) == 1 else ""

    def _mentions(self, found: Found) -> list[_Mention]:
        hits = sorted(set(found.places), key=lambda hit: (hit[0], -hit[1]))
        mentions = []
        reach = -1
        for start, end, name_id in hits:
            # A name inside a longer one is not a mention ("semarang" in "semarang barat").
            if end <= reach:
                continue
            mention = self._mention(found.text, start, end, self._names[name_id])
            if mention is not None:
                reach = end
                mentions.append(mention)
        return mentions

    def _mention(self, text: str, start: int, end: int, name: _Name) -> _Mention | None:
        places = self._index.places
        before = text[max(0, start - 40) : start + 1].split()
        for level_word, levels in self._levels_beside(before, text, end):
            fitting = [code for code in name.meanings if places[code].level in levels]
            fitting = self._of_that_name(fitting, level_word) or fitting
            if 0 < len(fitting) <= MOST_FITTING:
                return _Mention(tuple(fitting), True, True, _EXPLICIT)
        if name.whole:
            return _Mention(tuple(sorted(name.whole)), True, True, _EXPLICIT)
        if before and before[-1] in self._words.not_after:
            return None
        return self._bare(name)

    def _levels_beside(
        self, before: list[str], text: str, end: int
    ) -> Iterator[tuple[str, frozenset[str]]]:
        """The words of level beside a name, with the levels they mean."""
        levels = self._words.levels
        if self._level_may_follow and (stop := text.find(" ", end - 1)) >= 0:
            after = text[stop : stop + 40].split()
            for word in levels if after else ():
                if after[0] == word or (is_bangla(word) and _is_with_ending(after[0], word)):
                    yield "", levels[word]
        for count in (2, 1):
            word = " ".join(before[-count:])
            if len(before) >= count and word in levels:
                yield word, levels[word]

    def _of_that_name(self, codes: list[str], level_word: str) -> list[str]:
        """Of "Kota X" and "Kabupaten X", those whose own word the text's one is, or shortens."""
        return [
            code
            for code in codes
            if level_word
            and len(codes) <= 20
            and any(
                self._speller.word(name).startswith(level_word)
                for name in self._index.places[code].names
            )
        ]

    def _bare(self, name: _Name) -> _Mention | None:
        if name.set_meanings:
            # As good as explicit: the pack may mean a quarter of a city ("Mirpur" in Dhaka).
            return _Mention(name.set_meanings, True, True, _LARGE)
        if name.ordinary or len(name.text) < SHORTEST_BARE or len(name.meanings) > MOST_MEANINGS:
            return None
        places = self._index.places
        by_depth = sorted(name.meanings, key=lambda code: (places[code].depth, code))
        top = places[by_depth[0]].depth
        if top <= 1:
            large = tuple(code for code in by_depth if places[code].depth <= 1)
            return _Mention(large, False, True, _LARGE)
        if len(name.text) < SHORTEST_SMALL:
            return None
        if top == 2:
            elsewhere = any(not self._is_under(code, by_depth[0]) for code in by_depth)
            return _Mention(tuple(by_depth), False, not elsewhere, _SMALL)
        return _Mention(tuple(by_depth), False, False, _SMALL)

    def _anchor(self, mentions: list[_Mention]) -> str:
        """The place that the mentions which can stand agree on best."""
        large = [self._of_large_places(mention) for mention in mentions]
        standing = [mention for mention in large if mention.stands]
        if not standing:
            return ""
        return self._best([mention for mention in large if mention.meanings], standing, under="")

    def _of_large_places(self, mention: _Mention) -> _Mention:
        """A bare name as one of the three largest levels: villages only narrow down."""
        if mention.explicit:
            return mention
        places = self._index.places
        large = tuple(code for code in mention.meanings if places[code].depth <= 2)
        return replace(mention, meanings=large)

    def _narrow(self, anchor: str, mentions: list[_Mention]) -> str:
        """The smallest place under the anchor that the text names."""
        depth = self._index.places[anchor].depth
        above_anchor = set(self._index.line(anchor))
        inside = []
        for mention in mentions:
            if depth < 1 and not mention.stands:
                continue
            if above_anchor.intersection(mention.meanings):
                # It means the anchor, or what lies above it, and so says nothing smaller.
                continue
            under = tuple(
                code for code in mention.meanings if code != anchor and self._is_under(code, anchor)
            )
            if under:
                inside.append(_Mention(under, mention.explicit, True, mention.weight))
        return self._best(inside, inside, under=anchor) or anchor

    def _is_under(self, code: str, anchor: str) -> bool:
        return any(above == anchor for above in self._index.line(code))

    def _best(self, helping: list[_Mention], standing: list[_Mention], *, under: str) -> str:
        """The place whose line explains most mentions; on a tie, what the best have in common."""
        index = self._index
        scores: dict[str, float] = {}
        lines: dict[str, tuple[str, ...]] = {}
        for mention in helping:
            for code in mention.meanings:
                lines.setdefault(code, tuple(index.line(code)))
        meant = [(set(mention.meanings), mention.weight) for mention in helping]
        can_stand = set().union(*(mention.meanings for mention in standing)) if standing else set()
        for code, line in lines.items():
            if can_stand.isdisjoint(line):
                continue
            scores[code] = sum(
                weight for meanings, weight in meant if not meanings.isdisjoint(line)
            )
        if not scores:
            return ""
        best = max(scores.values())
        top = sorted(code for code, score in scores.items() if score == best)
        shared = set(lines[top[0]]).intersection(*(lines[code] for code in top[1:]))
        return next((code for code in lines[top[0]] if code in shared), under)


def _is_with_ending(word: str, stem: str) -> bool:
    return word.startswith(stem) and word[len(stem) :] in BANGLA_ENDINGS
