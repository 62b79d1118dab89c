"""What each move needs, as forms: the pages and the API check the same things in the same words.

A form knows its service; `perform` calls it. Which moves a person is offered is decided by the table
(`selectors.moves_open_to`), never here.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from accounts.roles import Role
from agencies.models import Office, Post
from agencies.selectors import office_by_code
from complaints.bars import barred_users
from complaints.models import Case
from complaints.models.case import AnsweredWith
from complaints.services import answering, appeals, casework, files, identity, publishing
from complaints.services.answering import Cause
from complaints.submission import Whom
from complaints.tracking import read_number


class OfficeField(forms.CharField):
    """An office by its code, as a search suggests it; cleaned to the office itself."""

    def clean(self, value: Any) -> Office | None:
        code = super().clean(value)
        if not code:
            return None
        office = office_by_code(settings.COUNTRY, code.strip())
        if office is None or office.closed_at is not None:
            raise ValidationError(_("Choose an office from the list."), code="no_office")
        return office


class NumberField(forms.CharField):
    """A case number however it is typed; cleaned to the way we write it."""

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        number = read_number(typed) if typed else ""
        if number is None:
            raise ValidationError(
                _("This is not a case number. It has 12 digits and a letter."), code="no_number"
            )
        return number


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files, as a list of uploads."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(ManyFilesField, self).clean(one, initial) for one in given]


def words_field(label: Any, *, rows: int = 5, required: bool = True, help_text: Any = "") -> Any:
    """A field for several lines of text."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=help_text,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class MoveForm(forms.Form):
    """The needs of one move. `seen` is the last event the page showed (empty: do not check)."""

    move: ClassVar[str]
    title: ClassVar[Any]
    service: ClassVar[Callable[..., Any]]
    #: Services of short moves that nobody can make on an outdated page take no `seen`.
    checks_seen: ClassVar[bool] = True

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, actor: Actor, **kwargs: Any) -> None:
        kwargs.setdefault("prefix", None)
        super().__init__(*args, **kwargs)
        self.case, self.actor = case, actor
        self.fields["seen"].initial = case.last_seq

    def arguments(self) -> dict[str, Any]:
        """The cleaned values as the service takes them; files are stored now."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        if "files" in values:
            uploads = values["files"] or []
            files.check_number(uploads)
            values["files"] = [
                str(files.store(actor=self.actor, upload=upload).key) for upload in uploads
            ]
        if self.checks_seen:
            values["seen"] = self.cleaned_data.get("seen")
        return values

    def perform(self) -> Any:
        """Make the move. Raises `Refused` errors as the service does."""
        service = type(self).service
        return service(actor=self.actor, number=self.case.number, **self.arguments())


class WithFiles(forms.Form):
    files = ManyFilesField(  # type: ignore[assignment]
        label=_("Files"),
        required=False,
        help_text=_("Photos (JPEG, PNG, WebP) or PDF, at most 10 MB each."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # First what is to be said, then what shows it.
        self.order_fields([name for name in self.fields if name != "files"])


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
        able = officers_for(self.case, self.actor)
        # What is sent is checked under the lock, by the service.
        field.queryset = able if self.is_bound else able.exclude(pk__in=barred_users(self.case))


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


class ReplyForm(WithFiles, MoveForm):
    move, title, service = "reply", _("Reply"), answering.reply
    text = words_field(_("Your reply"))


class ConfirmForm(MoveForm):
    move, title, service = "confirm", _("Yes, I am satisfied with the answer"), answering.confirm
    rating = forms.TypedChoiceField(
        label=_("How well was it handled?"),
        coerce=int,
        choices=[
            (5, _("5 – very well")),
            (4, _("4 – well")),
            (3, _("3 – so-so")),
            (2, _("2 – badly")),
            (1, _("1 – very badly")),
        ],
        widget=forms.RadioSelect,
    )
    comment = words_field(_("Comment"), rows=2, required=False)


class DisputeForm(MoveForm):
    move, title, service = "dispute", _("No, the problem is not solved"), answering.dispute
    reason = words_field(_("What is still wrong?"), rows=4)


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


class WithdrawForm(MoveForm):
    move, title, service = "withdraw", _("Withdraw the complaint"), answering.withdraw
    checks_seen = False
    pressured = forms.BooleanField(
        label=_("Somebody pressured me to withdraw"),
        required=False,
        help_text=_("Only overseers see this."),
    )


class ShortForm(MoveForm):
    """A move that needs nothing."""

    checks_seen = False


class CallBackForm(ShortForm):
    move, title, service = "call_back", _("Keep my complaint after all"), answering.call_back


class SeparateForm(ShortForm):
    move, title, service = "separate", _("Mine is another matter"), answering.separate


class MarkSensitiveForm(ShortForm):
    move, title, service = "mark_sensitive", _("Mark as sensitive"), answering.mark_sensitive


class ClearSensitiveForm(MoveForm):
    move, title, service = "clear_sensitive", _("Lift the mark"), answering.clear_sensitive
    checks_seen = False
    reason = words_field(_("Reason"), rows=3)


class UnpublishForm(ShortForm):
    move, title, service = "unpublish", _("Take out of the public pages"), publishing.unpublish


class PublishForm(MoveForm):
    move, title, service = "publish", _("Publish"), publishing.publish
    public_text = words_field(
        _("Text for the public"),
        rows=8,
        help_text=_("Names, numbers and addresses are masked. Check what is left."),
    )


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


FORMS: Sequence[type[MoveForm]] = (
    AskForm,
    ReplyForm,
    ForwardForm,
    DeclineForm,
    MergeForm,
    SeparateForm,
    AcceptForm,
    ReturnForm,
    RuleForm,
    PassDownForm,
    AssignForm,
    AnswerForm,
    ConfirmForm,
    DisputeForm,
    AppealForm,
    UpholdForm,
    DismissForm,
    WithdrawForm,
    CallBackForm,
    ReopenForm,
    MessageForm,
    NoteForm,
    PublishForm,
    UnpublishForm,
    MarkSensitiveForm,
    ClearSensitiveForm,
    LinkRespondentForm,
    BreakSealForm,
)
#: Every move that a person makes on a case that exists.
MOVE_FORMS: dict[str, type[MoveForm]] = {form.move: form for form in FORMS}
