"""Choosing an office by its name: typed, looked up, then chosen from what fits; with or without a script."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.actors import Actor
from agencies.models import Office
from agencies.selectors import search_offices, with_words
from complaints.models import Case
from complaints.views.officer.access import READERS, officers, visible_case

MOST = 12
#: Added to a field's name: the office chosen from the matches, and what was typed to get them.
CHOSEN, SEARCHED = "-chosen", "-searched"


@dataclass
class Picker:
    """What stands under an office field: what was typed, what fits it, what is chosen."""

    name: str
    typed: str = ""
    chosen: str = ""
    below: str = ""
    matches: list[Office] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Something was looked for, and nothing fits."""
        return bool(self.typed) and not self.matches

    @property
    def address(self) -> str:
        """Which office the ones shown lie below, for looking up more while somebody types."""
        return f"?below={self.below}" if self.below else ""


def matches_for(words: str, below: Office | None = None) -> list[Office]:
    """Open offices whose code, names or aliases hold the words; if asked for, below one alone."""
    words = words.replace("\0", "")[:100]
    if below is None:
        return search_offices(settings.COUNTRY, words, MOST)
    found = Office.objects.open().under(below).exclude(pk=below.pk).select_related("agency")
    found = found.filter(with_words(words)) if words else found.filter(parent=below)
    return list(found.order_by("path")[:MOST])


def described(codes: list[str]) -> list[Office]:
    """Open offices by code, in that order."""
    found = Office.objects.open().filter(Q(code__in=codes), country=settings.COUNTRY)
    by_code = {office.code: office for office in found.select_related("agency")}
    return [by_code[code] for code in codes if code in by_code]


def shown(name: str, case: Case, *, below: bool, codes: list[str]) -> Picker:
    """The field before anything is typed: offices that are likely, the first one chosen."""
    above = case.holder if below else None
    picker = Picker(name, below=case.number if below else "")
    if above is not None and not codes:
        picker.matches = matches_for("", above)
    else:
        picker.matches = described(codes)
        picker.chosen = picker.matches[0].code if picker.matches else ""
    return picker


def sent(name: str, data: QueryDict, case: Case, *, below: bool) -> Picker:
    """The field as it was sent. A choice counts if nothing new was typed since it was shown."""
    typed, searched = data.get(name, "").strip(), data.get(name + SEARCHED, "").strip()
    chosen = data.get(name + CHOSEN, "") if typed == searched else ""
    picker = Picker(name, typed, chosen, case.number if below else "")
    if typed:
        picker.matches = matches_for(typed, case.holder if below else None)
    elif chosen:
        picker.matches = described([chosen])
    elif below:
        picker.matches = matches_for("", case.holder)
    if not picker.chosen and typed:
        picker.chosen = exact(typed, picker.matches)
    return picker


def exact(typed: str, matches: list[Office]) -> str:
    """The code of the one office that is meant without a doubt: by its code or its whole name."""
    wanted = typed.casefold()
    found = [
        office.code
        for office in matches
        if wanted == office.code or wanted in (name.casefold() for name in office.names.values())
    ]
    return found[0] if len(found) == 1 else ""


@require_safe
@officers(*READERS)
def office_matches(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """The offices that fit what is being typed: the part of a form below its field."""
    typed = request.GET.get(name, "").strip()
    number = request.GET.get("below", "")
    above: Any = None
    if number:
        case = visible_case(actor, number)
        above = case.holder if case else None
    matches = matches_for(typed, above) if typed else []
    picker = Picker(name, typed, exact(typed, matches), number, matches)
    return render(request, "complaints/office_matches.html", {"picker": picker})
