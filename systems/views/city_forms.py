"""What a registrar fills in about a city that speaks Open311."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from systems.cities.linking import LONGEST_CODE, LONGEST_JURISDICTION, LONGEST_KEY
from systems.models import City
from systems.out.endpoints import LONGEST_URL

#: The subject of a row that stands for all the others.
EVERY_OTHER = "*"
#: Empty rows at the end, for more.
MORE = 5


class CityForm(forms.Form):
    """Where a city's Open311 is, and how it is asked."""

    url = forms.CharField(
        label=_("Address of its Open311"),
        help_text=_("What stands before “services.json”: https://city.example/open311/v2/"),
        max_length=LONGEST_URL,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    jurisdiction = forms.CharField(
        label=_("Its jurisdiction_id"),
        help_text=_("Leave it empty if the city does not ask for one."),
        max_length=LONGEST_JURISDICTION,
        required=False,
    )
    key = forms.CharField(
        label=_("Key (api_key)"),
        max_length=LONGEST_KEY,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    no_key = forms.BooleanField(label=_("Take the key away"), required=False)
    publishes = forms.ChoiceField(
        label=_("Can everybody read there what the city is sent?"),
        help_text=_("That is the usual way of Open311. If you do not know, choose yes."),
        choices=[
            ("yes", _("Yes, the city publishes its requests")),
            ("no", _("No, the city has said that it keeps them to itself")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )

    def __init__(self, *args: Any, city: City | None, **options: Any) -> None:
        if city is not None:
            options["initial"] = {
                "url": city.url,
                "jurisdiction": city.jurisdiction,
                "publishes": "yes" if city.publishes else "no",
            }
        super().__init__(*args, **options)
        hints: Any = self.fields["publishes"].widget
        hints.hints = {
            "yes": _(
                "Only what may be public leaves: a text that the desk has released, or the subject."
            ),
            "no": _(
                "What was written leaves with names, numbers and addresses masked, with the place."
            ),
        }
        if city is None or not city.sealed_key:
            del self.fields["no_key"]
        else:
            self.fields["key"].help_text = _("There is one. Leave this empty to keep it.")

    @property
    def values(self) -> dict[str, Any]:
        """The same for the service; without a key the one that is set stays."""
        given = self.cleaned_data
        key = "" if given.get("no_key") else given["key"] or None
        return {
            "url": given["url"],
            "jurisdiction": given["jurisdiction"],
            "key": key,
            "publishes": given["publishes"] == "yes",
        }


class ServiceForm(forms.Form):
    """One of our subjects, and the city's service for it; a row without a service is left out."""

    use_required_attribute = False
    subject = forms.ChoiceField(label=_("Our subject"), required=False)
    service = forms.CharField(
        label=_("The city’s service code"),
        required=False,
        max_length=LONGEST_CODE,
        widget=forms.TextInput(attrs={"list": "offered", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, subjects: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["subject"]
        chosen.choices = [("", "–"), (EVERY_OTHER, _("Every other subject")), *subjects]

    def clean(self) -> dict[str, Any]:
        """A service without a subject is a mistake; a subject without a service takes the row out."""
        given = super().clean() or {}
        if given.get("service") and not given.get("subject"):
            self.add_error("subject", _("Choose a subject."))
        return given


class _Services(forms.BaseFormSet):
    def clean(self) -> None:
        """Raise ValidationError where a subject stands twice."""
        named = [name for name, _service in self._filled]
        if len(named) != len(set(named)):
            raise forms.ValidationError(_("A subject can have one service only."))

    @property
    def _filled(self) -> list[tuple[str, str]]:
        rows = [getattr(form, "cleaned_data", {}) for form in self.forms]
        return [
            (row["subject"], row["service"])
            for row in rows
            if row.get("service") and "subject" in row
        ]

    @property
    def services(self) -> dict[str, str]:
        """Service codes by subject, "" for every other one."""
        return {"" if name == EVERY_OTHER else name: code for name, code in self._filled}


ServiceFormSet = forms.formset_factory(
    ServiceForm, formset=_Services, extra=MORE, max_num=1000, absolute_max=1010
)


def typed(services: dict[str, str]) -> list[dict[str, str]]:
    """The table as it is filled in, the row for every other subject last."""
    rows = sorted(services.items(), key=lambda row: (not row[0], row[0]))
    return [{"subject": name or EVERY_OTHER, "service": code} for name, code in rows]
