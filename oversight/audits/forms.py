"""What a caller fills in, and what an overseer does with it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import NumberField, words_field
from oversight.audits import calling
from oversight.audits.script import NO, PARTLY, UNKNOWN, YES

ANSWERED = "answered"


def _choice(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.RadioSelect)


class CallForm(forms.Form):
    """How a call went, and the answers to the script's questions."""

    mark_optional = False
    call = forms.ChoiceField(
        label=_("How did the call go?"),
        choices=[
            (ANSWERED, _("They answered")),
            (calling.NOT_REACHED, _("Nobody was reached")),
            (calling.REFUSED, _("They do not want to be asked")),
            (calling.NO_CONTACT, _("The number or address is wrong")),
        ],
        widget=forms.RadioSelect,
    )
    solved = _choice(_("Is it solved?"), [(YES, _("Yes")), (PARTLY, _("Partly")), (NO, _("No"))])
    true = _choice(
        _("Is what the office answered true?"),
        [(YES, _("Yes")), (NO, _("No")), (UNKNOWN, _("They cannot say"))],
    )
    pressure = _choice(
        _("Did anybody ask them to say that it is solved, or to withdraw?"),
        [(YES, _("Yes")), (NO, _("No")), (UNKNOWN, _("They did not want to say"))],
    )
    reopen = _choice(
        _("May it be opened again?"),
        [(YES, _("Yes")), (NO, _("No")), (UNKNOWN, _("Not asked: it is solved"))],
    )
    note = words_field(
        _("What else they said"),
        rows=4,
        required=False,
        help_text=_("Encrypted; only overseers and whoever called read it."),
    )

    QUESTIONS = ("solved", "true", "pressure", "reopen")

    def __init__(self, *args: Any, withdrawn: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if withdrawn:
            del self.fields["true"]
        self.asked = [name for name in self.QUESTIONS if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Answers belong to a call that was answered; it has one to each question."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("call") == ANSWERED:
            for name in self.asked:
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("Choose what they said."))
        elif given.get("call") and any(given.get(name) for name in self.asked):
            self.add_error("call", _("There are answers below. Did they answer?"))
        return given

    @property
    def answers(self) -> dict[str, str]:
        """The codes by question."""
        return {name: str(self.cleaned_data[name]) for name in self.asked}


class FindingForm(forms.Form):
    """Why a case is opened again: read by the office and the citizen."""

    finding = words_field(
        _("Finding"),
        rows=4,
        help_text=_("The office and the citizen read it. Name nobody."),
    )


class AskForm(forms.Form):
    """A case that is to be asked about."""

    number = NumberField(label=_("Number of the case"), max_length=60)
