"""Cases found by what they are called in other systems. The room that keeps such names says how, at
start-up, since this room cannot look up to it.
"""

from collections.abc import Callable

#: Ids of cases that have exactly this name somewhere; one query, by an index.
FindsCases = Callable[[str], list[int]]
#: A name is as long as a column of it; without a digit it is a word of people.
LONGEST = 200
_finders: list[FindsCases] = []


def register(find: FindsCases) -> None:
    """Have cases found by names; the same twice is once."""
    if find not in _finders:
        _finders.append(find)


def cases_called(words: str) -> list[int]:
    """Ids of cases that are called so elsewhere; whoever asks narrows them to what they may see."""
    name = words.strip()
    if len(name) > LONGEST or not any(letter.isdecimal() for letter in name):
        return []
    return [pk for find in _finders for pk in find(name)]
