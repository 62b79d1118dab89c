"""What an operator asks a citizen, on one page: the citizen's own questions, in the order of a talk."""

import re
from datetime import UTC
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from complaints.drafts import Draft
from complaints.filing_forms import AboutForm, PlaceForm, WhatForm
from complaints.submission import clean_phone

#: How the words came to the operator; the case keeps it as its channel.
CHANNELS = [
    ("hotline", _("Phone")),
    ("counter", _("Counter")),
    ("radio", _("Radio")),
]
RADIO = ("station", "programme")
#: A record holds codes, never free text.
IS_CODE = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z", _("Use letters from a to z, digits and dashes only.")
)


class NewCaseForm(AboutForm, WhatForm, PlaceForm):
    """One filing for a citizen. `draft()` is what the citizen's own pages would have kept of it."""

    mark_optional = False

    channel = forms.ChoiceField(
        label=_("How did it come?"), choices=CHANNELS, widget=forms.RadioSelect
    )
    station = forms.CharField(
        label=_("Station"), required=False, max_length=40, validators=[IS_CODE]
    )
    programme = forms.CharField(
        label=_("Programme"), required=False, max_length=40, validators=[IS_CODE]
    )
    aired = forms.DateTimeField(
        label=_("On air at"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    name = forms.CharField(label=_("Name of the citizen"), required=False, max_length=200)
    phone = forms.CharField(
        label=_("Their phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    for_whom = forms.ChoiceField(
        label=_("For whom is it?"),
        widget=forms.RadioSelect,
        choices=[("self", _("For themselves")), ("other", _("For somebody else"))],
        initial="self",
    )
    for_name = forms.CharField(label=_("Name of that person"), required=False, max_length=200)
    consent = forms.ChoiceField(
        label=_("How did the person whom it is for agree?"),
        widget=forms.RadioSelect,
        choices=[
            ("spoken", _("They said so")),
            ("written", _("In writing")),
            ("guardian", _("Their guardian agreed")),
        ],
        error_messages={
            "required": _("Ask whether they agree that you file this, and note it here.")
        },
    )
    share = forms.BooleanField(label=_("Officers may see name and phone"), required=False)
    publish = forms.BooleanField(label=_("It may be published without names"), required=False)
    language = forms.ChoiceField(label=_("Language of the news to them"))
    call_id = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    token = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        languages: Any = self.fields["language"]
        languages.choices = settings.LANGUAGES
        self.fields["text"].widget.attrs |= {"rows": 6, "autofocus": True}
        self.fields["text"].help_text = ""
        about: Any = self.fields["about"].widget
        about.hints = {}
        whom: Any = self.fields["for_whom"].widget
        whom.reveals = {"other": "for_name"}
        for name in ("text", "name", "phone", "for_name", "note", *RADIO):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"], settings.COUNTRY)

    def clean_call_id(self) -> str:
        """The telephone system's own name for the call, without what is no code."""
        return re.sub(r"[^A-Za-z0-9._:@-]", "", self.cleaned_data["call_id"])[:64]

    def clean_token(self) -> str:
        """What makes sending twice one filing; made by the page, never typed."""
        token = str(self.cleaned_data["token"])
        if not re.fullmatch(r"[A-Za-z0-9_-]{16,64}", token):
            raise ValidationError(_("Load the page again."), code="token")
        return token

    def clean(self) -> dict[str, Any]:
        """The place may be unknown, unlike on the citizen's page."""
        given = self.cleaned_data
        if given.get("q") and not given.get("place") and "place" not in self.errors:
            self.add_error("q", _("Choose a place from the list below, or empty the field."))
        if given.get("for_whom") == "other" and not given.get("for_name"):
            self.add_error("for_name", _("Write for whom it is."))
        if given.get("channel") != "radio":
            # A mistake in what is not asked for stops nobody.
            for part in (*RADIO, "aired"):
                self.errors.pop(part, None)
                given[part] = None
        elif not given.get("station") and "station" not in self.errors:
            self.add_error("station", _("Write which station it was."))
        return given

    def draft(self) -> Draft:
        """The answers as the pages of a filing keep them."""
        given = self.cleaned_data
        is_named = bool(given["name"] or given["phone"])
        you = {name: given[name] for name in ("name", "phone", "for_whom", "for_name", "consent")}
        you |= {"who": "named" if is_named else "nobody"}
        you |= {"share": given["share"], "publish": given["publish"]}
        answers = {
            "about": {"about": given["about"]},
            "what": {name: given[name] for name in ("kind", "text", "category")},
            "place": {"place": given["place"], "note": given["note"]},
            "you": you,
        }
        return Draft(given["token"], answers)

    def circumstances(self) -> tuple[tuple[str, str], ...]:
        """Codes that the record keeps of how it came."""
        given = self.cleaned_data
        aired = given.get("aired")
        codes = {
            "consent": given["consent"],
            "call": given["call_id"],
            "station": given.get("station") or "",
            "programme": given.get("programme") or "",
            "aired": aired.astimezone(UTC).isoformat() if aired else "",
        }
        return tuple((name, code) for name, code in codes.items() if code)
