"""What secrecy needs: marks, respondents, who the citizen is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from agencies.models import Office
from complaints.forms.fields import MoveForm, OfficeField, ShortForm, words_field
from complaints.services import answering, identity
from complaints.submission import Whom


class MarkSensitiveForm(ShortForm):
    move, title, service = "mark_sensitive", _("Mark as sensitive"), answering.mark_sensitive


class ClearSensitiveForm(MoveForm):
    move, title, service = "clear_sensitive", _("Lift the mark"), answering.clear_sensitive
    checks_seen = False
    reason = words_field(_("Reason"), rows=3)


class LinkRespondentForm(MoveForm):
    move, title, service = "link_respondent", _("Say whom it is about"), answering.link_respondent
    checks_seen = False
    office = OfficeField(label=_("Office"), widget=forms.TextInput(attrs={"data-office": "1"}))
    role = forms.ChoiceField(
        label=_("Post"),
        choices=[(r.value, r.label) for r in (Role.HEAD, Role.FOCAL, Role.CASE_OFFICER)],
    )

    def arguments(self) -> dict[str, Any]:
        office: Office = self.cleaned_data["office"]
        return {"respondent": Whom(office_id=office.pk, role=self.cleaned_data["role"])}


class BreakSealForm(MoveForm):
    move, title, service = "break_seal", _("See who filed it"), identity.break_seal
    checks_seen = False
    reason = words_field(
        _("Why you need to know"),
        rows=2,
        required=False,
        help_text=_("The citizen sees that you looked, and why."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shared = self.case.share_contact and not self.case.sensitive
        self.fields["reason"].required = not shared
