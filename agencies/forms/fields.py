"""Fields that several registry forms share: names in each language, an office, a moment."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from agencies.models import Office, Place
from agencies.naming import normalise
from agencies.selectors import office_by_code, search_offices
from agencies.services.cleaning import LONGEST_CODE, LONGEST_NAME

LONGEST_TEXT = 1000
#: What a form calls a value of its service.
CALLED = {
    "names": f"name_{settings.LANGUAGE_CODE}",
    "valid_from": "begins",
    "since": "begins",
    "user": "email",
}
#: How many offices are offered when a name could mean several.
OFFERED = 5


def language_fields(
    prefix: str, label: Any, values: dict[str, str] | None, *, required: bool, rows: int = 0
) -> dict[str, forms.Field]:
    """One field a language, the installation's own first; that one must be filled if `required`."""
    languages = sorted(settings.LANGUAGES, key=lambda pair: pair[0] != settings.LANGUAGE_CODE)
    made: dict[str, forms.Field] = {}
    for code, name in languages:
        made[f"{prefix}_{code}"] = forms.CharField(
            label=format_lazy("{} – {}", label, name),
            initial=(values or {}).get(code, ""),
            max_length=LONGEST_TEXT if rows else LONGEST_NAME,
            required=required and code == settings.LANGUAGE_CODE,
            widget=(forms.Textarea if rows else forms.TextInput)(
                attrs={"lang": code, **({"rows": rows} if rows else {})}
            ),
        )
    return made


class CheckedForm(forms.Form):
    """A form that tells its own mistakes and those its service would refuse in one go."""

    def check(self, given: dict[str, Any]) -> None:
        """Raise ValidationError for what the service refuses of the values that are right so far."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Ask the service about what is right so far."""
        cleaned = super().clean() or self.cleaned_data
        try:
            self.check(self.given(cleaned))
        except ValidationError as error:
            add_errors(self, error)
        return cleaned

    def given(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The values as the service calls them."""
        return dict(cleaned)


class NamedForm(CheckedForm):
    """A form that begins with the name in each language (`name_en` …), read as one `names`."""

    def __init__(self, *args: Any, names: dict[str, str] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        own = self.fields
        self.fields = language_fields("name", gettext_lazy("Name"), names, required=True)
        self.fields.update(own)

    @property
    def names(self) -> dict[str, str]:
        """Language → name, as typed."""
        return texts(self.cleaned_data, "name")

    def given(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The values, with the names as one if each of them is right so far."""
        fields = {f"name_{code}" for code, _name in settings.LANGUAGES}
        whole = {"names": self.names} if fields <= cleaned.keys() else {}
        return {**cleaned, **whole}


def texts(cleaned: dict[str, Any], prefix: str) -> dict[str, str]:
    """Language → text, of the fields with a prefix."""
    return {code: cleaned.get(f"{prefix}_{code}", "") for code, _name in settings.LANGUAGES}


class OfficeField(forms.CharField):
    """An open office, by its code or by words that fit one office only."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", gettext_lazy("Its code, or words of its name."))
        super().__init__(max_length=200, **options)

    def prepare_value(self, value: Any) -> Any:
        return value.code if isinstance(value, Office) else value

    def clean(self, value: Any) -> Office | None:
        typed = super().clean(value)
        if not typed:
            return None
        found = office_by_code(settings.COUNTRY, normalise(typed).lower())
        if found is not None:
            return found
        matches = search_offices(settings.COUNTRY, typed, OFFERED + 1)
        if len(matches) == 1:
            return matches[0]
        if not matches:
            raise ValidationError(gettext("No office has this code or name."))
        offers = ", ".join(f"{office.code} ({office.name})" for office in matches[:OFFERED])
        raise ValidationError(
            gettext("Several offices fit. Enter one of these codes: %(codes)s"),
            params={"codes": offers + (" …" if len(matches) > OFFERED else "")},
        )


class PlacesField(forms.CharField):
    """Places by their codes, parted by spaces, commas or new lines."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(place.code for place in value)

    def clean(self, value: Any) -> list[Place]:
        codes = list(dict.fromkeys(super().clean(value).replace(",", " ").split()))
        found = {
            place.code: place
            for place in Place.objects.filter(country=settings.COUNTRY, code__in=codes)
        }
        missing = [code for code in codes if code not in found]
        if missing:
            raise ValidationError(
                gettext("No place has the code %(codes)s."),
                params={"codes": ", ".join(missing[:10])},
            )
        return [found[code] for code in codes]


class CodeField(forms.CharField):
    """A new row's code; the service says what it may look like."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=gettext_lazy("Code"),
            help_text=gettext_lazy(
                "Small letters a–z, digits, dashes and dots. It can’t be changed later."
            ),
            max_length=LONGEST_CODE,
            **options,
        )


class DayField(forms.DateField):
    """A date; `moment` gives its first instant in the installation's zone."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
        )


def first_moment(day: Any) -> datetime | None:
    """Midnight at the beginning of a day in the installation's zone; None stays None."""
    if day is None:
        return None
    return timezone.make_aware(datetime.combine(day, time.min), timezone.get_default_timezone())


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """Show what a service refused at the fields it named; at the form's head otherwise."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        called = name if name in form.fields else CALLED.get(name, "")
        form.add_error(called if called in form.fields else None, errors)
