"""What a restriction of somebody needs, its appeal and its end; and counting a case again."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies import snapshot
from complaints import clocks, moment
from complaints.forms.fields import MoveForm, words_field
from complaints.services import ranking, restrictions

#: Days that are proposed.
USUAL = 14


class RestrictForm(MoveForm):
    move, title = "restrict", _("Restrict whoever filed this")
    service = restrictions.restrict
    reason = words_field(
        _("Reason"),
        rows=4,
        help_text=_(
            "The person reads it. Say what they did, politely, without other people’s names."
        ),
    )
    until = forms.DateField(
        label=_("Until the end of"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        registry, now = snapshot.current(self.case.country), moment.now()
        longest = registry.policy("restriction_longest", now).amount
        today = clocks.day_of(now, registry.default_calendar.zone)
        until: Any = self.fields["until"]
        until.help_text = _("At most %(days)s days from now.") % {"days": longest}
        until.initial = today + timedelta(days=min(USUAL, longest))
        until.widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + timedelta(days=longest)).isoformat(),
        }


class AppealRestrictionForm(MoveForm):
    move, title = "appeal_restriction", _("Appeal against the restriction")
    service = restrictions.appeal
    checks_seen = False
    grounds = words_field(_("Why the restriction is wrong"), rows=4)


class DecideRestrictionForm(MoveForm):
    move, title = "decide_restriction", _("Decide on the restriction")
    service = restrictions.decide
    lift = forms.TypedChoiceField(
        label=_("Your decision"),
        choices=[("yes", _("Lift the restriction")), ("no", _("It stays until its end"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = words_field(_("Your decision, with reasons"), rows=4)


class LiftRestrictionForm(MoveForm):
    move, title = "lift_restriction", _("End the restriction now")
    service = restrictions.lift
    reason = words_field(_("Reason"), rows=2)


class PutBackForm(MoveForm):
    move, title = "put_back", _("Count it in the rankings again")
    service = ranking.put_back
    reason = words_field(_("Reason"), rows=2)
