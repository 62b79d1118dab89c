"""What a registrar fills in about a system."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.forms.fields import OfficeField
from systems.models import System
from systems.models.system import Way
from systems.scopes import Scope
from systems.services.joining import LONGEST_NAME, MOST_OVERLAP_DAYS, OVERLAP_DAYS


class SearchForm(forms.Form):
    """What the list of systems is narrowed to; everything may be left out."""

    mark_optional = False
    words = forms.CharField(label=_("Name of the system or office"), required=False)
    ended = forms.BooleanField(label=_("Systems that have ended"), required=False)


class ScopesField(forms.MultipleChoiceField):
    """The scopes, each with what it opens; the code is what an engineer reads in the documentation."""

    def __init__(self) -> None:
        boxes = forms.CheckboxSelectMultiple()
        boxes.hints = {scope.value: scope.value for scope in Scope}  # type: ignore[attr-defined]
        super().__init__(
            label=_("What the system may do"),
            help_text=_("Only with the cases of its office and of the offices below it."),
            choices=Scope.choices,
            widget=boxes,
            required=False,
        )


class NetworksField(forms.CharField):
    """Networks, one a line; what they may look like is said by the service."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Networks from which it may call"),
            help_text=_(
                "One a line, like 203.0.113.7, 203.0.113.0/24 or 2001:db8::/48. Empty: from"
                " anywhere."
            ),
            max_length=5000,
            widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
            required=False,
        )

    def clean(self, value: Any) -> list[str]:
        """The lines, commas being ends of lines too."""
        return super().clean(value).replace(",", "\n").splitlines()


class ChangeForm(forms.Form):
    """What can be changed of a system that has joined."""

    #: Scopes are needed by whoever calls, and the networks' hint says what leaving them out means.
    mark_optional = False
    name = forms.CharField(
        label=_("Name of the system"),
        help_text=_("Officers and citizens read it where the system did something."),
        max_length=LONGEST_NAME,
    )
    scopes = ScopesField()
    networks = NetworksField()

    def __init__(self, *args: Any, system: System | None = None, **options: Any) -> None:
        if system is not None:
            options["initial"] = {
                "name": system.name,
                "scopes": system.scopes,
                "networks": "\n".join(system.networks),
            }
        super().__init__(*args, **options)
        if system is not None and system.way != Way.API:
            del self.fields["scopes"], self.fields["networks"]

    @property
    def values(self) -> dict[str, Any]:
        """Name, scopes and networks, for the service."""
        given = self.cleaned_data
        nothing: list[str] = []
        return {
            "name": given["name"],
            "scopes": given.get("scopes", nothing),
            "networks": given.get("networks", nothing),
        }


class JoinForm(ChangeForm):
    """A system that is about to join."""

    office = OfficeField(
        label=_("Office"),
        help_text=_(
            "Its code, or words of its name. The system works for it and for all below it."
        ),
    )
    way = forms.ChoiceField(
        label=_("How the two talk"),
        choices=Way.choices,
        widget=forms.RadioSelect,
        initial=Way.API,
    )
    field_order = ("office", "name", "way", "scopes", "networks")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        hint = _("For a city. What follows is not needed then: nothing is opened to it.")
        self.fields["way"].widget.hints = {Way.OPEN311.value: hint}


class SecretForm(forms.Form):
    """For how long the secret until now stays good."""

    days = forms.IntegerField(
        label=_("For how many days does the old secret still work?"),
        help_text=_(
            "Both work until then, so that the agency can change it without a pause. 0: the old"
            " one ends at once; choose that if somebody else may know it."
        ),
        min_value=0,
        max_value=MOST_OVERLAP_DAYS,
        initial=OVERLAP_DAYS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "govuk-input--width-3"}),
    )
