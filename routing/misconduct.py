"""Whether a text sets an official beside a word of misconduct. Pure.

Source: the casework rules: the router never forwards such a case, the desk does.
"""

from routing.compiled import CompiledRuleset
from routing.facts import Reason
from routing.matcher import Found


def misconduct_in(found: Found, ruleset: CompiledRuleset) -> Reason | None:
    """An official's title or name beside a word of misconduct."""
    words = sorted(hit for hit in found.repeated if hit[2] in ruleset.misconduct_ids)
    if not words:
        return None
    officials = [hit for hit in found.repeated if hit[2] in ruleset.title_ids]
    officials += [(start, end, -1) for start, end, _ in ruleset.people.scan(found.text).offices]
    for start, end, term in words:
        for official_start, official_end, official in officials:
            between = found.text[min(end, official_end) : max(start, official_start)]
            if official != term and between.count(" ") <= ruleset.settings.beside:
                beside = (found.words((official_start, official_end)), found.words((start, end)))
                note = "An official stands beside a word of misconduct: a person decides."
                return Reason("misconduct", note, 100, beside, ("misconduct",))
    return None
