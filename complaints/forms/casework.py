"""What desk, offices and overseer need for the moves of casework."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from agencies.models import Post
from complaints.bars import barred_users
from complaints.forms.fields import (
    MoveForm,
    NumberField,
    OfficeField,
    ShortForm,
    WithFiles,
    words_field,
)
from complaints.models import Case
from complaints.models.case import AnsweredWith
from complaints.services import answering, casework, publishing
from complaints.services.answering import Cause


class AskForm(WithFiles, MoveForm):
    move, title, service = "ask", _("Ask the citizen"), casework.ask
    text = words_field(_("Your question"))


class ForwardForm(MoveForm):
    move, title, service = "forward", _("Forward to an office"), casework.forward
    office = OfficeField(label=_("Office"), widget=forms.TextInput(attrs={"data-office": "1"}))
    reason = words_field(_("Reason"), rows=3)


class RuleForm(ForwardForm):
    move, title, service = "rule", _("Rule whose case it is"), casework.rule


class DeclineForm(MoveForm):
    move, title, service = "decline", _("Decline: not for this portal"), casework.decline
    reason = words_field(_("Reason, for the citizen"), rows=3)
    where_to = words_field(_("Where the citizen can turn instead"), rows=2)


class MergeForm(MoveForm):
    move, title, service = "merge", _("Join with another case"), casework.merge
    lead = NumberField(label=_("Number of the case that leads"))


class CaseOfficerForm(MoveForm):
    case_officer = forms.ModelChoiceField(
        label=_("Case officer"), queryset=User.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["case_officer"]
        # An agency's own system takes a case over for itself, unless it names an officer.
        field.required = not self.actor.has(Role.SYSTEM)
        able = officers_for(self.case, self.actor)
        # What is sent is checked under the lock, by the service.
        field.queryset = able if self.is_bound else able.exclude(pk__in=barred_users(self.case))

    def clean_case_officer(self) -> User:
        """The officer chosen, or the system that takes the case over."""
        chosen: User | None = self.cleaned_data["case_officer"]
        return chosen or User.objects.get(pk=self.actor.user_id or 0)


def officers_for(case: Case, actor: Actor) -> QuerySet[User]:
    """Who can be given a case: officers of its office, and the actor; some may be barred."""
    posts = Post.objects.held_at().filter(
        office=case.holder, role__in=(Role.CASE_OFFICER, Role.FOCAL, Role.HEAD)
    )
    able = User.objects.filter(pk__in=posts.values("user_id"), is_active=True)
    able |= User.objects.filter(pk__in=[actor.user_id or 0])
    return able.order_by("name", "email")


class AcceptForm(CaseOfficerForm):
    move, title, service = "accept", _("Accept the case"), casework.accept


class AssignForm(CaseOfficerForm):
    move, title, service = "assign", _("Give to another officer"), casework.assign


class ReturnForm(MoveForm):
    move, title, service = "return", _("Return: not ours"), casework.return_case
    reason = words_field(_("Reason"), rows=3)
    whose = OfficeField(
        label=_("Whose it is, if you know"),
        required=False,
        widget=forms.TextInput(attrs={"data-office": "1"}),
    )


class PassDownForm(MoveForm):
    move, title, service = "pass_down", _("Pass down to an office below"), casework.pass_down
    office = OfficeField(
        label=_("Office below yours"), widget=forms.TextInput(attrs={"data-office": "below"})
    )
    reason = words_field(_("Reason"), rows=3)


class AnswerForm(WithFiles, MoveForm):
    move, title, service = "answer", _("Answer the citizen"), answering.answer
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=AnsweredWith.choices, widget=forms.RadioSelect
    )
    text = words_field(_("Your answer"), rows=8)
    evidence = words_field(
        _("What shows it"),
        rows=2,
        required=False,
        help_text=_("Add a file below, or say how it can be seen."),
    )
    # Nothing is chosen beforehand: the causes are counted.
    cause = forms.ChoiceField(
        label=_("Cause of the grievance"), choices=[("", "–"), *Cause.choices]
    )
    suggestion = words_field(_("How it could be prevented"), rows=2, required=False)


class NoteForm(WithFiles, MoveForm):
    move, title, service = "note", _("Add an internal note"), casework.note
    checks_seen = False
    text = words_field(_("Note for officers only"), rows=3)


class MessageForm(WithFiles, MoveForm):
    move, title, service = "message", _("Write a message"), casework.message
    checks_seen = False
    text = words_field(_("Message"), rows=4)


class UnpublishForm(ShortForm):
    move, title, service = "unpublish", _("Take out of the public pages"), publishing.unpublish


class PublishForm(MoveForm):
    move, title, service = "publish", _("Publish"), publishing.publish
    public_text = words_field(
        _("Text for the public"),
        rows=8,
        help_text=_("Names, numbers and addresses are masked. Check what is left."),
    )
