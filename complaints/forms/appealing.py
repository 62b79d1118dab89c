"""What appeals need, and reopening after an audit."""

from django.utils.translation import gettext_lazy as _

from complaints.forms.fields import MoveForm, words_field
from complaints.services import appeals


class AppealForm(MoveForm):
    move, title, service = "appeal", _("Appeal to the next higher office"), appeals.appeal
    grounds = words_field(_("Why the decision is wrong"), rows=5)


class DecisionForm(MoveForm):
    reason = words_field(_("Your decision, with reasons"), rows=6)


class UpholdForm(DecisionForm):
    move, title, service = "uphold", _("Uphold the appeal"), appeals.uphold


class DismissForm(DecisionForm):
    move, title, service = "dismiss", _("Dismiss the appeal"), appeals.dismiss


class ReopenForm(MoveForm):
    move, title, service = "reopen", _("Reopen after an audit"), appeals.reopen
    checks_seen = False
    reason = words_field(_("Finding"), rows=4)
