"""Choosing an office or a place in a form: typed, looked up, chosen from what fits; without a script too."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, QueryDict

from agencies.models import Category, Office, Place
from agencies.selectors import office_by_code, search_places
from complaints.selectors.finding import Found, described_places
from complaints.views.finding import asked
from complaints.views.officer import offices
from complaints.views.officer.offices import CHOSEN, SEARCHED, Picker

MOST = 12


@dataclass
class PlacePicker:
    """What stands under a place field: what was typed, what fits it, what is chosen."""

    name: str
    typed: str = ""
    chosen: str = ""
    matches: list[Found] = field(default_factory=list)
    is_place: bool = True

    @property
    def nothing(self) -> bool:
        """Something was looked for, and nothing fits."""
        return bool(self.typed) and not self.matches


def rows_asked(request: HttpRequest) -> tuple[Category | None, Place | None, Office | None]:
    """The subject, place and agency that an address names by their codes; None for what there is not."""
    country = settings.COUNTRY
    subject, place, agency = (asked(request, name)[:60] for name in ("subject", "place", "agency"))
    return (
        Category.objects.filter(country=country, code=subject).first() if subject else None,
        Place.objects.filter(country=country, code=place).first() if place else None,
        office_by_code(country, agency) if agency else None,
    )


def pickers_shown(form: forms.Form) -> dict[str, Any]:
    """The fields before anything is typed: what the form begins with is chosen."""
    found: dict[str, Any] = {}
    for name, bound in form.fields.items():
        start = form.get_initial_for_field(bound, name)
        if "data-office" in bound.widget.attrs:
            matches = [start] if isinstance(start, Office) else []
            found[name] = Picker(name, chosen=start.code if matches else "", matches=matches)
        if "data-place" in bound.widget.attrs:
            places = described_places([start] if isinstance(start, Place) else [])
            found[name] = PlacePicker(name, chosen=start.code if places else "", matches=places)
    return found


def pickers_sent(form: forms.Form, data: QueryDict) -> dict[str, Any]:
    """The fields as they were sent; what is chosen is put into the data. A choice counts if nothing new
    was typed since it was shown.
    """
    found: dict[str, Any] = {}
    for name, bound in form.fields.items():
        attrs = bound.widget.attrs
        if "data-office" in attrs or "data-place" in attrs:
            make = _office if "data-office" in attrs else _place
            found[name] = make(name, data)
            data[name] = found[name].chosen or found[name].typed
    return found


def _typed_and_chosen(name: str, data: QueryDict) -> tuple[str, str]:
    typed = data.get(name, "").replace("\0", "").strip()[:100]
    searched = data.get(name + SEARCHED, "").strip()
    return typed, data.get(name + CHOSEN, "").replace("\0", "") if typed == searched else ""


def _office(name: str, data: QueryDict) -> Picker:
    typed, chosen = _typed_and_chosen(name, data)
    matches = offices.matches_for(typed) if typed else offices.described([chosen])
    picker = Picker(name, typed, chosen, matches=matches)
    if typed and not chosen:
        picker.chosen = offices.exact(typed, matches)
    return picker


def _place(name: str, data: QueryDict) -> PlacePicker:
    typed, chosen = _typed_and_chosen(name, data)
    country = settings.COUNTRY
    rows = (
        search_places(country, typed, MOST)
        if typed
        else list(Place.objects.filter(country=country, code=chosen)[:1])
    )
    only = rows[0].code if typed and not chosen and len(rows) == 1 else chosen
    return PlacePicker(name, typed, only, described_places(rows))
