"""What an officer narrows a list to. It stays in the address, so that a list can be sent on."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.prepared import prepared
from agencies.models import Category, Office
from agencies.selectors import categories
from complaints.models import Case
from complaints.models.case import Kind, Status
from complaints.selectors import InboxFilter, offices_led
from complaints.selectors.access import SEE_ALL
from complaints.views.officer.access import LEADERS

#: Offices to choose from; beyond that the search by words finds the case.
MOST_OFFICES = 200
DUE = [
    ("", _("All")),
    ("late", _("Late")),
    ("today", _("Due today")),
    ("week", _("Due this week")),
]
SCOPES = [
    ("", _("With us or below")),
    ("ours", _("With us")),
    ("below", _("With an office below")),
    ("past", _("Handed on")),
]


class InboxForm(forms.Form):
    """The filters of a list of cases. Whatever cannot be read is left out, never refused."""

    mark_optional = False

    words = forms.CharField(
        label=_("Words or number"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"data-key-search": "", "type": "search"}),
    )
    due = forms.ChoiceField(label=_("Due"), choices=DUE, required=False)
    status = forms.ChoiceField(label=_("State"), required=False)
    scope = forms.ChoiceField(label=_("Where"), choices=SCOPES, required=False)
    office = forms.ChoiceField(label=_("Office"), required=False)
    category = forms.ChoiceField(label=_("About"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self._choices("status", _("All open"), Status.choices)
        self._choices("kind", _("All"), Kind.choices)
        self._choices("category", _("All"), _category_choices())
        if actor.has(*SEE_ALL, *LEADERS):
            self._choices("office", _("All"), _office_choices(actor))
        else:
            del self.fields["office"], self.fields["mine"]
        if actor.has(*SEE_ALL) or not actor.has(*LEADERS):
            del self.fields["scope"]

    def _choices(self, name: str, none: Any, choices: Any) -> None:
        field: Any = self.fields[name]
        field.choices = [("", none), *choices]

    def chosen(self) -> InboxFilter:
        """The filters that could be read."""
        self.full_clean()
        return InboxFilter(**{name: value for name, value in self.cleaned_data.items() if value})

    @property
    def is_used(self) -> bool:
        """Whether the list is narrowed at all."""
        return any(self.cleaned_data.values())

    @property
    def in_words(self) -> list[str]:
        """The filters in use, as a reader says them: "State: Closed"."""
        used = []
        for name, value in self.cleaned_data.items():
            field: Any = self.fields[name]
            if value and name != "words":
                choices = dict(getattr(field, "choices", ()))
                shown = str(choices[value]).lstrip("– ") if value in choices else ""
                used.append(f"{field.label}: {shown}" if shown else str(field.label))
        return used


def _category_choices() -> list[tuple[str, str]]:
    rows = sorted(_categories(), key=lambda row: row.path)
    return [(row.code, "– " * (row.path.count("/") - 1) + row.name) for row in rows]


@prepared
def _categories() -> QuerySet[Category]:
    return categories(settings.COUNTRY).only("code", "names", "path")


def _office_choices(actor: Actor) -> list[tuple[str, str]]:
    """Offices below that have open cases; for those who see all, the top of each tree."""
    return [(office.code, office.name) for office in _offices(actor=actor)]


@prepared
def _offices(*, actor: Any) -> QuerySet[Office]:
    if actor.has(*SEE_ALL):
        top = Office.objects.open().filter(country=settings.COUNTRY, parent=None)
        offices: QuerySet[Office] = top
    else:
        held = Case.objects.filter(holder=OuterRef("pk")).exclude(status=Status.CLOSED)
        offices = offices_led(actor).filter(Exists(held))
    return offices.only("code", "names", "path").order_by("path")[:MOST_OFFICES]


def counts_of(
    request: HttpRequest, entries: list[tuple[Any, int, str, dict[str, str]]]
) -> list[dict[str, Any]]:
    """Counts as `counts.html` wants them: title, number, colour, and the filter it stands for."""
    here = {name: value for name, value in request.GET.items() if value and name != "page"}
    return [
        {
            "title": title,
            "number": number,
            "code": code if number else "",
            "url": f"?{urlencode(query)}" if query else request.path,
            "current": here == query,
        }
        for title, number, code, query in entries
    ]
