"""Writing a complaint without a network: the shortest form that can be filed.

Its words are those of the pages that ask the same. It is never sent as a form: a script of the page
makes of it what the API wants.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.filing_forms import AboutForm, WhatForm, YouForm
from complaints.submission import MIN_LETTERS


class OfflineForm(forms.Form):
    """Is it about an official, what happened, where, and (if they like) who writes."""

    mark_optional = True
    least = MIN_LETTERS

    about = AboutForm.base_fields["about"]
    text = WhatForm.base_fields["text"]
    kind = WhatForm.base_fields["kind"]
    place_note = forms.CharField(
        label=_("Where is it?"),
        required=False,
        max_length=200,
        help_text=_("Village, ward, town or district; a street, a landmark or the office."),
    )
    name = YouForm.base_fields["name"]
    phone = YouForm.base_fields["phone"]
    email = YouForm.base_fields["email"]
    keep = forms.BooleanField(
        label=_("Keep it on this phone until it is sent"),
        required=False,
        help_text=_(
            "Only if nobody else uses it. Otherwise it waits on this page, and is gone when the page is"
            " closed."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about: Any = self.fields["about"]
        about.widget.hints = {
            "no": _("It is about a service, a place, a delay, a bill, or about information."),
            "yes": _(
                "Then it is never kept on a device: it waits on this page until there is a network."
            ),
        }
        about.widget.attrs["data-needed"] = about.error_messages["required"]

    @property
    def too_short(self) -> str:
        """What is said of a text with too few letters, before anybody can be asked."""
        sentence = _("Write at least %(least)s letters, so that we can understand what happened.")
        return str(sentence % {"least": self.least})
