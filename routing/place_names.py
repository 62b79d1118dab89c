"""A place as somebody gave it: a code of the registry, or names joined by `/`."""

from routing.compiled import CompiledRuleset


def place_code(ruleset: CompiledRuleset, given: str) -> str:
    """The code of a place given as a code or as names from the larger to the smaller.

    "33.74", "Jawa Tengah/Kota Semarang", "ঢাকা/সাভার". As much as can be told apart is used; "" when
    nothing can.
    """
    given = given.strip()
    if not given or given in ruleset.index.places:
        return given
    place = ""
    for part in given.split("/"):
        part = part.strip()
        if part in ruleset.index.places:
            place = part
            continue
        found = ruleset.matcher.scan(ruleset.speller.comparable(part))
        place = ruleset.gazetteer.find_name(found, place) or place
    return place
