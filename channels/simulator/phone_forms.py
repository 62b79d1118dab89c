"""What can be done on a pretended telephone."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from channels.simulator import pictures
from channels.simulator.people import Person
from channels.simulator.providers.base import Provider, Said

#: As long as the longest message that any of the providers lets through.
LONGEST = 4000


class SayForm(forms.Form):
    """A message: words, a photo, a place; perhaps an answer to one of the portal's."""

    mark_optional = False
    DOES = ("say", "photo", "place", "public", "example")

    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    text = forms.CharField(label=_("Message"), max_length=LONGEST, required=False)
    answers = forms.CharField(widget=forms.HiddenInput, max_length=200, required=False)
    do = forms.ChoiceField(choices=[(name, name) for name in DOES])

    def __init__(self, *sent: Any, provider: Provider, **options: Any) -> None:
        super().__init__(*sent, **options)
        self.provider = provider
        if provider.channel == "email":
            self.fields["text"].widget = forms.Textarea(attrs={"rows": 4})
        else:
            del self.fields["subject"]
            self.fields["text"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, Any]:
        """Words are needed unless something else is sent; only what the channel offers is."""
        given = super().clean() or {}
        do = given.get("do", "")
        if do in ("photo", "place", "public") and do not in self.provider.offers:
            raise forms.ValidationError(_("That is not possible in this channel."))
        if do in ("say", "public") and not given.get("text"):
            raise forms.ValidationError(_("Write something first."))
        return given

    def said(self, person: Person) -> Said:
        """What somebody sends."""
        given = self.cleaned_data
        do = given["do"]
        return Said(
            text=person.example if do == "example" else given["text"],
            photo=pictures.new_number() if do == "photo" else "",
            place=(person.latitude, person.longitude) if do == "place" else None,
            answers=given["answers"],
            is_public=do == "public",
            subject=given.get("subject", ""),
        )


class TryForm(forms.Form):
    """What engineers try."""

    do = forms.ChoiceField(
        choices=[(name, name) for name in ("repeat", "forge", "handshake", "empty")]
    )
