"""What an export is of, and as which kind of file."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.roles import Role
from agencies.forms.fields import OfficeField
from agencies.models import Office
from oversight.dashboards.access import own_offices
from systems.export import writing
from systems.export.choosing import Owned
from systems.export.orders import may_take, too_many_files
from systems.export.writing import Form

#: A workbook of more cases takes a worker too long; the command makes it.
MOST_IN_BOOK = 200_000
#: Kinds of files, in words, and for what each is good.
FORMS: dict[str, tuple[Any, Any]] = {
    Form.XLSX: (
        gettext_lazy("Spreadsheet (XLSX)"),
        gettext_lazy("To read and sort on a computer."),
    ),
    Form.CSV: (
        gettext_lazy("Plain table (CSV)"),
        gettext_lazy("For other programs, of any length."),
    ),
    Form.LINES: (
        gettext_lazy("JSON Lines"),
        gettext_lazy("For other programs; a case in each line."),
    ),
    Form.ZIP: (
        gettext_lazy("With all photos and documents (ZIP)"),
        gettext_lazy("The cases as JSON Lines, and each file beside them."),
    ),
}


class ExportForm(forms.Form):
    """Of an office that somebody leads, or, for overseers, of any."""

    office = OfficeField(
        label=gettext_lazy("Office"),
        help_text=gettext_lazy(
            "Its code, or words of its name. The offices below it are in the file too."
        ),
        error_messages={"required": gettext_lazy("Choose an office.")},
    )
    form = forms.ChoiceField(
        label=gettext_lazy("Kind of file"),
        widget=forms.RadioSelect,
        choices=[(str(code), words) for code, (words, _hint) in FORMS.items()],
        error_messages={"required": gettext_lazy("Choose a kind of file.")},
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        #: The one office that there is to choose.
        self.only_office: Office | None = None
        kinds: Any = self.fields["form"].widget
        kinds.hints = {str(code): hint for code, (_words, hint) in FORMS.items()}
        if not actor.has(Role.OVERSEER):
            self._of_own(own_offices(actor))

    def _of_own(self, offices: list[Office]) -> None:
        """Whoever leads one office is not asked which; of several they choose one."""
        codes = [(office.code, office.name) for office in offices]
        chosen = forms.RadioSelect() if len(codes) > 1 else forms.HiddenInput()
        if isinstance(chosen, forms.RadioSelect):
            chosen.choices = codes
        else:
            self.only_office = offices[0]
        self.fields["office"].widget = chosen
        self.fields["office"].initial = codes[0][0]

    def clean_office(self) -> Office:
        """The office, if it is theirs."""
        office: Office = self.cleaned_data["office"]
        if not may_take(self.actor, office):
            raise ValidationError(_("You do not lead this office. Choose one of yours."))
        return office

    def clean(self) -> dict[str, Any]:
        """Some cases, and not more than a spreadsheet is made of here."""
        given = super().clean() or {}
        office = given.get("office")
        if office and Owned(office, self.actor).is_empty():
            self.add_error(
                "office" if self.only_office is None else None,
                _(
                    "There is nothing to take out yet: no case that you may read is, or was, with this"
                    " office or one below it."
                ),
            )
            return given
        if office and (wrong := _too_many(Owned(office, self.actor), given.get("form"))):
            self.add_error("form", wrong)
        return given


def _too_many(owned: Owned, form: str | None) -> str:
    """What there is too much of for this kind of file, and what to do; "" for nothing."""
    if form == Form.XLSX and owned.count() > MOST_IN_BOOK:
        return _("There are too many cases for a spreadsheet. Choose another kind of file.")
    if form == Form.ZIP and (files := owned.count_files()) > writing.MOST_FILES:
        return too_many_files(files)
    return ""
