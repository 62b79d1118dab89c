"""The pages of filing a complaint, as forms: one thing a page, each mistake said at its field.

What makes an answer acceptable is `complaints.submission`; here are only the questions. A form's
`answer()` is what a draft keeps of it: plain values that JSON can hold.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agencies.models import Category, Office, Place
from agencies.selectors import categories, office_by_code
from complaints.forms.fields import POSTS, ManyFilesField
from complaints.models.case import Kind
from complaints.submission import (
    MAX_CHARACTERS,
    MIN_LETTERS,
    clean_email,
    clean_phone,
    clean_text,
)


class OwnWords(forms.Field):
    """What a person writes in their own words, kept as written; checked by `submission.clean_text`.

    The control has no maximum: a browser would cut pasted words off without a word.
    """

    def __init__(self, *, least: int = MIN_LETTERS, most: int = MAX_CHARACTERS, **kwargs: Any):
        rows = kwargs.pop("rows", 8)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)
        self.least, self.max_length = least, most

    def to_python(self, value: Any) -> str:
        return str(value or "").replace("\r\n", "\n").replace("\r", "\n")

    def clean(self, value: Any) -> str:
        text = self.to_python(value)
        if not text.strip():
            return str(super().clean(""))
        return clean_text(text, least=self.least, most=self.max_length)


class Question(forms.Form):
    """A page of the filing."""

    #: Only where one field among needed ones may be left out; elsewhere the page says so itself.
    mark_optional = False

    def answer(self) -> dict[str, Any]:
        """What the draft keeps."""
        return dict(self.cleaned_data)


class AboutForm(Question):
    """1: is it about an official or about corruption?"""

    about = forms.ChoiceField(
        label=_("Is this about an official, or about corruption?"),
        widget=forms.RadioSelect,
        choices=[("no", _("No")), ("yes", _("Yes"))],
        error_messages={
            "required": _("Choose yes or no. If you are not sure, choose yes: it protects you."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].widget.hints = {
            "no": _("It is about a service, a place, a delay, a bill, or about information."),
            "yes": _(
                "Your name is sealed, the case is never published, and people of the central desk"
                " read it before anybody else does. They have three days for that."
            ),
        }


class WhomForm(Question):
    """1b: which office and post, if the citizen wants to say. They are barred from the case."""

    q = forms.CharField(
        label=_("Name of the office"),
        required=False,
        max_length=200,
        help_text=_("One or two words of its name are enough. You can leave this out."),
    )
    office = forms.CharField(required=False, widget=forms.HiddenInput)
    role = forms.ChoiceField(
        label=_("Post"),
        required=False,
        widget=forms.RadioSelect,
        choices=POSTS,
    )
    found: Office | None = None

    def clean_office(self) -> str:
        code = str(self.cleaned_data["office"])
        if code:
            self.found = office_by_code(settings.COUNTRY, code)
            if self.found is None or self.found.closed_at is not None:
                raise ValidationError(_("Choose an office from the list."), code="no_office")
        return code

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if self.found is not None and not given.get("role"):
            self.add_error("role", _("Say which post in the office it is about."))
        if given.get("q") and not given.get("office") and "office" not in self.errors:
            self.add_error("q", _("Choose an office from the list, or empty the field."))
        return given

    def answer(self) -> dict[str, Any]:
        found = self.found
        if found is None:
            return {}
        return {"office": found.code, "office_id": found.pk, "role": self.cleaned_data["role"]}


class WhatForm(Question):
    """2: what happened?"""

    mark_optional = True

    kind = forms.ChoiceField(
        label=_("What do you want to do?"),
        widget=forms.RadioSelect,
        choices=[
            (Kind.COMPLAINT.value, _("Complain about something")),
            (Kind.INFORMATION.value, _("Ask for information")),
            (Kind.SUGGESTION.value, _("Make a suggestion")),
        ],
        initial=Kind.COMPLAINT.value,
        error_messages={"required": _("Choose what you want to do.")},
    )
    text = OwnWords(
        label=_("What happened?"),
        rows=9,
        help_text=_(
            "In your own words: what, when, and what should be done. You need not name an office."
        ),
        error_messages={"required": _("Write what happened.")},
    )
    category = forms.ChoiceField(label=_("Subject"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        field.choices = category_choices


def category_choices() -> list[Any]:
    """Subjects in groups, after an empty one."""
    return [("", _("I don’t know, or something else")), *_grouped(categories(settings.COUNTRY))]


def _grouped(rows: Any) -> list[Any]:
    groups: dict[str, list[Category]] = {}
    for row in rows:
        groups.setdefault(row.path.split("/")[0], []).append(row)
    choices: list[Any] = []
    for group in groups.values():
        top = min(group, key=lambda row: len(row.path))
        if len(group) == 1:
            choices.append((top.code, top.name))
        else:
            choices.append((top.name, [(row.code, row.name) for row in group]))
    return choices


class PlaceForm(Question):
    """3: where? A place by search or from the lists, words that help to find it, or "I don't know"."""

    q = forms.CharField(
        label=_("Name of the place"),
        required=False,
        max_length=200,
        help_text=_("Village, ward, town or district"),
    )
    place = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("What else helps to find it"),
        required=False,
        max_length=200,
        help_text=_("Street, landmark, or the name of the office. Only officers read this."),
    )
    found: Place | None = None

    def clean_place(self) -> str:
        code = str(self.cleaned_data["place"])
        if code:
            self.found = Place.objects.filter(country=settings.COUNTRY, code=code).first()
            if self.found is None:
                raise ValidationError(_("Choose a place from the list."), code="no_place")
        return code

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if self.errors or given.get("place"):
            return given
        if given.get("q"):
            self.add_error("q", _("Choose a place from the list below."))
        elif not given.get("note"):
            self.add_error("q", _("Give a place, or say that you don’t know it."))
        return given

    def answer(self) -> dict[str, Any]:
        return {"place": self.cleaned_data["place"], "note": self.cleaned_data["note"]}


class YouForm(Question):
    """4: who are you, and what may be shown to whom?"""

    who = forms.ChoiceField(
        label=_("Who are you?"),
        widget=forms.RadioSelect,
        choices=[("named", _("I give my name or contact")), ("nobody", _("I’d rather not say"))],
        error_messages={"required": _("Choose whether you give your name.")},
    )
    name = forms.CharField(label=_("Your name"), required=False, max_length=200)
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        help_text=_("We send news by SMS."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
    share = forms.BooleanField(
        label=_("Officers who handle it may see my name and contact"),
        required=False,
        help_text=_(
            "If not, they have to give a reason, and you can read who looked, when and why."
        ),
    )
    for_whom = forms.ChoiceField(
        label=_("For whom is it?"),
        widget=forms.RadioSelect,
        choices=[("self", _("For me, or for all of us")), ("other", _("For somebody else"))],
        initial="self",
        error_messages={"required": _("Choose for whom it is.")},
    )
    for_name = forms.CharField(label=_("Their name"), required=False, max_length=200)
    consent = forms.ChoiceField(
        label=_("How did they agree?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("spoken", _("They told me")),
            ("written", _("In writing")),
            ("guardian", _("They can’t say so themselves: I look after them")),
        ],
    )
    publish = forms.BooleanField(
        label=_("It may be published, without names"),
        required=False,
        help_text=_(
            "The desk first takes out names, numbers and addresses. It helps others who have the"
            " same trouble."
        ),
    )

    def __init__(self, *args: Any, sensitive: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        if sensitive:
            # Sealed and never published: neither is asked.
            del self.fields["share"], self.fields["publish"]

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"], settings.COUNTRY)

    def clean_email(self) -> str:
        return clean_email(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("who") == "named":
            parts = ("name", "phone", "email")
            if not any(given.get(part) for part in parts) and not any(
                part in self.errors for part in parts
            ):
                self.add_error(
                    "name", _("Write a name, a phone or an e-mail, or choose “I’d rather not say”.")
                )
        else:
            # A mistake in what is not asked for stops nobody.
            for part in ("name", "phone", "email"):
                self.errors.pop(part, None)
                given[part] = ""
        if given.get("for_whom") == "other":
            if not given.get("for_name"):
                self.add_error("for_name", _("Write for whom it is."))
            if not given.get("consent"):
                self.add_error("consent", _("Say how they agreed. Without that we can’t take it."))
        return given


class FilesForm(Question):
    """5: photos and papers."""

    files = ManyFilesField(  # type: ignore[assignment]
        label=_("Photos or papers"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What may be added stands in the page, with the reader's digits.
        self.fields["files"].widget.attrs |= {
            "accept": "image/jpeg,image/png,image/webp,application/pdf",
            "aria-describedby": "files-limits",
        }


class TrackForm(forms.Form):
    """What opens a case: its number and one of its secrets, however they are typed."""

    number = forms.CharField(
        label=_("Number of the complaint"),
        max_length=60,
        help_text=_("12 digits and a letter, like 4821-9530-7716-K"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the number. It stands on your receipt.")},
    )
    secret = forms.CharField(
        label=_("Secret"),
        max_length=80,
        help_text=_("16 digits, from part 1 of your receipt"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}
        ),
        error_messages={"required": _("Write the secret. It stands on your receipt.")},
    )


#: The form of each page.
FORMS: dict[str, Callable[..., Question]] = {
    "about": AboutForm,
    "whom": WhomForm,
    "what": WhatForm,
    "place": PlaceForm,
    "you": YouForm,
    "files": FilesForm,
}
