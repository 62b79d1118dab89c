"""What appeals need, and reopening after an audit."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import MoveForm, words_field
from complaints.models import Appeal
from complaints.services import appeals


class AppealForm(MoveForm):
    move, title, service = "appeal", _("Appeal to the next higher office"), appeals.appeal
    grounds = words_field(_("Why the decision is wrong"), rows=5)


class DecisionForm(MoveForm):
    """The decision; on a respondent's appeal a second time, in words that are meant for them."""

    for_respondent_field = "for_respondent"
    reason = words_field(
        _("Your decision, with reasons"),
        rows=6,
        help_text=_("A hearing that is still to come is called off with it."),
    )
    for_respondent = words_field(
        _("The decision in words for whoever appealed"),
        rows=6,
        help_text=_(
            "Somebody whom the case is about appealed. They read these words and not the ones above:"
            " nothing in them may tell who complained."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        appeals_open = Appeal.objects.filter(case=self.case, decided_at=None, by_respondent=True)
        if not appeals_open.exists():
            del self.fields["for_respondent"]


class UpholdForm(DecisionForm):
    move, title, service = "uphold", _("Uphold the appeal"), appeals.uphold


class DismissForm(DecisionForm):
    move, title, service = "dismiss", _("Dismiss the appeal"), appeals.dismiss


class ReopenForm(MoveForm):
    move, title, service = "reopen", _("Reopen after an audit"), appeals.reopen
    checks_seen = False
    reason = words_field(_("Finding"), rows=4)
