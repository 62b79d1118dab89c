"""Forms for offices and posts."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import OF_PEOPLE, Role
from agencies import services
from agencies.forms.fields import (
    CheckedForm,
    CodeField,
    DayField,
    NamedForm,
    OfficeField,
    PlacesField,
    first_moment,
)
from agencies.models import Calendar, Office, OfficeType
from agencies.services.cleaning import Mistakes

ANY = [("", gettext_lazy("All"))]


class OfficeSearchForm(forms.Form):
    """What the list of offices is narrowed to; everything may be left out."""

    mark_optional = False
    words = forms.CharField(label=gettext_lazy("Name, alias or code"), required=False)
    type = forms.ChoiceField(label=gettext_lazy("Type"), required=False)
    closed = forms.BooleanField(label=gettext_lazy("Closed offices"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["type"].choices = [*ANY, *type_choices("code")]  # type: ignore[attr-defined]


def type_choices(value: str) -> list[tuple[Any, str]]:
    """The installation's office types, by their names."""
    rows = OfficeType.objects.filter(country=settings.COUNTRY)
    return sorted(((getattr(row, value), row.name) for row in rows), key=lambda pair: pair[1])


class OfficeForm(NamedForm):
    """An office; `code` only while it is new."""

    code = CodeField()
    type = forms.ModelChoiceField(OfficeType.objects.none(), label=gettext_lazy("Type"))
    parent = OfficeField(
        label=gettext_lazy("Office above"),
        help_text=gettext_lazy("Its code, or words of its name. Empty for one at the top."),
        required=False,
    )
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=60, required=False)
    aliases = forms.CharField(
        label=gettext_lazy("Other names that people use"),
        help_text=gettext_lazy("One a line. The router finds the office by them."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    places = PlacesField(
        label=gettext_lazy("Area"),
        help_text=gettext_lazy("Codes of the places it covers, with all that lies below them."),
        required=False,
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)
    website = forms.CharField(label=gettext_lazy("Website"), max_length=200, required=False)
    calendar = forms.ModelChoiceField(
        Calendar.objects.none(),
        label=gettext_lazy("Calendar"),
        empty_label=gettext_lazy("The country’s"),
        required=False,
    )

    def __init__(self, *args: Any, office: Office | None = None, **options: Any) -> None:
        if office:
            options["initial"] = _initial(office)
        super().__init__(*args, names=office.names if office else None, **options)
        self.office = office or Office(country=settings.COUNTRY)
        if office:
            del self.fields["code"]
        mine = {"country": settings.COUNTRY}
        self._choose("type", OfficeType.objects.filter(**mine).order_by("code"))
        self._choose("calendar", Calendar.objects.filter(**mine).order_by("code"))

    def _choose(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def check(self, given: dict[str, Any]) -> None:
        """As the service does."""
        services.check_office(given, self.office)

    def clean_aliases(self) -> list[str]:
        """One a line; the service tidies them."""
        return str(self.cleaned_data["aliases"]).splitlines()

    def clean_website(self) -> str:
        """An address of the web, or nothing: a link to anything else would be a trap."""
        website = str(self.cleaned_data["website"])
        if website and "://" in website and not website.startswith(("http://", "https://")):
            raise ValidationError(gettext("Enter an address that begins with https://."))
        return website

    @property
    def values(self) -> dict[str, Any]:
        """What the service takes."""
        given = {name: value for name, value in self.cleaned_data.items() if name[:5] != "name_"}
        return {**given, "names": self.names}


def _initial(office: Office) -> dict[str, Any]:
    return {
        "type": office.type_id,
        "parent": office.parent,
        "short_name": office.short_name,
        "aliases": "\n".join(office.aliases),
        "places": list(office.places.order_by("code")),
        "email": office.email,
        "phone": office.phone,
        "website": office.website,
        "calendar": office.calendar_id,
    }


class PersonForm(CheckedForm):
    """Somebody by e-mail address, who begins to hold a post in an office; a name makes the account if
    there is none. `role` is given where the form does not ask for it.
    """

    email = forms.EmailField(
        label=gettext_lazy("E-mail of the officer"),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy(
            "Only for somebody new: an account is made, and they choose a password by e-mail."
        ),
        max_length=200,
        required=False,
    )
    title = forms.CharField(label=gettext_lazy("Title of the post"), max_length=120, required=False)
    begins = DayField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("Empty: from now on."),
        required=False,
    )

    def __init__(self, *args: Any, office: Office, actor: Actor, role: str = "", **options: Any):
        super().__init__(*args, **options)
        self.office, self.actor, self.role_held = office, actor, role

    def clean(self) -> dict[str, Any]:
        """Find the person, or see that one can be made."""
        email = self.cleaned_data.get("email")
        if email:
            user = User.objects.filter(email__iexact=email).first()
            self.cleaned_data["user"] = user
            if user is None and not self.cleaned_data.get("name"):
                self.add_error(
                    "name", gettext("Nobody has this e-mail. Enter a name to make an account.")
                )
        return super().clean()

    def given(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The values as the service calls them."""
        begins = {"since": first_moment(cleaned["begins"])} if "begins" in cleaned else {}
        role = {"role": self.role_held} if self.role_held else {}
        return {**cleaned, **role, **begins}

    def check(self, given: dict[str, Any]) -> None:
        """As the service does; nobody gives a post to themselves, and the form should say so."""
        mistakes, user = Mistakes(), given.get("user")
        with mistakes.noted():
            if user is not None and user.pk == self.actor.user_id:
                raise ValidationError({"user": gettext("Nobody gives a post to themselves.")})
        with mistakes.noted():
            services.check_hold(given, self.office)
        mistakes.tell()


class PostForm(PersonForm):
    """A new post in an office."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[(role.value, role.label) for role in OF_PEOPLE]
    )
    field_order = ("role", "email", "name", "title", "begins")


class EndPostForm(forms.Form):
    """The end of a post."""

    ends = DayField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Empty: it ends now."),
        required=False,
    )


class PostSearchForm(forms.Form):
    """What the list of posts is narrowed to."""

    mark_optional = False
    words = forms.CharField(label=gettext_lazy("Name or e-mail"), required=False)
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[*ANY, *Role.choices], required=False
    )
    ended = forms.BooleanField(label=gettext_lazy("Also posts that have ended"), required=False)
