"""What a rule may look at (`Facts`) and what the engine says (`Decision`). Pure values, no ORM."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

DeskBecause = Literal[
    "", "below_threshold", "no_rule", "place_needed", "misconduct", "sensitive", "rule_error"
]
DESK_REASONS: tuple[str, ...] = tuple(reason for reason in get_args(DeskBecause) if reason)

#: The kinds of case that a rule may ask for.
KINDS = ("complaint", "information", "suggestion")


@dataclass(frozen=True, slots=True)
class Facts:
    """A case as routing sees it: nothing about who filed it.

    `country` is a pack's code ("bd"); `language` two letters or empty; `category` and `place` are
    codes of the registry or empty; `agency_named` is what the citizen chose or wrote as the agency,
    an office's code or a name.
    """

    text: str
    country: str
    language: str = ""
    category: str = ""
    place: str = ""
    kind: str = "complaint"
    channel: str = "web"
    agency_named: str = ""
    sensitive: bool = False

    def to_json(self) -> dict[str, Any]:
        """The facts as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Facts":
        """The facts that `to_json` wrote."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that fired for the office chosen or suggested.

    `found` holds the words as they stand in the (comparable) text; `conditions` the others that
    held, as `operator:value`; `strength` is 0–100.
    """

    rule: str
    note: str
    strength: int
    found: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a case goes, and why. Exactly one of `target` and `desk_because` is set.

    `target` and `suggested` are office codes; `suggested` is the best guess that the desk sees when
    the engine would not forward. `confidence` (0–1) is about `target` or `suggested`. `place` is
    the place used, given or found in the text. `errors` are for the registrar.
    """

    target: str = ""
    suggested: str = ""
    confidence: float = 0.0
    reasons: tuple[Reason, ...] = ()
    runners_up: tuple[tuple[str, float], ...] = ()
    place: str = ""
    desk_because: DeskBecause = ""
    ruleset: str = ""
    version: int = 0
    errors: tuple[str, ...] = ()
    words_found: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The decision as plain JSON values (tuples become lists)."""
        data = asdict(self)
        data["reasons"] = [
            {**reason, "found": list(reason["found"]), "conditions": list(reason["conditions"])}
            for reason in data["reasons"]
        ]
        for name in ("errors", "words_found"):
            data[name] = list(data[name])
        data["runners_up"] = [list(pair) for pair in data["runners_up"]]
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Decision":
        """The decision that `to_json` wrote."""
        values = dict(data)
        values["reasons"] = tuple(
            Reason(
                rule=reason["rule"],
                note=reason["note"],
                strength=reason["strength"],
                found=tuple(reason["found"]),
                conditions=tuple(reason["conditions"]),
            )
            for reason in data.get("reasons", ())
        )
        values["runners_up"] = tuple(
            (str(code), float(score)) for code, score in data.get("runners_up", ())
        )
        for name in ("errors", "words_found"):
            values[name] = tuple(data.get(name, ()))
        return cls(**values)
