"""What hearings and statements of an appeal need."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from agencies import snapshot
from complaints import moment
from complaints.errors import Sentence
from complaints.forms.fields import MoveForm, WithFiles, day_in_words, words_field
from complaints.models import Attendance
from complaints.parties import standing
from complaints.services import hearings
from complaints.services.hearings import Invited
from complaints.services.notice_words import in_digits_of, zone_letters
from complaints.workflow_appeals import HEARD, TAKERS

#: Who is asked to a hearing, and came or not.
INVITED: dict[str, Sentence] = {
    Invited.CITIZEN: _("The citizen"),
    Invited.OFFICE: _("The office concerned"),
    Invited.RESPONDENT: _("Those whom it is about, and who were served"),
    Invited.OTHER: _("Witnesses and others"),
}
#: As browsers write and read a moment without a zone.
LOCAL_MOMENT = "%Y-%m-%dT%H:%M"


class MomentInput(forms.DateTimeInput):
    """A day and an hour, chosen in the browser's own way."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=LOCAL_MOMENT)


class MomentForm(MoveForm):
    """A hearing's moment in the country's time (an app may send one with its zone), and its place."""

    at = forms.DateTimeField(label=_("Day and hour"), widget=MomentInput)
    place = forms.CharField(
        label=_("Place, or link to join"),
        max_length=500,
        help_text=_("So that somebody who has never been there finds it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = hearings.earliest(snapshot.current(self.case.country), moment.now())
        field = self.fields["at"]
        field.widget.attrs["min"] = _local(first).strftime(LOCAL_MOMENT)
        words = _("%(day)s or later, in the country's time (%(zone)s).")
        zone = in_digits_of(zone_letters(_local(first)), get_language() or "en")
        field.help_text = words % {"day": day_in_words(_local(first)), "zone": zone}


def _local(at: datetime) -> datetime:
    return timezone.localtime(at, timezone.get_default_timezone())


class SetHearingForm(MomentForm):
    move, title, service = "set_hearing", _("Set a hearing"), hearings.set_hearing
    text = words_field(
        _("Notice for those who are asked"),
        rows=4,
        help_text=_("What it is about, what to bring, whom to ask for help in coming."),
    )
    invited = forms.MultipleChoiceField(
        label=_("Who is asked to come"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = hearings.invitable(self.case)
        field: Any = self.fields["invited"]
        field.choices = [(party.value, INVITED[party]) for party in able]
        field.initial = [p.value for p in able if p in (Invited.CITIZEN, Invited.OFFICE)]


class MoveHearingForm(MomentForm):
    move, title, service = "move_hearing", _("Move the hearing"), hearings.move_hearing
    reason = words_field(_("Why, and what else changes"), rows=3)


class CallOffHearingForm(MoveForm):
    move, title = "call_off_hearing", _("Call the hearing off")
    service = hearings.call_off_hearing
    reason = words_field(_("Reason, for those who were asked"), rows=3)


class HoldHearingForm(WithFiles, MoveForm):
    move, title, service = "hold_hearing", _("Write the minutes"), hearings.hold_hearing
    came = forms.MultipleChoiceField(
        label=_("Who came"), required=False, widget=forms.CheckboxSelectMultiple
    )
    text = words_field(
        _("Minutes"),
        rows=10,
        help_text=_(
            "Citizen and office can read them once the appeal is decided. Leave out what would show"
            " who a witness is."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Attendance.objects.filter(
            hearing__appeal__case=self.case,
            hearing__appeal__decided_at=None,
            hearing__held_at=None,
            hearing__called_off_at=None,
        )
        asked = set(rows.values_list("party", flat=True))
        field: Any = self.fields["came"]
        field.choices = [(party, words) for party, words in INVITED.items() if party in asked]


class TestifyForm(WithFiles, MoveForm):
    """A statement: one's own, or what a witness says to whoever decides or investigates."""

    move, title, service = "testify", _("Give a statement"), hearings.give_statement
    checks_seen = False
    witness = forms.CharField(
        label=_("Whose statement it is"),
        max_length=200,
        required=False,
        help_text=_("The name of the witness. Only those who decide and investigate read it."),
    )
    text = words_field(
        _("Statement"),
        rows=8,
        help_text=_(
            "It goes to whoever decides the appeal, and to those who investigate for them."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = standing(self.case, self.actor).parties
        if not parties & TAKERS:
            del self.fields["witness"]
        else:
            self.fields["witness"].required = not parties & HEARD
