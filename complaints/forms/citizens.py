"""What the citizen needs for their moves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import MoveForm, ShortForm, WithFiles, words_field
from complaints.services import answering, withdrawing


class ReplyForm(WithFiles, MoveForm):
    move, title, service = "reply", _("Reply"), answering.reply
    text = words_field(_("Your reply"))


class ConfirmForm(MoveForm):
    move, title, service = "confirm", _("Yes, I am satisfied with the answer"), answering.confirm
    rating = forms.TypedChoiceField(
        label=_("How well was it handled?"),
        coerce=int,
        choices=[
            (5, _("5 – very well")),
            (4, _("4 – well")),
            (3, _("3 – so-so")),
            (2, _("2 – badly")),
            (1, _("1 – very badly")),
        ],
        widget=forms.RadioSelect,
    )
    comment = words_field(_("Comment"), rows=2, required=False)


class DisputeForm(MoveForm):
    move, title, service = "dispute", _("No, the problem is not solved"), answering.dispute
    reason = words_field(_("What is still wrong?"), rows=4)


class WithdrawForm(MoveForm):
    move, title, service = "withdraw", _("Withdraw the complaint"), withdrawing.withdraw
    checks_seen = False
    pressured = forms.BooleanField(
        label=_("Somebody pressed me to withdraw"),
        required=False,
        help_text=_("Only overseers read this, never the office that has your case."),
    )
    text = words_field(
        _("Who pressed you, and how?"),
        rows=3,
        required=False,
        help_text=_("You need not say it. Only overseers read it."),
    )


class WithdrawPageForm(WithdrawForm):
    """The same as a page: the second secret, where the case was opened with the other one."""

    secret = forms.CharField(
        label=_("The second secret"),
        max_length=80,
        help_text=_("16 digits, from part 2 of your receipt. Only this one withdraws."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}
        ),
        error_messages={"required": _("Write the second secret. It stands on your receipt.")},
    )
    pressured = forms.TypedChoiceField(  # type: ignore[assignment]
        label=_("Does somebody press you to withdraw?"),
        help_text=_("Only overseers read this, never the office that has your case."),
        coerce=lambda value: value == "yes",
        choices=[("no", _("No, I want it myself")), ("yes", _("Yes"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )
    mark_optional = False
    field_order = ("secret", "pressured", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.actor.withdrawal_proved:
            del self.fields["secret"]
        radios: Any = self.fields["pressured"].widget
        radios.reveals = {"yes": "text"}

    def arguments(self) -> dict[str, Any]:
        values = super().arguments()
        values.pop("secret", None)
        return values


class SayPressuredForm(MoveForm):
    move, title = "say_pressured", _("Somebody presses me to give up")
    service = withdrawing.say_pressured
    checks_seen = False
    text = words_field(
        _("Who presses you, and how?"),
        rows=4,
        required=False,
        help_text=_("You need not say it. Only overseers read it, never the office."),
    )


class WritePrivatelyForm(MoveForm):
    move, title = "write_privately", _("Write to the citizen, unseen by the office")
    service = withdrawing.write_privately
    text = words_field(
        _("Your message"),
        rows=4,
        help_text=_(
            "It stands on the citizen’s page, where somebody who presses them may read it too. Say how"
            " they reach you; they answer with “Somebody presses me to give up”."
        ),
    )


class NotePressureForm(MoveForm):
    move, title = "note_pressure", _("Write down what was done about the pressure")
    service = withdrawing.note_pressure
    text = words_field(_("For overseers only"), rows=4)


class CallBackForm(ShortForm):
    move, title, service = "call_back", _("Keep my complaint after all"), withdrawing.call_back


class SeparateForm(ShortForm):
    move, title, service = "separate", _("Mine is another matter"), answering.separate
