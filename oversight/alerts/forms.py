"""What each kind of rule asks for. The service says what does not do."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from complaints.forms.fields import OfficeField, words_field
from oversight.alerts import rules
from oversight.alerts.acknowledging import LONGEST_NOTE
from oversight.alerts.rules import BOUNDS, LATE_SHARE, LONGEST, SILENT_CHANNEL, SURGE, Made
from oversight.dashboards.asking import channel_name
from oversight.issues.forms import SubjectField

MANY = 1_000_000


class RuleForm(forms.Form):
    """The needs of one kind of rule."""

    kind: ClassVar[str]
    called: ClassVar[Any]
    says: ClassVar[Any]
    #: How the least cases are asked for, which mean another thing in each kind.
    least_label: ClassVar[Any]
    least_help: ClassVar[Any]

    mark_optional = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        bounds = BOUNDS[self.kind]
        self.fields["least"] = forms.IntegerField(
            label=self.least_label,
            help_text=self.least_help,
            min_value=bounds.least,
            max_value=MANY,
            initial=bounds.usual_least,
        )

    def perform(self, actor: Actor) -> Made:
        """Make the rule. Raises `Refused` as the service does."""
        return rules.make(actor=actor, kind=self.kind, **self.cleaned_data)


def _office(help_text: Any) -> OfficeField:
    return OfficeField(
        label=_("Office"),
        required=False,
        help_text=help_text,
        widget=forms.TextInput(attrs={"data-office": "1"}),
    )


class LateShareForm(RuleForm):
    kind, called = LATE_SHARE, _("Be told when many cases are late")
    says = _(
        "Of the open cases of an office and all offices below it. Leave the office empty for the whole"
        " country."
    )
    least_label = _("At least so many open cases")
    least_help = _("Of fewer cases the share says little.")
    office = _office("")
    category = SubjectField(label=_("Subject"), required=False)
    threshold = forms.IntegerField(
        label=_("Late cases, per cent of the open ones"), min_value=1, max_value=100, initial=20
    )


class SurgeForm(RuleForm):
    kind, called = SURGE, _("Be told when a subject rises")
    says = _(
        "When the cases of the last seven whole days are more than the eight weeks before let expect."
        " Choose a ministry or an office just below one, or leave it empty for the whole country."
    )
    least_label = _("At least so many cases in seven days")
    least_help = _("Of fewer cases nobody is told.")
    office = _office("")
    category = SubjectField(
        label=_("Subject"),
        required=False,
        help_text=_("With all subjects below it together; else each subject by itself."),
    )


class SilentChannelForm(RuleForm):
    kind, called = SILENT_CHANNEL, _("Be told when a way in falls silent")
    says = _(
        "When no case comes in by it, though in the same hours of the four weeks before there were some."
    )
    least_label = _("Cases that usually come in so long")
    least_help = _(
        "At least so many in three of the four weeks before; on holidays five times as many."
    )
    channel = forms.ChoiceField(label=_("Way in"), required=False)
    hours = forms.IntegerField(
        label=_("Hours without a case"), min_value=1, max_value=LONGEST, initial=6
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        named = [(code, channel_name(code)) for code in rules.CHANNELS]
        self.fields["channel"].choices = [("", _("Any way in")), *named]  # type: ignore[attr-defined]


FORMS: dict[str, type[RuleForm]] = {
    form.kind: form for form in (LateShareForm, SurgeForm, SilentChannelForm)
}


class AcknowledgeForm(forms.Form):
    """An optional note with an acknowledgement."""

    mark_optional = True

    note = words_field(_("What is done about it"), rows=3, required=False)

    def clean_note(self) -> str:
        """A note that fits; it is never cut."""
        note = str(self.cleaned_data["note"]).strip()
        if len(note) > LONGEST_NOTE:
            raise forms.ValidationError(_("Write at most 2,000 characters."))
        return note
