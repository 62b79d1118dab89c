"""What secrecy needs: marks, and who the citizen is."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import MoveForm, ShortForm, words_field
from complaints.services import answering, identity


class MarkSensitiveForm(ShortForm):
    move, title, service = "mark_sensitive", _("Mark as sensitive"), answering.mark_sensitive


class ClearSensitiveForm(MoveForm):
    move, title, service = "clear_sensitive", _("Lift the mark"), answering.clear_sensitive
    checks_seen = False
    reason = words_field(_("Reason"), rows=3)


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
