"""The parts that forms of moves are made of: fields, the form of a move, files."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from babel.dates import format_date
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.roles import Role
from agencies.models import Office
from agencies.selectors import office_by_code
from complaints.models import Case
from complaints.selectors.access import newest_step
from complaints.services import files
from complaints.services.notice_words import in_digits_of
from complaints.tracking import read_number

#: The posts of an office as a citizen knows them, who is asked whom a complaint is about.
POSTS = [
    (Role.HEAD.value, _("The head of the office")),
    (Role.FOCAL.value, _("The officer who receives complaints there")),
    (Role.CASE_OFFICER.value, _("Another officer there")),
]


def day_in_words(day: date) -> str:
    """A day as the portal's pages write it, in the reader's language: "2 December 2026"."""
    language = get_language() or settings.LANGUAGE_CODE
    return in_digits_of(format_date(day, "d MMMM y", locale=language), language)


class OfficeField(forms.CharField):
    """An office by its code, as a search suggests it; cleaned to the office itself."""

    def clean(self, value: Any) -> Office | None:
        code = super().clean(value)
        if not code:
            return None
        office = office_by_code(settings.COUNTRY, code.strip())
        if office is None or office.closed_at is not None:
            raise ValidationError(_("Choose an office from the list."), code="no_office")
        return office


class NumberField(forms.CharField):
    """A case number however it is typed; cleaned to the way we write it."""

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        number = read_number(typed) if typed else ""
        if number is None:
            raise ValidationError(
                _("This is not a case number. It has 12 digits and a letter."), code="no_number"
            )
        return number


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files, as a list of uploads."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(ManyFilesField, self).clean(one, initial) for one in given]


def words_field(label: Any, *, rows: int = 5, required: bool = True, help_text: Any = "") -> Any:
    """A field for several lines of text."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class MoveForm(forms.Form):
    """The needs of one move. `seen` is the last event the page showed (empty: do not check)."""

    move: ClassVar[str]
    title: ClassVar[Any]
    service: ClassVar[Callable[..., Any]]
    #: Services of short moves that nobody can make on an outdated page take no `seen`.
    checks_seen: ClassVar[bool] = True
    #: The field whose words somebody reads whom the case is about: they may not tell who filed it.
    for_respondent_field: ClassVar[str] = ""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", None)
        super().__init__(*args, **kwargs)
        self.case, self.actor = case, actor
        self.fields["seen"].initial = newest_step(case, actor)

    @classmethod
    def is_alike(cls) -> bool:
        """Whether it has the same fields for every case and actor: no class chooses them by these."""
        return cls.__init__ in (MoveForm.__init__, WithFiles.__init__)

    def arguments(self) -> dict[str, Any]:
        """The cleaned values as the service takes them; files are stored now."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        if "files" in values:
            uploads = values["files"] or []
            files.check_number(uploads)
            values["files"] = [
                str(files.store(actor=self.actor, upload=upload).key) for upload in uploads
            ]
        if self.checks_seen:
            values["seen"] = self.cleaned_data.get("seen")
        return values

    def perform(self) -> Any:
        """Make the move. Raises `Refused` errors as the service does."""
        service = type(self).service
        return service(actor=self.actor, number=self.case.number, **self.arguments())


class WithFiles(forms.Form):
    files = ManyFilesField(  # type: ignore[assignment]
        label=_("Files"),
        required=False,
        help_text=_("Photos (JPEG, PNG, WebP) or PDF, at most 10 MB each."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # First what is to be said, then what shows it.
        self.order_fields([name for name in self.fields if name != "files"])


class ShortForm(MoveForm):
    """A move that needs nothing."""

    checks_seen = False
