"""What erasing oneself needs: the secret once more, and a word that it is meant."""

from django import forms
from django.utils.translation import gettext_lazy as _


class EraseForm(forms.Form):
    """The secret is asked for again: whoever finds the page open on a device cannot erase anything."""

    secret = forms.CharField(
        label=_("Secret"),
        help_text=_("16 digits, from part 1 of your receipt"),
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    sure = forms.BooleanField(
        label=_("I know that this cannot be undone"),
        error_messages={"required": _("Tick the box if you are sure.")},
    )


class DeleteAccountForm(forms.Form):
    """Deleting an account."""

    sure = forms.BooleanField(
        label=_("I know that this cannot be undone"),
        error_messages={"required": _("Tick the box if you are sure.")},
    )
