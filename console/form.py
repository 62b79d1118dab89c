"""What an operator asks a citizen, on one page: the citizen's own questions, in the order of a talk."""

from datetime import UTC, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.drafts import Draft
from complaints.filing_forms import AboutForm, PlaceForm, WhatForm
from complaints.submission import clean_phone
from console.script import code_of

#: How the words came to the operator; the case keeps it as its channel.
CHANNELS = [
    ("hotline", _("Phone")),
    ("counter", _("Counter")),
    ("radio", _("Radio")),
]
RADIO = ("station", "programme", "aired")
#: What was on air longer ago is no matter of the day any more: it is filed in some other way.
MOST_DAYS_AGO = 60
#: A record holds codes, never free text.
IS_CODE = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]*\Z", _("Use letters from a to z, digits and dashes only.")
)


class NewCaseForm(AboutForm, WhatForm, PlaceForm):
    """One filing for a citizen. `draft()` is what the citizen's own pages would have kept of it.

    `own_phone` is the operator's, as E.164: it is nobody else's contact.
    """

    mark_optional = False
    #: As on the page, where the list of mistakes is read from the top as well; the others follow.
    field_order = (
        *("language", "channel", "station", "programme", "aired", "consent"),
        *("text", "about", "kind", "category"),
    )

    language = forms.ChoiceField(label=_("Language of the citizen"), widget=forms.RadioSelect)
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
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    consent = forms.ChoiceField(
        label=_("They agree that it is written down and sent"),
        widget=forms.RadioSelect,
        choices=[("spoken", _("They said so")), ("written", _("In writing"))],
        error_messages={
            "required": _("Ask whether they agree that you file this, and note it here.")
        },
    )
    told = forms.BooleanField(
        label=_("They heard what is kept of them"),
        error_messages={"required": _("Read out what is kept of them, and tick it here.")},
    )
    name = forms.CharField(label=_("Name of the citizen"), required=False, max_length=200)
    phone = forms.CharField(
        label=_("Their phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    share = forms.BooleanField(label=_("Yes: officers may see name and phone"), required=False)
    publish = forms.BooleanField(label=_("Yes: it may be published without names"), required=False)
    for_whom = forms.ChoiceField(
        label=_("For whom is it?"),
        widget=forms.RadioSelect,
        choices=[("self", _("For themselves")), ("other", _("For somebody else"))],
        initial="self",
    )
    for_name = forms.CharField(label=_("Name of that person"), required=False, max_length=200)
    consent_for = forms.ChoiceField(
        label=_("How did that person agree?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("spoken", _("They said so themselves")),
            ("written", _("In writing")),
            ("guardian", _("Their guardian agreed")),
        ],
    )

    def __init__(self, *args: Any, own_phone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_phone = own_phone
        languages: Any = self.fields["language"]
        languages.choices = settings.LANGUAGES
        self.fields["text"].widget.attrs["rows"] = 6
        self.fields["text"].help_text = ""
        about: Any = self.fields["about"].widget
        about.hints = {}
        for name in ("text", "name", "phone", "for_name", "note", "q", *RADIO):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean_phone(self) -> str:
        """Their number; never the operator's own, to which other people's news would come."""
        phone = clean_phone(self.cleaned_data["phone"], settings.COUNTRY)
        if phone and phone == self.own_phone:
            raise ValidationError(
                _("This is your own number. Write theirs, or leave it empty."), code="own"
            )
        return phone

    def clean(self) -> dict[str, Any]:
        """The place may be unknown, unlike on the citizen's page."""
        given = self.cleaned_data
        if given.get("q") and not given.get("place") and "place" not in self.errors:
            self.add_error("q", _("Choose a place from the list below, or empty the field."))
        if given.get("for_whom") == "other":
            self._clean_other(given)
        if given.get("channel") == "radio":
            self._clean_radio(given)
        else:
            # A mistake in what is not asked for stops nobody.
            for part in RADIO:
                self.errors.pop(part, None)
                given[part] = None
        return given

    def _clean_other(self, given: dict[str, Any]) -> None:
        if not given.get("for_name") and "for_name" not in self.errors:
            self.add_error("for_name", _("Write for whom it is."))
        if not given.get("consent_for"):
            self.add_error("consent_for", _("Say how they agreed. Without that we can’t take it."))

    def _clean_radio(self, given: dict[str, Any]) -> None:
        missing = {
            "station": _("Write which station it was."),
            "programme": _("Write in which programme it was."),
            "aired": _("Write when it was on air."),
        }
        for part, sentence in missing.items():
            if not given.get(part) and part not in self.errors:
                self.add_error(part, sentence)
        aired, now = given.get("aired"), timezone.now()
        if aired and aired > now:
            self.add_error("aired", _("This time has not come yet."))
        elif aired and aired < now - timedelta(days=MOST_DAYS_AGO):
            words = _("This is more than %(days)s days ago.")
            self.add_error("aired", words % {"days": MOST_DAYS_AGO})

    def draft(self) -> Draft:
        """The answers as the pages of a filing keep them."""
        given = self.cleaned_data
        is_named = bool(given["name"] or given["phone"])
        you = {name: given[name] for name in ("name", "phone", "for_whom", "for_name")}
        you |= {"who": "named" if is_named else "nobody", "consent": given["consent_for"]}
        you |= {"share": given["share"], "publish": given["publish"]}
        answers = {
            "about": {"about": given["about"]},
            "what": {name: given[name] for name in ("kind", "text", "category")},
            "place": {"place": given["place"], "note": given["note"]},
            "you": you,
        }
        return Draft("", answers)

    def circumstances(self, call: str) -> tuple[tuple[str, str], ...]:
        """Codes that the record keeps of how it came, and of what was agreed to in which words."""
        given, is_for_other = self.cleaned_data, self.cleaned_data["for_whom"] == "other"
        aired = given.get("aired")
        codes = {
            "consent": given["consent"],
            "consent_for": given["consent_for"] if is_for_other else "",
            "script": code_of(given["language"]),
            "call": call,
            "station": given.get("station") or "",
            "programme": given.get("programme") or "",
            "aired": aired.astimezone(UTC).isoformat() if aired else "",
        }
        return tuple((name, code) for name, code in codes.items() if code)


def answers_in(data: QueryDict) -> dict[str, str]:
    """The answers as a page sent them, by the form's fields; nothing else of it."""
    return {name: str(data[name]) for name in NewCaseForm.base_fields if name in data}
