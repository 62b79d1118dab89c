"""What each step of an issue needs. A form knows its service; `perform` calls it."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from agencies.forms.fields import DayField
from agencies.models import Category, Place
from agencies.selectors import categories
from complaints.forms.fields import OfficeField, words_field
from complaints.tracking import read_number
from oversight.issues import services
from oversight.issues.checking import what_points_at_people
from oversight.issues.recurrence import today_there
from oversight.models import Issue

LANGUAGES = [
    (code, name) for code, name in settings.LANGUAGES if code in settings.COUNTRY_LANGUAGES
]


class PlaceField(forms.CharField):
    """A place by its code, as a search suggests it; cleaned to the place itself."""

    def clean(self, value: Any) -> Place | None:
        code = super().clean(value)
        if not code:
            return None
        place = Place.objects.filter(country=settings.COUNTRY, code=code).first()
        if place is None:
            raise ValidationError(_("Choose a place from the list."), code="no_place")
        return place


class SubjectField(forms.ChoiceField):
    """A subject of the tree by its code; cleaned to the subject itself."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=subject_choices, **options)

    def clean(self, value: Any) -> Category | None:
        code = super().clean(value)
        if not code:
            return None
        return Category.objects.filter(country=settings.COUNTRY, code=code).first()


def subject_choices() -> list[tuple[str, Any]]:
    """Subjects in use, each below the one above it."""
    rows = sorted(categories(settings.COUNTRY), key=lambda row: row.path)
    named = [(row.code, "– " * (row.path.count("/") - 1) + row.name) for row in rows]
    return [("", _("Any subject")), *named]


class IssueForm(forms.Form):
    """What an issue is about, whose it is, and by when."""

    mark_optional = True

    title = forms.CharField(
        label=_("What is wrong"),
        max_length=160,
        help_text=_("In a line, without names: it can be published."),
    )
    language = forms.ChoiceField(label=_("Language of the title"), choices=LANGUAGES)
    owner = OfficeField(
        label=_("Who has to put it right"), widget=forms.TextInput(attrs={"data-office": "1"})
    )
    due = DayField(label=_("By when"))
    category = SubjectField(label=_("Subject"), required=False)
    place = PlaceField(
        label=_("Place"), required=False, widget=forms.TextInput(attrs={"data-place": "1"})
    )
    only_owners = forms.BooleanField(
        label=_("Measure only cases of that office and those below it"), required=False
    )
    cause = words_field(
        _("What lies behind it"),
        rows=4,
        required=False,
        help_text=_("Only officers read this."),
    )

    def clean_due(self) -> Any:
        """A day that is not over; one that was set before may stay."""
        due = self.cleaned_data["due"]
        if due < today_there() and due != self.initial.get("due"):
            raise ValidationError(_("Choose a day that is not over."))
        return due


class StepForm(forms.Form):
    """The needs of one step. `seen` is when the issue was last changed as the page showed it."""

    step: ClassVar[str]
    called: ClassVar[Any]
    #: What is said below the heading.
    says: ClassVar[Any] = ""
    service: ClassVar[Callable[..., Any]]
    checks_seen: ClassVar[bool] = False
    grave: ClassVar[bool] = False

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, issue: Issue, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue, self.actor = issue, actor
        self.fields["seen"].initial = issue.changed_at.isoformat()

    @classmethod
    def called_for(cls, issue: Issue) -> Any:
        """What the step is called on an issue."""
        return cls.called

    def clean_seen(self) -> Any:
        """The moment that was shown; None if it cannot be read, then nothing is compared."""
        try:
            return parse_datetime(self.cleaned_data["seen"])
        except ValueError:
            return None

    def arguments(self) -> dict[str, Any]:
        """The cleaned values as the service takes them."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "kept"}
        seen = values.pop("seen")
        return {**values, "seen": seen} if self.checks_seen else values

    def perform(self) -> Any:
        """Take the step. Raises `Refused` as the service does."""
        return type(self).service(actor=self.actor, key=self.issue.key, **self.arguments())


class EditForm(StepForm, IssueForm):
    step, called, service = "edit", _("Change what it is about"), services.edit
    checks_seen = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["language"]
        if self.issue.published_at is not None:
            # What is public changes by publishing, where it is looked through.
            del self.fields["title"]

    def arguments(self) -> dict[str, Any]:
        return {"title": self.issue.title, **super().arguments()}


class NoteForm(StepForm):
    step, called, service = "note", _("Write a note"), services.note
    says = _("The office that has to put it right reads it too.")
    text = words_field(_("Note"), rows=4)


class ProgressForm(StepForm):
    step, called, service = "progress", _("Say what you do about it"), services.progress
    says = _("Overseers, auditors and the offices above yours read it.")
    text = words_field(_("What is being done"), rows=5)


class DidForm(StepForm):
    step, called, service = "did", _("Say what you did"), services.did
    says = _("The overseers are told. They decide whether it is fixed, and what is published.")
    we_did = words_field(
        _("What you did, in words for everybody"), help_text=_("Name no person."), rows=6
    )


class PublicWords(StepForm):
    """Words that everybody will read: what may point at a person has to be looked at first."""

    kept = forms.BooleanField(
        label=_("I have read these words: they point at nobody"), required=False
    )
    public_fields: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "kept"])
        #: Whether there is something to be kept or taken out.
        self.points_at_people = False

    @property
    def becomes_public(self) -> bool:
        """Whether what is typed here is read by everybody."""
        return True

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if not self.becomes_public:
            return values
        language = values.get("language") or self.issue.language
        for name in self.public_fields:
            found = what_points_at_people(values.get(name) or "", language)
            if not found:
                continue
            self.points_at_people = True
            if not values.get("kept"):
                words = _("Everybody will read this. It may point at a person: %(words)s")
                listed = " · ".join(f"“{one}”" for one in found)
                self.add_error(name, ValidationError(words, params={"words": listed}))
        return values


class FixForm(PublicWords):
    step, called, service = "fix", _("It is fixed"), services.fix
    says = _("From that day on it is measured whether cases come again.")
    checks_seen, public_fields = True, ("we_did",)
    fixed_on = DayField(label=_("Since which day"))
    we_did = words_field(_("What was done, in words for everybody"), rows=6)

    @property
    def becomes_public(self) -> bool:
        """The words of what is public already are read at once."""
        return self.issue.published_at is not None


class PublishForm(PublicWords):
    step, called, service = "publish", _("Publish"), services.publish
    says = _("Everybody can read this, with the office, the date and how many cases come since.")
    checks_seen, public_fields = True, ("title", "you_said", "we_did")
    title = forms.CharField(label=_("What is wrong, in a line"), max_length=160)
    language = forms.ChoiceField(label=_("In which language"), choices=LANGUAGES)
    you_said = words_field(_("You said: what people told us"), rows=6)
    we_did = words_field(_("We did: what was done about it"), rows=6, required=False)

    @classmethod
    def called_for(cls, issue: Issue) -> Any:
        """What is public already is changed."""
        return cls.called if issue.published_at is None else _("Change what everybody reads")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["we_did"].required = self.issue.state == Issue.State.FIXED


class ReasonForm(StepForm):
    reason = words_field(_("Reason"), rows=3)


class UnpublishForm(ReasonForm):
    step, called, service = "unpublish", _("Take it out of the public pages"), services.unpublish
    grave = True


class DropForm(ReasonForm):
    step, called, service = "drop", _("Drop: it is no issue"), services.drop
    says = _("It goes out of the public pages as well. Its notes and cases are kept.")
    grave = True


class ReopenForm(StepForm):
    step, called, service = "reopen", _("Open it again"), services.reopen
    due = DayField(label=_("By when"))
    reason = words_field(_("Reason"), rows=3)


FORMS: dict[str, type[StepForm]] = {
    form.step: form
    for form in (
        ProgressForm,
        DidForm,
        FixForm,
        PublishForm,
        NoteForm,
        EditForm,
        ReopenForm,
        UnpublishForm,
        DropForm,
    )
}


def read_numbers(text: str) -> tuple[list[str], list[str]]:
    """Case numbers typed one a line or with commas between; and what is none."""
    numbers: list[str] = []
    others: list[str] = []
    for part in text.replace(",", "\n").replace(";", "\n").splitlines():
        typed = part.strip()
        if typed:
            number = read_number(typed)
            (numbers if number else others).append(number or typed)
    return numbers, others
