"""The table of moves as Markdown, with a picture of its states. Pure."""

from complaints.workflow import MOVES, Edge
from complaints.workflow_terms import (
    CITIZEN_WORDS,
    SAME,
    WHERE_IT_WAS,
    ClockEffect,
    Condition,
    State,
)

HEAD = """# What a complaint goes through

Drawn from the table in `complaints/workflow.py` by `manage.py workflow_page`; a test holds it to the
code. Who is who is said in `complaints/parties.py`; how days are counted in `complaints/clocks.py`.

"""
PICTURE = "## The states\n\n```mermaid\nstateDiagram-v2\n    [*] --> received: submit\n"
OPS = {
    "start": "start {}",
    "start_if_none": "start {} if none runs",
    "meet": "meet {}",
    "cancel": "stop {}",
    "elapse": "end {}",
    "pause": "pause {}",
    "resume": "resume {}",
}


def page() -> str:
    """The whole page."""
    return HEAD + _picture() + _citizens_words() + _table()


def _picture() -> str:
    lines: dict[tuple[str, str], list[str]] = {}
    for move in MOVES.values():
        for edge in move.edges:
            if edge.source is not None and edge.to != SAME:
                for target in _targets(edge):
                    names = lines.setdefault((edge.source.value, target), [])
                    if move.name not in names:
                        names.append(move.name)
    arrows = [f"    {a} --> {b}: {', '.join(names)}" for (a, b), names in lines.items() if a != b]
    return PICTURE + "\n".join(arrows) + "\n    closed --> [*]\n```\n\n"


def _targets(edge: Edge) -> list[str]:
    if edge.to == WHERE_IT_WAS:
        return ["received", "in_progress"]
    return [str(edge.to)]


def _citizens_words() -> str:
    rows = "\n".join(f"| {state} | {CITIZEN_WORDS[state]} |" for state in State)
    return f"## What the citizen sees\n\n| state | word |\n|---|---|\n{rows}\n\n"


def _table() -> str:
    lines = ["## The moves\n", "| move | from | to | who | condition | needs | clocks |"]
    lines.append("|---|---|---|---|---|---|---|")
    for move in MOVES.values():
        for sources, edge in _joined(move.edges):
            lines.append(
                f"| {move.name} | {sources} | {_to(edge)} | {', '.join(sorted(edge.who))} "
                f"| {_condition(edge)} | {', '.join(move.needs) or '–'} | {_clocks(edge.clocks)} |"
            )
    return "\n".join(lines) + "\n"


def _joined(edges: tuple[Edge, ...]) -> list[tuple[str, Edge]]:
    """Rows that differ only in their state are one line."""
    groups: dict[tuple[object, ...], list[Edge]] = {}
    for edge in edges:
        key = (edge.to, edge.who, edge.clocks, edge.when, edge.unless, edge.ending)
        groups.setdefault(key, []).append(edge)
    return [(_sources(group), group[0]) for group in groups.values()]


def _sources(edges: list[Edge]) -> str:
    states = [edge.source for edge in edges]
    if set(states) == set(State):
        return "any"
    if set(states) == set(State) - {State.CLOSED}:
        return "any open"
    return ", ".join(state.value if state else "–" for state in states)


def _to(edge: Edge) -> str:
    words = {SAME: "unchanged", WHERE_IT_WAS: "where it was"}
    to = words.get(str(edge.to), str(edge.to))
    return f"{to}: {edge.ending}" if edge.ending else to


def _condition(edge: Edge) -> str:
    said = [_name(edge.when)] if edge.when else []
    if edge.unless:
        said.append(f"not while {_name(edge.unless[0])}")
    return "; ".join(said) or "–"


def _name(condition: Condition) -> str:
    return condition.__name__.strip("_").replace("_", " ")


def _clocks(effects: tuple[ClockEffect, ...]) -> str:
    said = []
    for effect in effects:
        words = OPS[effect.op].format(effect.clock)
        words += f" ({effect.policy})" if effect.policy else ""
        said.append(words + (" (half)" if effect.half else ""))
    return "; ".join(said) or "–"
