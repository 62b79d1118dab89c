"""Places and offices as a citizen reads them, and the router's decision in words that explain it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agencies.models import Category, Office, Place
from agencies.selectors import search_offices, search_places
from complaints.errors import Sentence
from routing.facts import Decision

#: What a level of places is called, for the labels of the lists.
LEVEL_NAMES: dict[str, Sentence] = {
    "division": _("Division"),
    "district": _("District"),
    "upazila": _("Upazila"),
    "union": _("Union"),
    "city": _("City corporation"),
    "thana": _("Thana"),
    "area": _("Area"),
    "province": _("Province"),
    "regency": _("Regency or city"),
    "subdistrict": _("Subdistrict"),
    "village": _("Village"),
}

DESK_READS_BECAUSE: dict[str, Sentence] = {
    "below_threshold": _("it is not sure enough which office is responsible."),
    "no_rule": _("it is not clear yet which office is responsible."),
    "place_needed": _("which office is responsible depends on the place."),
    "misconduct": _("it seems to be about what an official did."),
    "sensitive": _("it is about an official or about corruption."),
    "rule_error": _("it could not be sorted by itself."),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A place or an office to choose: its code, its name, and what it lies in or under."""

    code: str
    name: str
    within: str = ""

    @property
    def line(self) -> str:
        """The whole of it in one line."""
        return f"{self.name}, {self.within}" if self.within else self.name


@dataclass(frozen=True, slots=True)
class Why:
    """Where a complaint goes and why. `agency` is empty while the desk has to find out.

    `guess` is what the desk is suggested; `words` those of the text that decided.
    """

    agency: str = ""
    guess: str = ""
    words: tuple[str, ...] = ()
    by_subject: bool = False
    by_place: bool = False
    desk_because: Sentence = ""


def _language() -> str:
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def places_found(words: str, limit: int = 12) -> list[Found]:
    """Places by words of their names, each with what it lies in."""
    return described_places(search_places(settings.COUNTRY, words[:100], limit))


def described_places(places: Iterable[Place]) -> list[Found]:
    """Places with the names of those around them, nearest first (one query)."""
    places, language = list(places), _language()
    above = {code for place in places for code in place.ancestor_codes[:-1]}
    names = {
        row.code: row.name_in(language)
        for row in Place.objects.filter(country=settings.COUNTRY, code__in=above)
    }
    return [
        Found(
            place.code,
            place.name_in(language),
            ", ".join(names[c] for c in reversed(place.ancestor_codes[:-1]) if c in names),
        )
        for place in places
    ]


def places_below(code: str) -> list[Place]:
    """The places directly below one, by name; those at the top for an empty code."""
    below = Place.objects.filter(country=settings.COUNTRY)
    below = below.filter(parent__code=code) if code else below.filter(parent=None)
    return sorted(below, key=lambda place: place.name)


def offices_found(words: str, limit: int = 12) -> list[Found]:
    """Open offices by words of their names or aliases, each with the agency it belongs to."""
    offices = search_offices(settings.COUNTRY, words[:100], limit)
    language = _language()
    return [
        Found(
            office.code,
            office.name_in(language),
            office.agency.name_in(language)
            if office.agency and office.agency_id != office.pk
            else "",
        )
        for office in offices
    ]


def why(decision: Decision | None) -> Why:
    """A decision as the citizen reads it (one query)."""
    if decision is None:
        return Why(desk_because=DESK_READS_BECAUSE["rule_error"])
    code = decision.target or decision.suggested
    office = Office.objects.filter(country=settings.COUNTRY, code=code).first() if code else None
    conditions = [c for reason in decision.reasons for c in reason.conditions]
    found = dict.fromkeys(word for reason in decision.reasons for word in reason.found)
    name = office.name if office else ""
    return Why(
        agency=name if decision.target else "",
        guess="" if decision.target else name,
        words=tuple(found)[:6],
        by_subject=any(c.startswith("category") for c in conditions),
        by_place=any(c.startswith(("place", "covers")) for c in conditions),
        desk_because=DESK_READS_BECAUSE.get(decision.desk_because, ""),
    )


def name_of(model: type[Category | Place | Office], code: str) -> str:
    """The name of a category, place or office of this country by its code; empty if unknown."""
    if not code:
        return ""
    row = model._default_manager.filter(country=settings.COUNTRY, code=code).first()
    return row.name if row else ""
