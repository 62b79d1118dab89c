"""Getting new secrets, as forms: which case and which contact, then the code that was sent there."""

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.filing_forms import TrackForm


class LostForm(forms.Form):
    """Which case, and the contact that was given when it was filed. The service checks both."""

    number = TrackForm.base_fields["number"]
    contact = forms.CharField(
        label=_("Phone number or e-mail address"),
        max_length=254,
        help_text=_("The one that you gave when you filed the complaint"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the phone number or the e-mail address.")},
    )


class CodeForm(forms.Form):
    """The code that came."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("6 digits, from the message that we sent"),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "spellcheck": "false",
                "class": "govuk-input--width-10",
            }
        ),
        error_messages={"required": _("Write the code. It stands in the message.")},
    )
